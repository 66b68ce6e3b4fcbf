package io.holdfast.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** View of an ARP packet for IPv4 on Ethernet (RFC 826). Reused; owner's thread only. */
public final class ArpPacket {
    public static final int BYTES = 28;
    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    private static final int ETHERNET = 1;
    /** Hardware and protocol address length, 6 and 4. */
    private static final int LENGTHS = 0x0604;

    private DirectBuffer buffer;
    private int offset;

    /**
     * @return false if this is not a whole ARP packet for IPv4 on Ethernet: the view is unchanged
     */
    public boolean wrap(final DirectBuffer packet, final int packetOffset, final int packetLength) {
        if (packetLength < BYTES) {
            return false;
        }
        packet.boundsCheck(packetOffset, BYTES);
        if (packet.getShort(packetOffset, BIG_ENDIAN) != ETHERNET
            || packet.getShort(packetOffset + 2, BIG_ENDIAN) != EthernetHeader.TYPE_IPV4
            || packet.getShort(packetOffset + 4, BIG_ENDIAN) != LENGTHS) {
            return false;
        }
        buffer = packet;
        offset = packetOffset;
        return true;
    }

    public int operation() {
        return buffer.getShort(offset + 6, BIG_ENDIAN) & 0xFFFF;
    }

    public long senderMac() {
        return MacAddress.read(buffer, offset + 8);
    }

    public int senderAddress() {
        return buffer.getInt(offset + 14, BIG_ENDIAN);
    }

    public long targetMac() {
        return MacAddress.read(buffer, offset + 18);
    }

    public int targetAddress() {
        return buffer.getInt(offset + 24, BIG_ENDIAN);
    }

    public static void write(
        final MutableDirectBuffer buffer,
        final int offset,
        final int operation,
        final long senderMac,
        final int senderAddress,
        final long targetMac,
        final int targetAddress) {
        buffer.putShort(offset, (short) ETHERNET, BIG_ENDIAN);
        buffer.putShort(offset + 2, (short) EthernetHeader.TYPE_IPV4, BIG_ENDIAN);
        buffer.putShort(offset + 4, (short) LENGTHS, BIG_ENDIAN);
        buffer.putShort(offset + 6, (short) operation, BIG_ENDIAN);
        MacAddress.write(buffer, offset + 8, senderMac);
        buffer.putInt(offset + 14, senderAddress, BIG_ENDIAN);
        MacAddress.write(buffer, offset + 18, targetMac);
        buffer.putInt(offset + 24, targetAddress, BIG_ENDIAN);
    }
}
