package io.holdfast.lab.wire;

import java.nio.ByteBuffer;

/**
 * ARP for IPv4 over Ethernet.
 *
 * @param source     who sent the frame; need not be {@code senderMac}
 * @param senderMac  the hardware address that is said to have {@code senderIp}
 */
record ArpMessage(long timeNs, Source source, long senderMac, int senderIp, int targetIp) {
    private static final int ETHERTYPE = 0x0806;
    private static final int BYTES = 42;

    /** null if the frame is no such message. */
    static ArpMessage parse(final Frame frame) {
        final ByteBuffer data = ByteBuffer.wrap(frame.data());
        if (data.limit() < BYTES || (data.getShort(12) & 0xFFFF) != ETHERTYPE || data.getInt(14) != 0x0001_0800
            || data.getShort(18) != 0x0604) {
            return null;
        }
        return new ArpMessage(frame.timeNs(), new Source(frame.port(), Segment.mac(data, 6)), Segment.mac(data, 22),
            data.getInt(28), data.getInt(38));
    }

    /** The same, as a capture of one interface would have it. */
    ArpMessage atOneInterface() {
        return new ArpMessage(timeNs, new Source(0, source.mac()), senderMac, senderIp, targetIp);
    }

    /** Tells everybody where an address is, unasked: both forms of gratuitous ARP. */
    boolean isAnnouncement() {
        return senderIp == targetIp;
    }
}
