package io.holdfast.conformance.packet;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An IPv4 packet that a stack sent, taken apart and its checksums verified.
 *
 * @param protocol IP's number
 * @param segment null if it is not TCP
 * @param icmpType of ICMP, else -1
 * @param icmpCode of ICMP, else -1
 */
public record ReceivedPacket(int source, int destination, int protocol, Segment segment, int icmpType, int icmpCode) {
    private static final int TCP = 6;
    private static final int ICMP = 1;

    /**
     * @throws IllegalArgumentException says what no stack may send
     */
    public static ReceivedPacket parse(final byte[] packet) {
        final ByteBuffer bytes = ByteBuffer.wrap(packet);
        check(packet.length >= 20 && packet[0] == 0x45, "not an IPv4 packet without options");
        check((bytes.getShort(2) & 0xFFFF) == packet.length, "the IP header says " + (bytes.getShort(2) & 0xFFFF) + " bytes of "
            + packet.length);
        check(Checksum.of(packet, 0, 20, 0) == 0, "wrong IP checksum");
        final int protocol = packet[9];
        final int source = bytes.getInt(12);
        final int destination = bytes.getInt(16);
        final int length = packet.length - 20;
        if (protocol == TCP) {
            check(length >= 20, "a TCP header cut short");
            check(Checksum.of(packet, 20, length, Checksum.pseudo(source, destination, TCP, length)) == 0,
                "wrong TCP checksum");
            return new ReceivedPacket(source, destination, protocol, segment(packet), -1, -1);
        }
        if (protocol == ICMP) {
            check(Checksum.of(packet, 20, length, 0) == 0, "wrong ICMP checksum");
            return new ReceivedPacket(source, destination, protocol, null, packet[20] & 0xFF, packet[21] & 0xFF);
        }
        return new ReceivedPacket(source, destination, protocol, null, -1, -1);
    }

    private static Segment segment(final byte[] packet) {
        final ByteBuffer tcp = ByteBuffer.wrap(packet, 20, packet.length - 20).slice();
        final int header = (tcp.get(12) >> 4 & 0xF) * 4;
        check(header >= 20 && header <= tcp.capacity(), "a TCP header of " + header + " bytes");
        return new Segment(tcp.getShort(0) & 0xFFFF, tcp.getShort(2) & 0xFFFF, tcp.get(13) & 0xFF, tcp.getInt(4),
            tcp.getInt(8), tcp.getShort(14) & 0xFFFF, tcp.getShort(18) & 0xFFFF, packet[1] & 0xFF,
            TcpOption.parse(tcp.slice(20, header - 20)), Arrays.copyOfRange(packet, 20 + header, packet.length));
    }

    private static void check(final boolean condition, final String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
