package io.holdfast.lab.wire;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The newer format (draft-ietf-opsawg-pcapng). Enhanced packet blocks are read, and what they need; other blocks are
 * passed over, except packets without a time, which are of no use here and refused.
 */
final class PcapngReader extends CaptureReader {
    static final int SECTION_HEADER = 0x0A0D0D0A;

    private static final int BYTE_ORDER_MAGIC = 0x1A2B3C4D;
    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int SIMPLE_PACKET = 3;
    private static final int ENHANCED_PACKET = 6;
    private static final int OPTION_RESOLUTION = 9;
    private static final int BLOCK_OVERHEAD_BYTES = 12;
    private static final int MAX_BLOCK_BYTES = MAX_FRAME_BYTES + 4096;
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final long DEFAULT_TICKS_PER_SECOND = 1_000_000;
    /** Finer clocks would overflow the conversion; nobody has one. */
    private static final long MAX_TICKS_PER_SECOND = NS_PER_SECOND;

    private final List<Interface> interfaces = new ArrayList<>();
    private int portsOfEarlierSections;
    private ByteOrder order;

    private record Interface(int linkType, long ticksPerSecond) {
        long ns(final long ticks) {
            return ticks / ticksPerSecond * NS_PER_SECOND + ticks % ticksPerSecond * NS_PER_SECOND / ticksPerSecond;
        }
    }

    /** @param in behind the first four bytes, which are a section header's type */
    PcapngReader(final InputStream in) throws IOException {
        super(in);
        section();
    }

    private void section() throws IOException {
        final ByteBuffer start = readRest(8, ByteOrder.BIG_ENDIAN);
        if (start == null) {
            throw new IOException("a pcapng file without its header");
        }
        order = start.getInt(4) == BYTE_ORDER_MAGIC ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        start.order(order);
        final int length = start.getInt(0);
        if (start.getInt(4) != BYTE_ORDER_MAGIC || length < BLOCK_OVERHEAD_BYTES + Integer.BYTES
            || length > MAX_BLOCK_BYTES) {
            throw new IOException("a broken section header");
        }
        readRest(length - BLOCK_OVERHEAD_BYTES, order);
        portsOfEarlierSections += interfaces.size();
        interfaces.clear();
    }

    @Override
    Frame next() throws IOException {
        while (true) {
            final ByteBuffer type = read(Integer.BYTES, order);
            if (type == null) {
                return null;
            }
            if (type.getInt(0) == SECTION_HEADER) { // the same in either order
                section();
                continue;
            }
            final ByteBuffer length = readRest(Integer.BYTES, order);
            if (length == null) {
                return null;
            }
            final int bytes = length.getInt(0);
            if (bytes < BLOCK_OVERHEAD_BYTES || bytes > MAX_BLOCK_BYTES || (bytes & 3) != 0) {
                throw new IOException("a block of " + bytes + " bytes");
            }
            final ByteBuffer body = readRest(bytes - 8, order);
            if (body == null) {
                return null;
            }
            body.limit(bytes - BLOCK_OVERHEAD_BYTES);
            switch (type.getInt(0)) {
                case INTERFACE_DESCRIPTION -> interfaces.add(description(body));
                case ENHANCED_PACKET -> {
                    return packet(body);
                }
                case SIMPLE_PACKET -> throw new IOException("a packet without a time");
                default -> {
                    // names, statistics, secrets
                }
            }
        }
    }

    private static Interface description(final ByteBuffer body) throws IOException {
        final int linkType = body.getShort() & 0xFFFF;
        body.position(8);
        long ticksPerSecond = DEFAULT_TICKS_PER_SECOND;
        while (body.remaining() >= 4) {
            final int code = body.getShort() & 0xFFFF;
            final int length = body.getShort() & 0xFFFF;
            if (code == 0 || length > body.remaining()) {
                break;
            }
            if (code == OPTION_RESOLUTION && length == 1) {
                ticksPerSecond = ticksPerSecond(body.get(body.position()));
            }
            body.position(Math.min(body.limit(), body.position() + (length + 3 & ~3)));
        }
        return new Interface(linkType, ticksPerSecond);
    }

    /** @param code a negative power of 10, or with the highest bit set, of 2 */
    private static long ticksPerSecond(final int code) throws IOException {
        final int base = (code & 0x80) == 0 ? 10 : 2;
        long ticks = 1;
        for (int i = 0; i < (code & 0x7F); i++) {
            ticks *= base;
            if (ticks > MAX_TICKS_PER_SECOND) {
                throw new IOException("timestamps finer than nanoseconds");
            }
        }
        return ticks;
    }

    private Frame packet(final ByteBuffer body) throws IOException {
        if (body.remaining() < 20) {
            throw new IOException("a packet block that is too short");
        }
        final int port = body.getInt();
        final long ticks = (body.getInt() & 0xFFFF_FFFFL) << 32 | body.getInt() & 0xFFFF_FFFFL;
        final int captured = body.getInt();
        final int original = body.getInt();
        if (port < 0 || port >= interfaces.size() || captured < 0 || captured > body.remaining()) {
            throw new IOException("a broken packet block");
        }
        final Interface seenBy = interfaces.get(port);
        if (seenBy.linkType() != ETHERNET) {
            throw new IOException("not of an Ethernet link: type " + seenBy.linkType());
        }
        final byte[] data = new byte[captured];
        body.get(data);
        return new Frame(seenBy.ns(ticks), portsOfEarlierSections + port, data, original);
    }
}
