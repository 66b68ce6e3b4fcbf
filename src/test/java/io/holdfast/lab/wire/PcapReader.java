package io.holdfast.lab.wire;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The older format (draft-ietf-opsawg-pcap), as tcpdump writes it. */
final class PcapReader extends CaptureReader {
    static final int MICROSECONDS = 0xA1B2C3D4;
    static final int NANOSECONDS = 0xA1B23C4D;

    private static final int HEADER_REST_BYTES = 20;
    private static final int LINK_TYPE_OFFSET = 16;
    private static final int RECORD_HEADER_BYTES = 16;
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final ByteOrder order;
    private final long unitNs;

    PcapReader(final InputStream in, final ByteOrder order, final boolean nanoseconds) throws IOException {
        super(in);
        this.order = order;
        this.unitNs = nanoseconds ? 1 : 1000;
        final ByteBuffer header = readRest(HEADER_REST_BYTES, order);
        if (header == null) {
            throw new IOException("a pcap file without its header");
        }
        final int linkType = header.getInt(LINK_TYPE_OFFSET) & 0xFFFF;
        if (linkType != ETHERNET) {
            throw new IOException("not of an Ethernet link: type " + linkType);
        }
    }

    @Override
    Frame next() throws IOException {
        final ByteBuffer header = read(RECORD_HEADER_BYTES, order);
        if (header == null) {
            return null;
        }
        final long seconds = header.getInt() & 0xFFFF_FFFFL;
        final long fraction = header.getInt() & 0xFFFF_FFFFL;
        final int captured = header.getInt();
        final int original = header.getInt();
        if (captured < 0 || captured > MAX_FRAME_BYTES) {
            throw new IOException("a frame of " + captured + " bytes");
        }
        final ByteBuffer data = readRest(captured, order);
        return data == null ? null : new Frame(seconds * NS_PER_SECOND + fraction * unitNs, 0, data.array(), original);
    }
}
