package io.holdfast.lab.wire;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** The frames of a capture file, pcap or pcapng, of Ethernet links. One thread. */
abstract class CaptureReader implements Closeable {
    static final int ETHERNET = 1;
    /** No frame is longer; a length beyond this is a broken file. */
    static final int MAX_FRAME_BYTES = 1 << 20;

    private static final int BUFFER_BYTES = 1 << 20;

    private final InputStream in;
    private boolean cutShort;

    CaptureReader(final InputStream in) {
        this.in = in;
    }

    /** Looks at how the file begins. */
    static CaptureReader open(final Path path) throws IOException {
        final InputStream in = new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES);
        try {
            final byte[] magic = in.readNBytes(Integer.BYTES);
            if (magic.length == Integer.BYTES) {
                final int number = ByteBuffer.wrap(magic).getInt();
                if (number == PcapngReader.SECTION_HEADER) {
                    return new PcapngReader(in);
                }
                for (final ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
                    final int inOrder = ByteBuffer.wrap(magic).order(order).getInt();
                    if (inOrder == PcapReader.MICROSECONDS || inOrder == PcapReader.NANOSECONDS) {
                        return new PcapReader(in, order, inOrder == PcapReader.NANOSECONDS);
                    }
                }
            }
            throw new IOException(path + " is neither pcap nor pcapng");
        } catch (final IOException e) {
            in.close();
            throw e;
        }
    }

    /** The next frame; null at the end. */
    abstract Frame next() throws IOException;

    /** Returns whether the file ended within a record, as after its writer was killed. */
    final boolean isCutShort() {
        return cutShort;
    }

    /** So many bytes; null if the file ends before. */
    final ByteBuffer read(final int length, final ByteOrder order) throws IOException {
        final byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            cutShort |= bytes.length > 0;
            return null;
        }
        return ByteBuffer.wrap(bytes).order(order);
    }

    /** As {@link #read}, for what belongs to a record that has begun. */
    final ByteBuffer readRest(final int length, final ByteOrder order) throws IOException {
        final ByteBuffer rest = read(length, order);
        cutShort |= rest == null;
        return rest;
    }

    @Override
    public final void close() throws IOException {
        in.close();
    }
}
