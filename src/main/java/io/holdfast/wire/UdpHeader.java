package io.holdfast.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** View of a UDP header (RFC 768). Reused; owner's thread only. */
public final class UdpHeader {
    public static final int BYTES = 8;
    /** Where the checksum stands in the header. */
    public static final int CHECKSUM_OFFSET = 6;

    private DirectBuffer buffer;
    private int offset;

    /**
     * @param available transport header and payload, as IP delivered them
     * @return false if there is no whole header, or its length field is impossible: the view is unchanged
     */
    public boolean wrap(final DirectBuffer packet, final int packetOffset, final int available) {
        if (available < BYTES) {
            return false;
        }
        packet.boundsCheck(packetOffset, available);
        final int length = packet.getShort(packetOffset + 4, BIG_ENDIAN) & 0xFFFF;
        if (length < BYTES || length > available) {
            return false;
        }
        buffer = packet;
        offset = packetOffset;
        return true;
    }

    public int sourcePort() {
        return buffer.getShort(offset, BIG_ENDIAN) & 0xFFFF;
    }

    public int destinationPort() {
        return buffer.getShort(offset + 2, BIG_ENDIAN) & 0xFFFF;
    }

    /** Header and payload. */
    public int length() {
        return buffer.getShort(offset + 4, BIG_ENDIAN) & 0xFFFF;
    }

    /** 0: the sender computed none (IPv4 only). */
    public int checksum() {
        return buffer.getShort(offset + CHECKSUM_OFFSET, BIG_ENDIAN) & 0xFFFF;
    }

    /** Writes a header; {@code checksum} as it shall stand. */
    public static void write(
        final MutableDirectBuffer buffer,
        final int offset,
        final int sourcePort,
        final int destinationPort,
        final int length,
        final int checksum) {
        buffer.putInt(offset, sourcePort << 16 | destinationPort, BIG_ENDIAN);
        buffer.putInt(offset + 4, length << 16 | checksum, BIG_ENDIAN);
    }
}
