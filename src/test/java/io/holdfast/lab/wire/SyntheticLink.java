package io.holdfast.lab.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/** Writes a handmade exchange of two hosts, on one connection of their link, into a capture. */
final class SyntheticLink {
    static final int A = Expectation.ip("10.78.0.11");
    static final int B = Expectation.ip("10.78.0.12");
    static final int BACKUP = 3;
    static final int PRIMARY = 4;
    static final int SOLO = 5;
    static final long NONE = Long.MAX_VALUE;

    private static final int SCHEMA = 7401;
    private static final int PORT_OF_A = 7401;
    private static final byte[] GREETING = {0x48, 0x46, 0x43, 0x48, 1, 0, 1, 1, 'c', 1, 'n'};

    private final Synthetic capture;
    private final Map<Integer, Integer> next = new HashMap<>();
    private final int portOfB;
    private long serial;

    /** @param portOfB tells connections of one capture apart */
    SyntheticLink(final Synthetic capture, final int portOfB) {
        this.capture = capture;
        this.portOfB = portOfB;
        next.put(A, 0xFFFF_FFF0); // wraps on the way
        next.put(B, 77);
    }

    // --- the connection ---

    SyntheticLink handshake() {
        return segment(B, Segment.SYN, new byte[0]).segment(A, Segment.SYN | Segment.ACK, new byte[0]);
    }

    /** Handshake, and a greeting each way. */
    SyntheticLink connect() {
        return handshake().frame(B, GREETING).frame(A, GREETING);
    }

    SyntheticLink close(final int from) {
        return segment(from, Segment.FIN | Segment.ACK, new byte[0]);
    }

    SyntheticLink bytes(final int from, final byte... bytes) {
        return segment(from, Segment.ACK, bytes);
    }

    /** Sent, but not captured. */
    SyntheticLink unseen(final int from, final int bytes) {
        next.merge(from, bytes, Integer::sum);
        return this;
    }

    private SyntheticLink frame(final int from, final byte[] message) {
        return bytes(from, buffer(4 + message.length).putInt(message.length).put(message).array());
    }

    // --- messages ---

    SyntheticLink role(final int from, final int code) {
        final ByteBuffer message = buffer(104).put((byte) 1).put((byte) 1).put((byte) code);
        message.putLong(24, from).putLong(48, ++serial);
        return frame(from, message.array());
    }

    SyntheticLink batch(final int from, final long number, final byte[]... records) {
        int length = 1 + 8 + 48;
        for (final byte[] one : records) {
            length += 4 + one.length;
        }
        final ByteBuffer message = buffer(length).put((byte) 2);
        header(message, 48, 21).putLong(1).putLong(number).putLong(0).putLong(0).putLong(0).putInt(records.length).putInt(0);
        for (final byte[] one : records) {
            message.putInt(one.length).put(one);
        }
        return frame(from, message.array());
    }

    SyntheticLink ack(final int from, final long number) {
        final ByteBuffer message = buffer(1 + 8 + 32).put((byte) 3);
        return frame(from, header(message, 32, 22).putLong(1).putLong(number).putLong(0).putLong(0).array());
    }

    // --- records ---

    static byte[] opened(final long id) {
        final ByteBuffer message = header(buffer(8 + 9 + 4 + 44), 9, 1).putLong(id).put((byte) 1).putInt(44).putInt(2);
        address(message, Synthetic.SERVER_IP, Synthetic.SERVER_PORT);
        address(message, Synthetic.CLIENT_IP, Synthetic.CLIENT_PORT);
        return message.array();
    }

    private static void address(final ByteBuffer message, final int ip, final int port) {
        message.putLong(0).putLong(0xFFFF_0000_0000L | ip & 0xFFFF_FFFFL).putInt(port);
    }

    static byte[] input(final long id, final long offset, final int length) {
        return header(buffer(8 + 16 + 4 + length), 16, 2).putLong(id).putLong(offset).putInt(length).array();
    }

    static byte[] progress(final long id, final long clientFin, final long serverFin, final long edge, final long send,
        final int flags) {
        final ByteBuffer message = header(buffer(8 + 95), 95, 3).putLong(id).putLong(0).putLong(0).putLong(0);
        message.putLong(clientFin).putLong(serverFin).putLong(edge).putLong(send);
        return message.putShort(8 + 92, (short) flags).array();
    }

    private static ByteBuffer header(final ByteBuffer message, final int block, final int template) {
        return message.putShort((short) block).putShort((short) template).putShort((short) SCHEMA).putShort((short) 1);
    }

    private static ByteBuffer buffer(final int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    // --- frames ---

    private SyntheticLink segment(final int from, final int flags, final byte[] payload) {
        final boolean isA = from == A;
        final int to = isA ? B : A;
        final ByteBuffer frame = ByteBuffer.allocate(14 + 20 + 20 + payload.length);
        frame.putShort(12, (short) 0x0800).position(14);
        frame.putShort((short) 0x4500).putShort((short) (40 + payload.length)).putInt(0).putInt(0x4006_0000).putInt(from)
            .putInt(to);
        frame.putShort((short) (isA ? PORT_OF_A : portOfB)).putShort((short) (isA ? portOfB : PORT_OF_A))
            .putInt(next.get(from)).putInt(next.get(to)).put((byte) 0x50).put((byte) flags).putShort((short) 1000).putInt(0)
            .put(payload);
        next.merge(from, payload.length + ((flags & (Segment.SYN | Segment.FIN)) == 0 ? 0 : 1), Integer::sum);
        capture.raw(frame.array());
        return this;
    }
}
