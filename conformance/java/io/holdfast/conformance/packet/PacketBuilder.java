package io.holdfast.conformance.packet;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Builds IPv4 packets from one address to another. */
public final class PacketBuilder {
    private static final int IP_BYTES = 20;
    private static final int TCP = 6;
    private static final int ICMP = 1;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int TTL = 64;

    private final int source;
    private final int destination;

    public PacketBuilder(final int source, final int destination) {
        this.source = source;
        this.destination = destination;
    }

    public byte[] tcp(final Segment segment, final boolean badChecksum) {
        return ip(TCP, segment.tos(), 0, DONT_FRAGMENT, tcpBytes(segment, badChecksum));
    }

    /** The same packet cut into fragments of at most that many bytes of payload, a multiple of 8; in order. */
    public List<byte[]> fragments(final Segment segment, final int bytes, final int id) {
        return fragments(segment, bytes, 0, id);
    }

    /** The same, but each begins with that many bytes of the one before it, a multiple of 8. */
    public List<byte[]> fragments(final Segment segment, final int bytes, final int overlap, final int id) {
        final byte[] whole = tcpBytes(segment, false);
        final List<byte[]> fragments = new ArrayList<>();
        for (int offset = 0; offset < whole.length; offset += bytes) {
            final int end = Math.min(whole.length, offset + bytes);
            final int start = Math.max(0, offset - overlap);
            final int word = start / 8 | (end < whole.length ? MORE_FRAGMENTS : 0);
            fragments.add(ip(TCP, segment.tos(), id, word, Arrays.copyOfRange(whole, start, end)));
        }
        return fragments;
    }

    /** An error about a packet that went the other way, of which it quotes the IP header and 8 bytes. */
    public byte[] icmpError(final int type, final int code, final int rest, final byte[] quoted) {
        final ByteBuffer body = ByteBuffer.allocate(8 + IP_BYTES + 8);
        body.put((byte) type).put((byte) code).putShort((short) 0).putInt(rest).put(quoted, 0, IP_BYTES + 8);
        body.putShort(2, (short) Checksum.of(body.array(), 0, body.capacity(), 0));
        return ip(ICMP, 0, 0, 0, body.array());
    }

    private byte[] tcpBytes(final Segment segment, final boolean badChecksum) {
        final byte[] options = TcpOption.bytes(segment.options());
        final int header = 20 + options.length;
        final ByteBuffer bytes = ByteBuffer.allocate(header + segment.payload().length);
        bytes.putShort((short) segment.sourcePort()).putShort((short) segment.destinationPort()).putInt(segment.seq())
            .putInt(segment.ack()).put((byte) (header / 4 << 4)).put((byte) segment.flags())
            .putShort((short) segment.window()).putShort((short) 0).putShort((short) segment.urgent()).put(options)
            .put(segment.payload());
        final int sum = Checksum.of(bytes.array(), 0, bytes.capacity(),
            Checksum.pseudo(source, destination, TCP, bytes.capacity()));
        bytes.putShort(16, (short) (badChecksum ? sum ^ 0x5555 : sum));
        return bytes.array();
    }

    private byte[] ip(final int protocol, final int tos, final int id, final int fragmentWord, final byte[] payload) {
        final ByteBuffer bytes = ByteBuffer.allocate(IP_BYTES + payload.length);
        bytes.put((byte) 0x45).put((byte) tos).putShort((short) bytes.capacity()).putShort((short) id)
            .putShort((short) fragmentWord).put((byte) TTL).put((byte) protocol).putShort((short) 0).putInt(source)
            .putInt(destination).put(payload);
        bytes.putShort(10, (short) Checksum.of(bytes.array(), 0, IP_BYTES, 0));
        return bytes.array();
    }
}
