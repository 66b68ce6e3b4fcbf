package io.holdfast.sim;

import java.nio.ByteBuffer;

/** Segments as a client could have sent them, and did not: an acknowledgement that it sent, with other numbers. */
final class Forgery {
    private static final int IP_HEADER = 20;
    private static final int SEQ = IP_HEADER + 4;
    private static final int ACK = IP_HEADER + 8;
    private static final int FLAGS = IP_HEADER + 13;
    private static final int FIN_SYN_RST = 7;
    private static final int TCP_CHECKSUM = IP_HEADER + 16;
    private static final int ADDRESSES = 12;
    private static final int TCP = 6;
    private static final int CARRY = 16;

    private Forgery() {
    }

    /** Bytes of data in a packet of TCP without options of IP. */
    static int payload(final byte[] packet) {
        return packet.length - IP_HEADER - (packet[IP_HEADER + 12] >> 4 & 0xF) * Integer.BYTES;
    }

    /** Neither data nor a SYN, FIN or RST. */
    static boolean isAcknowledgement(final byte[] packet) {
        return payload(packet) == 0 && (packet[FLAGS] & FIN_SYN_RST) == 0;
    }

    /** Returns the segment with other numbers. */
    static byte[] of(final byte[] genuine, final int seqAhead, final int ackAhead) {
        final byte[] forged = genuine.clone();
        final ByteBuffer buffer = ByteBuffer.wrap(forged);
        buffer.putInt(SEQ, buffer.getInt(SEQ) + seqAhead);
        buffer.putInt(ACK, buffer.getInt(ACK) + ackAhead);
        buffer.putShort(TCP_CHECKSUM, (short) 0);
        long sum = TCP + forged.length - IP_HEADER;
        for (int at = ADDRESSES; at < forged.length; at += 2) {
            final int low = at + 1 < forged.length ? forged[at + 1] & 0xFF : 0;
            sum += (forged[at] & 0xFF) << 8 | low;
        }
        while (sum >> CARRY != 0) {
            sum = (sum & 0xFFFF) + (sum >> CARRY);
        }
        buffer.putShort(TCP_CHECKSUM, (short) ~sum);
        return forged;
    }
}
