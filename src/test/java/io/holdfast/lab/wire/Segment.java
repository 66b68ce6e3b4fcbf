package io.holdfast.lab.wire;

import java.nio.ByteBuffer;

/** A TCP segment over IPv4 over Ethernet, read from a frame; may be a super-segment, as offloads make them. */
final class Segment {
    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int ACK = 16;

    private static final int ETHERTYPE = 0x0800;
    private static final int ETHERNET_BYTES = 14;
    private static final int IP_MIN_BYTES = 20;
    private static final int TCP_MIN_BYTES = 20;
    private static final int TCP = 6;
    private static final int FRAGMENT_MASK = 0x3FFF;

    final long timeNs;
    final Source source;
    int sourceIp;
    int destinationIp;
    int sourcePort;
    int destinationPort;
    int seq;
    int ack;
    int flags;
    int window;
    /** -1 if there is no such option. */
    int windowScale = -1;
    boolean hasTimestamps;
    int tsVal;
    /** Left and right edges by turns. */
    int[] sack = {};
    byte[] data;
    int payloadOffset;
    /** On the wire. */
    int payloadLength;
    /** In the capture. */
    int capturedPayload;

    private Segment(final Frame frame, final ByteBuffer data) {
        timeNs = frame.timeNs();
        source = new Source(frame.port(), mac(data, 6));
    }

    /** null if the frame is not a whole header of TCP over IPv4; then it is none of the checker's business. */
    static Segment parse(final Frame frame) {
        final ByteBuffer data = ByteBuffer.wrap(frame.data());
        if (data.limit() < ETHERNET_BYTES + IP_MIN_BYTES || (data.getShort(12) & 0xFFFF) != ETHERTYPE) {
            return null;
        }
        final int ipBytes = (data.get(ETHERNET_BYTES) & 0xF) * 4;
        final int tcp = ETHERNET_BYTES + ipBytes;
        if (data.get(ETHERNET_BYTES) >>> 4 != 4 || ipBytes < IP_MIN_BYTES || data.get(ETHERNET_BYTES + 9) != TCP
            || (data.getShort(ETHERNET_BYTES + 6) & FRAGMENT_MASK) != 0 || data.limit() < tcp + TCP_MIN_BYTES) {
            return null;
        }
        // 0 in a super-segment that is longer than the field can say.
        final int totalField = data.getShort(ETHERNET_BYTES + 2) & 0xFFFF;
        final int total = totalField == 0 ? frame.originalLength() - ETHERNET_BYTES : totalField;
        final int tcpBytes = (data.get(tcp + 12) >>> 4 & 0xF) * 4;
        if (tcpBytes < TCP_MIN_BYTES || total < ipBytes + tcpBytes || data.limit() < tcp + tcpBytes) {
            return null;
        }
        final Segment segment = new Segment(frame, data);
        segment.sourceIp = data.getInt(ETHERNET_BYTES + 12);
        segment.destinationIp = data.getInt(ETHERNET_BYTES + 16);
        segment.sourcePort = data.getShort(tcp) & 0xFFFF;
        segment.destinationPort = data.getShort(tcp + 2) & 0xFFFF;
        segment.seq = data.getInt(tcp + 4);
        segment.ack = data.getInt(tcp + 8);
        segment.flags = data.get(tcp + 13) & 0xFF;
        segment.window = data.getShort(tcp + 14) & 0xFFFF;
        segment.data = frame.data();
        segment.payloadOffset = tcp + tcpBytes;
        segment.payloadLength = total - ipBytes - tcpBytes;
        segment.capturedPayload = Math.min(segment.payloadLength, data.limit() - segment.payloadOffset);
        segment.options(data, tcp + TCP_MIN_BYTES, tcp + tcpBytes);
        return segment;
    }

    private void options(final ByteBuffer data, final int from, final int end) {
        int at = from;
        while (at < end && data.get(at) != 0) {
            if (data.get(at) == 1) {
                at++;
                continue;
            }
            final int length = at + 1 < end ? data.get(at + 1) & 0xFF : 0;
            if (length < 2 || at + length > end) {
                return;
            }
            switch (data.get(at)) {
                case 3 -> windowScale = data.get(at + 2);
                case 5 -> {
                    sack = new int[(length - 2) / 4];
                    for (int i = 0; i < sack.length; i++) {
                        sack[i] = data.getInt(at + 2 + i * 4);
                    }
                }
                case 8 -> {
                    hasTimestamps = length == 10;
                    tsVal = hasTimestamps ? data.getInt(at + 2) : 0;
                }
                default -> {
                    // none that matters here
                }
            }
            at += length;
        }
    }

    boolean has(final int flag) {
        return (flags & flag) != 0;
    }

    /** Sequence numbers that it takes. */
    int length() {
        return payloadLength + (has(SYN) ? 1 : 0) + (has(FIN) ? 1 : 0);
    }

    static long mac(final ByteBuffer data, final int offset) {
        return (data.getShort(offset) & 0xFFFFL) << 32 | data.getInt(offset + 2) & 0xFFFF_FFFFL;
    }
}
