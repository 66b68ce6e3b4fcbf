package io.holdfast.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.util.SeededRandom;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two cores joined by a path that delays, loses, reorders and duplicates: bytes go over whole, and both sides close. */
final class PairTest {
    private record Flying(long dueNs, long order, Host to, Host from, Host.Sent sent) {
    }

    private final Host client = new Host(0x0A000001, 1);
    private final Host server = new Host(0x0A000002, 2);
    private final PriorityQueue<Flying> flying = new PriorityQueue<>(
        (a, b) -> a.dueNs != b.dueNs ? Long.compare(a.dueNs, b.dueNs) : Long.compare(a.order, b.order));
    private long order;
    private long nowNs = 1_000_000_000L;
    private long delayNs = 10_000_000;
    private double loss;
    private double duplicate;
    private long jitterNs;
    private SeededRandom random = new SeededRandom(7);

    private double uniform() {
        return (random.nextLong() >>> 11) * 0x1p-53;
    }

    private void launch(final Host from, final Host to) {
        for (final Host.Sent sent : from.box) {
            for (int copies = uniform() < duplicate ? 2 : 1; copies > 0; copies--) {
                if (uniform() >= loss) {
                    final long jitter = jitterNs == 0 ? 0 : (long) (uniform() * jitterNs);
                    flying.add(new Flying(nowNs + delayNs + jitter, order++, to, from, sent));
                }
            }
        }
        from.box.clear();
    }

    /** One event; false if nothing will ever happen again. */
    private boolean step() {
        launch(client, server);
        launch(server, client);
        final long due = flying.isEmpty() ? Long.MAX_VALUE : flying.peek().dueNs;
        final long timer = Math.min(client.nextDeadlineNs(), server.nextDeadlineNs());
        final long next = Math.min(due, timer);
        if (next == Long.MAX_VALUE) {
            return false;
        }
        nowNs = Math.max(nowNs, next);
        client.nowNs = nowNs;
        server.nowNs = nowNs;
        if (due <= timer) {
            final Flying f = flying.poll();
            f.to.deliver(f.from.address, f.sent.header(), f.sent.bytes());
        } else {
            client.fire();
            server.fire();
        }
        return true;
    }

    private void transfer(final int bytes) {
        client.nowNs = nowNs;
        server.nowNs = nowNs;
        server.listener = server.tcp.listen(server.address, 80, 16, new TcpOptions());
        final TcpConnection c = client.tcp.connect(new ConnectionId(client.address, 4000, server.address, 80),
            new TcpOptions(), nowNs);
        client.add(c);
        client.flush();
        final byte[] up = new byte[bytes];
        final byte[] down = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            up[i] = (byte) random.nextLong();
            down[i] = (byte) random.nextLong();
        }
        final ByteBuffer upSource = ByteBuffer.wrap(up);
        final ByteBuffer downSource = ByteBuffer.wrap(down);
        final ByteArrayOutputStream upSink = new ByteArrayOutputStream();
        final ByteArrayOutputStream downSink = new ByteArrayOutputStream();
        TcpConnection s = null;
        final long deadlineNs = nowNs + 3_600_000_000_000L;
        while (nowNs < deadlineNs && step()) {
            if (s == null) {
                s = server.listener.accept();
            }
            pump(c, upSource, downSink, client);
            if (s != null) {
                pump(s, downSource, upSink, server);
            }
            if (isOver(c) && s != null && isOver(s)) {
                break;
            }
        }
        assertNull(c.error());
        assertArrayEquals(up, upSink.toByteArray());
        assertArrayEquals(down, downSink.toByteArray());
    }

    private static boolean isOver(final TcpConnection connection) {
        return connection.state() == TcpState.TIME_WAIT || connection.state() == TcpState.CLOSED;
    }

    /** An application that writes what it can, closes its side after the last byte, and reads everything. */
    private void pump(final TcpConnection connection, final ByteBuffer source, final ByteArrayOutputStream sink,
        final Host host) {
        if (connection.state() == TcpState.ESTABLISHED || connection.state() == TcpState.CLOSE_WAIT) {
            if (source.hasRemaining() && connection.sendBuffer().append(source) > 0) {
                connection.onApplicationWrote(nowNs);
            }
            if (!source.hasRemaining()) {
                connection.shutdownWrite(nowNs);
            }
        }
        final ByteBuffer chunk = ByteBuffer.allocate(8_192);
        while (connection.receiveBuffer().read(chunk) > 0) {
            sink.write(chunk.array(), 0, chunk.position());
            chunk.clear();
            connection.onApplicationRead(nowNs);
        }
        host.flush();
    }

    @Test
    void shouldTransferOnCleanPath() {
        final long before = nowNs;
        transfer(1_000_000);
        assertTrue(nowNs - before < 2_000_000_000L, "took " + (nowNs - before) / 1_000_000 + " ms");
    }

    @Test
    void shouldTransferNothing() {
        transfer(0);
        assertEquals(TcpState.TIME_WAIT, client.connections.get(0).state());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void shouldTransferOnBadPath(final long seed) {
        random = new SeededRandom(seed);
        loss = 0.05;
        duplicate = 0.02;
        jitterNs = seed % 2 == 0 ? 0 : 15_000_000;
        server.config.sack = seed % 3 != 0;
        client.config.timestamps = seed % 4 != 0;
        client.segmentation = seed % 5 == 0;
        transfer(300_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldTransferThroughSmallBuffers(final long seed) {
        random = new SeededRandom(seed);
        server.config.receiveBufferBytes = 8_000;
        server.config.receiveBufferMaxBytes = 8_000;
        client.config.sendBufferBytes = 3_000;
        client.config.sendBufferMaxBytes = 3_000;
        loss = 0.01;
        transfer(100_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {576, 9_000, 40_000, 65_521})
    void shouldTransferWhateverTheMtu(final int mtu) {
        client.mtu = mtu;
        server.mtu = mtu;
        client.segmentation = true;
        final long before = nowNs;
        transfer(2_000_000);
        assertTrue(nowNs - before < 2_000_000_000L, "took " + (nowNs - before) / 1_000_000 + " ms");
    }
}
