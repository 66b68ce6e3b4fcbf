package io.holdfast.link.decorator;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.agrona.DirectBuffer;

/**
 * Writes a capture file in the pcapng format (draft-ietf-opsawg-pcapng): a section header, one interface with timestamps
 * in nanoseconds, and an enhanced packet block a frame, with its direction. One thread at a time.
 *
 * <p>A frame is written in two steps, {@link #begin} and {@link #end}, with its bytes put in between. At most
 * {@link #BUFFER_BYTES} wait to be written.
 */
final class PcapngWriter implements Closeable {
    /** LINKTYPE_ETHERNET. */
    static final int ETHERNET = 1;
    /** LINKTYPE_RAW: bare IP. */
    static final int RAW_IP = 101;
    /** epb_flags: the frame came in. */
    static final int INBOUND = 1;
    /** epb_flags: the frame went out. */
    static final int OUTBOUND = 2;
    static final int BUFFER_BYTES = 256 * 1024;

    private static final int SECTION_HEADER = 0x0A0D0D0A;
    private static final int BYTE_ORDER_MAGIC = 0x1A2B3C4D;
    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int ENHANCED_PACKET = 6;
    private static final int OPTION_END = 0;
    private static final int OPTION_APPLICATION = 4;
    private static final int OPTION_NAME = 2;
    private static final int OPTION_RESOLUTION = 9;
    private static final int OPTION_FLAGS = 2;
    private static final byte NANOSECONDS = 9;
    private static final int SNAP_BYTES = 262_144;
    /** Bytes of an enhanced packet block around the frame: header, padding, flags, end of options, trailing length. */
    private static final int BLOCK_OVERHEAD_BYTES = 28 + 3 + 8 + 4 + 4;

    /** No channel: an interrupt of the program's thread that runs the shard would close one. */
    private final OutputStream file;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.nativeOrder());
    private int blockStart;

    PcapngWriter(final Path path, final int linkType, final String interfaceName) throws IOException {
        file = new FileOutputStream(path.toFile());
        sectionHeader();
        interfaceDescription(linkType, interfaceName);
        try {
            flush();
        } catch (final IOException e) {
            file.close();
            throw e;
        }
    }

    private void sectionHeader() {
        beginBlock(SECTION_HEADER);
        buffer.putInt(BYTE_ORDER_MAGIC).putShort((short) 1).putShort((short) 0);
        buffer.putLong(-1); // length of the section: not known
        option(OPTION_APPLICATION, "Holdfast");
        endOptions();
        endBlock();
    }

    private void interfaceDescription(final int linkType, final String name) {
        beginBlock(INTERFACE_DESCRIPTION);
        buffer.putShort((short) linkType).putShort((short) 0).putInt(SNAP_BYTES);
        option(OPTION_NAME, name);
        buffer.putShort((short) OPTION_RESOLUTION).putShort((short) 1).put(NANOSECONDS);
        pad();
        endOptions();
        endBlock();
    }

    /**
     * Starts a frame.
     *
     * @param epochNs nanoseconds since 1970
     * @param length  bytes that {@link #put} will add
     */
    void begin(final long epochNs, final int length) throws IOException {
        if (buffer.remaining() < length + BLOCK_OVERHEAD_BYTES) {
            flush();
        }
        beginBlock(ENHANCED_PACKET);
        buffer.putInt(0).putInt((int) (epochNs >>> 32)).putInt((int) epochNs).putInt(length).putInt(length);
    }

    /** Adds bytes of the frame. */
    void put(final DirectBuffer source, final int offset, final int length) {
        source.getBytes(offset, buffer, length);
    }

    /**
     * Ends the frame.
     *
     * @param direction {@link #INBOUND} or {@link #OUTBOUND}
     */
    void end(final int direction) {
        pad();
        buffer.putShort((short) OPTION_FLAGS).putShort((short) 4).putInt(direction);
        endOptions();
        endBlock();
    }

    boolean hasBuffered() {
        return buffer.position() > 0;
    }

    void flush() throws IOException {
        buffer.flip();
        try {
            file.write(buffer.array(), 0, buffer.limit());
        } finally {
            buffer.clear();
        }
    }

    @Override
    public void close() throws IOException {
        try (file) {
            flush();
        }
    }

    private void beginBlock(final int type) {
        blockStart = buffer.position();
        buffer.putInt(type).putInt(0);
    }

    private void endBlock() {
        final int length = buffer.position() + Integer.BYTES - blockStart;
        buffer.putInt(length);
        buffer.putInt(blockStart + Integer.BYTES, length);
    }

    private void option(final int code, final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        buffer.putShort((short) code).putShort((short) bytes.length).put(bytes);
        pad();
    }

    private void endOptions() {
        buffer.putInt(OPTION_END);
    }

    /** Blocks start at multiples of 4 in the buffer, and so do their parts. */
    private void pad() {
        while ((buffer.position() & 3) != 0) {
            buffer.put((byte) 0);
        }
    }
}
