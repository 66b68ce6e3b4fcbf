package io.holdfast.app.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Sessions under requests that make sense one by one and not together: each is answered or pending. */
class SessionFuzzTest {
    private static final int LOCAL = 0xC0A8_0001;
    private static final int REMOTE = 0xC000_0201;
    private static final int REQUESTS = 300;
    private static final String[] OPTIONS = {"SO_REUSEADDR", "SO_KEEPALIVE", "SO_LINGER", "SO_SNDBUF", "SO_RCVBUF",
        "SO_ERROR", "TCP_NODELAY", "TCP_MAXSEG", "TCP_CORK", "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT", "TCP_SYNCNT",
        "TCP_LINGER2", "TCP_USER_TIMEOUT", "TCP_QUICKACK", "TCP_CONGESTION", "TCP_INFO", "IP_TOS", "IP_TTL", "NONBLOCK",
        "INQ", "OUTQ", "UNHEARD_OF"};

    /** The stack's last segment, from which a peer makes more or less sensible answers. */
    private int localPort = 8080;
    private int lastSeq;
    private int lastAck;

    @Property(tries = 150)
    void shouldAnswerOrKeepEveryRequest(@ForAll final long seed) throws Exception {
        final Random random = new Random(seed);
        final ArrayDeque<ByteBuffer> replies = new ArrayDeque<>();
        final Session session = new Session(replies::add);
        final List<Integer> open = new ArrayList<>();
        execute(session, Op.HELLO, 0, 0, bytes(out -> {
            out.writeShort(1);
            out.writeByte(1);
            out.writeByte(0);
            out.writeShort(1500);
            out.writeByte(4);
            out.writeInt(LOCAL);
            out.writeByte(16);
            out.writeByte(0);
            out.writeByte(4);
            out.writeInt(REMOTE);
        }));
        assertEquals(0, replies.remove().getInt(20));
        long tUs = 0;
        for (int id = 1; id <= REQUESTS; id++) {
            open.add(id);
            tUs += random.nextInt(10) == 0 ? random.nextInt(2_000_000) : random.nextInt(20_000);
            final Op op = Op.values()[random.nextInt(3) == 0 ? Op.PKT_IN.ordinal() : 1 + random.nextInt(Op.values().length - 1)];
            execute(session, op, id, tUs, body(op, random, tUs));
            for (ByteBuffer reply = replies.poll(); reply != null; reply = replies.poll()) {
                assertTrue(open.remove((Integer) reply.getInt(8)), "one reply for each request");
                learn(reply);
            }
        }
        assertTrue(open.size() <= Session.MAX_PENDING);
        session.close();
    }

    private void learn(final ByteBuffer reply) {
        if ((reply.get(4) & 0x7F) == Op.PKT_OUT.code() && reply.remaining() >= 24 + 8 + 40 && reply.get(24 + 8 + 9) == 6) {
            final int tcp = 24 + 8 + 20;
            localPort = reply.getShort(tcp) & 0xFFFF;
            lastSeq = reply.getInt(tcp + 4);
            lastAck = reply.getInt(tcp + 8);
        }
    }

    private static void execute(final Session session, final Op op, final int id, final long tUs, final byte[] body)
        throws Exception {
        session.execute(new Request(op, id & 1, id, tUs, new Body(ByteBuffer.wrap(body))));
    }

    private byte[] body(final Op op, final Random random, final long tUs) throws IOException {
        final int handle = random.nextInt(8) + 2;
        return bytes(out -> {
            switch (op) {
                case SOCKET -> {
                    out.writeByte(4);
                    out.writeByte(1 + random.nextInt(8) / 7);
                    out.writeShort(0);
                }
                case BIND, CONNECT -> {
                    out.writeInt(handle);
                    final boolean none = random.nextInt(8) == 0;
                    out.writeByte(none ? 0 : 4);
                    if (!none) {
                        out.writeInt(op == Op.BIND ? random.nextInt(2) * LOCAL : REMOTE);
                    }
                    out.writeShort(8080 + random.nextInt(2));
                }
                case LISTEN -> {
                    out.writeInt(handle);
                    out.writeInt(random.nextInt(4));
                }
                case ACCEPT, CLOSE -> out.writeInt(handle);
                case RECV -> {
                    out.writeInt(handle);
                    out.writeInt(random.nextInt(4000));
                    out.writeInt(random.nextInt(32));
                }
                case SEND -> {
                    out.writeInt(handle);
                    out.writeInt(random.nextInt(4) == 0 ? random.nextInt(256) : 0);
                    out.writeByte(0);
                    out.writeShort(0);
                    out.write(new byte[random.nextInt(9000)]);
                }
                case SHUTDOWN -> {
                    out.writeInt(handle);
                    out.writeByte(random.nextInt(4));
                }
                case SETOPT, GETOPT -> {
                    out.writeInt(handle);
                    out.writeUTF(OPTIONS[random.nextInt(OPTIONS.length)]);
                    out.writeShort(op == Op.SETOPT ? 8 : 64);
                    if (op == Op.SETOPT) {
                        out.writeInt(random.nextInt(5));
                        out.writeInt(random.nextInt(5));
                    }
                }
                case POLL -> {
                    out.writeShort(1);
                    out.writeInt(random.nextInt(3000) - 1);
                    out.writeInt(handle);
                    out.writeShort(random.nextInt(1 << 16));
                }
                case PKT_IN -> out.write(packet(random));
                case PKT_OUT, ADVANCE -> out.writeLong(tUs + random.nextInt(300_000));
                default -> {
                    out.writeUTF("tcp.sack");
                    out.writeUTF("1");
                }
            }
        });
    }

    /** A TCP segment with right checksums, near the numbers that the stack uses. */
    private byte[] packet(final Random random) {
        final int payload = random.nextInt(3) == 0 ? random.nextInt(1400) : 0;
        final int flags = random.nextInt(3) == 0 ? random.nextInt(64) : random.nextInt(4) == 0 ? 0x02 : 0x10;
        final ByteBuffer packet = ByteBuffer.allocate(40 + payload);
        packet.putInt(0x4500_0000 | 40 + payload).putInt(0).put((byte) 64).put((byte) 6).putShort((short) 0).putInt(REMOTE)
            .putInt(LOCAL);
        packet.putShort((short) (40_000 + random.nextInt(2))).putShort((short) (random.nextInt(6) == 0 ? 8080 : localPort));
        packet.putInt(lastAck + (random.nextInt(4) == 0 ? random.nextInt(3000) - 1000 : 0));
        packet.putInt(lastSeq + (random.nextInt(4) == 0 ? random.nextInt(3000) - 1000 : 1));
        packet.put((byte) 0x50).put((byte) flags).putShort((short) random.nextInt(1 << 16));
        packet.putInt(0);
        packet.putShort(10, (short) checksum(packet, 0, 20, 0));
        packet.putShort(36, (short) checksum(packet, 20, 20 + payload, pseudo(20 + payload)));
        return packet.array();
    }

    private static long pseudo(final int length) {
        return (LOCAL >>> 16) + (LOCAL & 0xFFFF) + (REMOTE >>> 16) + (REMOTE & 0xFFFF) + 6L + length;
    }

    private static int checksum(final ByteBuffer packet, final int offset, final int length, final long start) {
        long sum = start;
        for (int i = 0; i < length; i++) {
            sum += (packet.get(offset + i) & 0xFFL) << (i % 2 == 0 ? 8 : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return (int) ~sum & 0xFFFF;
    }

    private interface Writer {
        void write(DataOutputStream out) throws IOException;
    }

    private static byte[] bytes(final Writer writer) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writer.write(out);
        }
        return bytes.toByteArray();
    }
}
