package io.holdfast.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.util.SeededRandom;
import io.holdfast.wire.TcpSegment;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/**
 * A connection moves to another host in whatever state it is, by snapshot, progress and the bytes that matter, and the
 * client cannot tell: streams go on, nothing goes back, nothing is reset. The replication contract's table of what the
 * backup holds.
 */
final class TransferTest {
    private static final long MS = 1_000_000L;
    private static final int SHIFT_MS = 64;
    private static final int SEEDS = 100;
    /** Most moves that are tried of one run, spread evenly. */
    private static final int MOST_STEPS = 60;

    private record Flying(long dueNs, long order, Host to, Host from, Host.Sent sent) {
    }

    private record Input(long offset, byte[] bytes) {
    }

    /** One run; all its state. */
    private static final class Scene {
        private final SeededRandom random;
        private final Host client = new Host(0x0A000001, 1);
        private final Host first = new Host(0x0A000002, 2);
        private final Host second = new Host(0x0A000002, 3);
        private Host serving = first;
        private final PriorityQueue<Flying> flying = new PriorityQueue<>(
            (a, b) -> a.dueNs != b.dueNs ? Long.compare(a.dueNs, b.dueNs) : Long.compare(a.order, b.order));
        private final List<Input> inputs = new ArrayList<>();
        private final double loss;
        /** Most bytes that an application writes before others have their turn. */
        private final int portion;
        private final ByteBuffer up;
        private final ByteBuffer down;
        private final ByteArrayOutputStream upSink = new ByteArrayOutputStream();
        private final ByteArrayOutputStream downSink = new ByteArrayOutputStream();
        private TcpConnection c;
        private TcpConnection s;
        private long order;
        private long nowNs = 1_000 * MS;
        private long edge = Long.MIN_VALUE;
        private int tsVal;
        private boolean tsSeen;
        /** Output of the first server's application. */
        private int writtenBefore;
        private long writesFromNs;

        Scene(final long seed) {
            random = new SeededRandom(seed);
            loss = random.nextInt(2) == 0 ? 0 : 0.05;
            portion = random.nextInt(2) == 0 ? Integer.MAX_VALUE : 1 + random.nextInt(4_000);
            for (final Host host : List.of(client, first, second)) {
                host.config.retries = 60;
                host.config.orphanRetries = 60;
                host.config.finTimeoutMs = 3_600_000;
            }
            for (final Host host : List.of(first, second)) {
                final SeededRandom same = new SeededRandom(seed + 1);
                host.config.sack = same.nextInt(3) != 0;
                host.config.timestamps = same.nextInt(3) != 0;
                host.config.windowScaling = same.nextInt(3) != 0;
                if (same.nextInt(3) == 0) {
                    host.config.receiveBufferBytes = 8_000;
                    host.config.receiveBufferMaxBytes = 8_000;
                }
                host.listener = host.tcp.listen(host.address, 80, 16, new TcpOptions());
            }
            up = bytes(random.nextInt(1 << random.nextInt(17)));
            down = bytes(random.nextInt(1 << random.nextInt(17)));
        }

        private String options() {
            return (c.tcb.sack ? "sack " : "") + (c.tcb.timestamps ? "timestamps " : "") + (c.tcb.sndWindowShift > 0 ? "scale" : "");
        }

        private ByteBuffer bytes(final int length) {
            final byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = (byte) random.nextLong();
            }
            return ByteBuffer.wrap(bytes);
        }

        private void launch(final Host from, final Host to) {
            for (final Host.Sent sent : from.box) {
                if (from == serving && from != client) {
                    watch(sent);
                }
                if (random.nextDouble() >= loss) {
                    final long jitterNs = loss == 0 ? 0 : random.nextInt(8) * MS;
                    flying.add(new Flying(nowNs + 10 * MS + jitterNs, order++, to, from, sent));
                }
            }
            from.box.clear();
        }

        /** Checks the servers' segments, one after the other: no reset, neither edge nor timestamp goes back. */
        private void watch(final Host.Sent sent) {
            final TcpSegment header = sent.header();
            assertTrue(!sent.has(TcpSegment.RST), "a reset: " + sent);
            if (sent.has(TcpSegment.SYN)) {
                return;
            }
            final Tcb tcb = serving.connections.isEmpty() ? null : serving.connections.get(0).tcb;
            if (tcb != null) {
                final long told = tcb.rcvOffset(header.ack) + ((long) header.window << tcb.rcvWindowShift);
                assertTrue(told >= edge, "the edge goes back from " + edge + " to " + told);
                edge = told;
            }
            if (header.timestamps) {
                assertTrue(!tsSeen || header.tsVal - tsVal >= 0, "TSval goes back from " + tsVal + " to "
                    + header.tsVal);
                tsSeen = true;
                tsVal = header.tsVal;
            }
        }

        private boolean step() {
            launch(client, serving);
            launch(serving, client);
            final long due = flying.isEmpty() ? Long.MAX_VALUE : flying.peek().dueNs;
            final long timer = Math.min(client.nextDeadlineNs(), serving.nextDeadlineNs());
            final long wake = nowNs < writesFromNs ? writesFromNs : writesMore() ? nowNs + 5 * MS : Long.MAX_VALUE;
            final long next = Math.min(wake, Math.min(due, timer));
            if (next == Long.MAX_VALUE) {
                return false;
            }
            now(Math.max(nowNs, next));
            if (wake <= Math.min(due, timer)) {
                return true;
            }
            if (due <= timer) {
                final Flying f = flying.poll();
                (f.to == client ? client : serving).deliver(f.from.address, f.sent.header(), f.sent.bytes());
            } else {
                client.fire();
                serving.fire();
            }
            return true;
        }

        private boolean writesMore() {
            return portion < Integer.MAX_VALUE && (c.state() == TcpState.ESTABLISHED && up.hasRemaining()
                || s != null && s.state().maySendData() && down.hasRemaining());
        }

        private void now(final long value) {
            nowNs = value;
            client.nowNs = value;
            first.nowNs = value;
            second.nowNs = value;
        }

        private void begin() {
            now(nowNs);
            c = client.tcp.connect(new ConnectionId(client.address, 4_000, first.address, 80), new TcpOptions(), nowNs);
            client.add(c);
            client.flush();
        }

        /** Returns false when nothing will happen any more, or both are over. */
        private boolean act() {
            if (!step()) {
                return false;
            }
            if (serving == first && !first.connections.isEmpty()) {
                first.connections.get(0).replicated().inputTap((offset, buffer, at, length) -> {
                    final byte[] copy = new byte[length];
                    buffer.getBytes(at, copy);
                    inputs.add(new Input(offset, copy));
                    return true;
                });
            }
            if (s == null) {
                s = serving.listener.accept();
            }
            pump(c, up, downSink, client);
            if (s != null) {
                pump(s, down, upSink, serving);
            }
            return !(isOver(c) && s != null && isOver(s));
        }

        private void pump(final TcpConnection connection, final ByteBuffer source, final ByteArrayOutputStream sink,
            final Host host) {
            final TcpState state = connection.state();
            if (connection == s && nowNs < writesFromNs) {
                host.flush();
                return;
            }
            final boolean again = connection == s && state.maySendData() && source.position() < writtenBefore;
            if (state == TcpState.ESTABLISHED || state == TcpState.CLOSE_WAIT || again) {
                final ByteBuffer some = source.slice();
                some.limit(Math.min(some.capacity(), portion));
                final int taken = connection.sendBuffer().append(some);
                source.position(source.position() + taken);
                if (taken > 0) {
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

        private static boolean isOver(final TcpConnection connection) {
            return connection.state() == TcpState.TIME_WAIT || connection.state() == TcpState.CLOSED;
        }

        /**
         * The first server's host is gone, and the second has what the contract says. Returns the state, null if there was none.
         */
        private TcpState transfer() {
            if (first.connections.isEmpty()) {
                serving = second;
                return null;
            }
            launch(first, client);
            final TcpConnection old = first.connections.get(0);
            final TcpState state = old.state();
            final boolean accepted = s != null;
            second.tcp.secrets(first.tcp.secrets());
            final UnsafeBuffer snapshot = new UnsafeBuffer(new byte[TcbSnapshot.LENGTH]);
            final int length = old.replicated().snapshot(snapshot, 0);
            final TcpShadow shadow = second.tcp.restore(snapshot, 0, length, ends -> new TcpOptions());
            for (final Input input : inputs) {
                assertTrue(shadow.onInput(input.offset, new UnsafeBuffer(input.bytes), 0, input.bytes.length));
            }
            final TcbProgress progress = new TcbProgress();
            old.replicated().progress(progress);
            progress.edgeLimit = old.replicated().windowEdge();
            progress.sendLimit = old.sendBuffer().tail();
            progress.checkpointOffset = old.sendBuffer().tail();
            shadow.onProgress(progress, nowNs);
            final TcpConnection made = shadow.connection();
            final long from = Math.max(0, old.tcb.sndUna);
            final int held = (int) Math.max(0, old.sendBuffer().tail() - from);
            final ByteBuffer copy = ByteBuffer.allocate(held);
            if (held > 0) {
                old.sendBuffer().copy(from, copy, held);
                copy.flip();
                // The new server's application may be behind: the rest is written again afterwards.
                copy.limit(random.nextInt(3) == 0 ? held : random.nextInt(held + 1));
                made.sendBuffer().append(copy);
                down.position((int) made.sendBuffer().tail());
                writtenBefore = (int) old.sendBuffer().tail();
                writesFromNs = nowNs + random.nextInt(500) * MS;
            }
            assertKept(old.tcb, made.tcb);
            second.connections.add(made);
            serving = second;
            shadow.promote(second.listener, SHIFT_MS, nowNs);
            s = accepted ? made : null;
            if (!accepted && made.state() != TcpState.SYN_RECEIVED) {
                second.listener.offer(made);
            }
            second.flush();
            return state;
        }

        /** The contract's "kept exactly". */
        private static void assertKept(final Tcb old, final Tcb made) {
            assertEquals(old.id, made.id);
            assertEquals(old.irs, made.irs);
            assertEquals(old.iss, made.iss);
            assertEquals(old.peerMss, made.peerMss);
            assertEquals(old.advMss, made.advMss);
            assertEquals(old.sndWindowShift, made.sndWindowShift);
            assertEquals(old.rcvWindowShift, made.rcvWindowShift);
            assertEquals(old.sack, made.sack);
            assertEquals(old.timestamps, made.timestamps);
            assertEquals(old.tsOffset, made.tsOffset);
            assertEquals(old.state, made.state);
            assertEquals(old.sndFin, made.sndFin);
            assertEquals(old.rcvFin, made.rcvFin);
            assertEquals(old.rcvNxt, made.rcvNxt);
            assertEquals(old.orphaned, made.orphaned);
            assertEquals(old.readShut, made.readShut);
        }

        private void finish() {
            final long deadlineNs = nowNs + 3_600_000 * MS;
            while (nowNs < deadlineNs && act()) {
                continue;
            }
            writesFromNs = 0;
            pump(s, down, upSink, serving);
            assertNull(c.error());
            assertTrue(isOver(c), () -> "client " + c.state());
            assertArrayEquals(up.array(), upSink.toByteArray());
            assertArrayEquals(down.array(), downSink.toByteArray());
        }
    }

    @Property(tries = 600)
    void shouldGoOnWhereverItMoves(@ForAll final long seed, @ForAll @IntRange(max = 150) final int steps) {
        final Scene scene = new Scene(seed);
        scene.begin();
        for (int i = 0; i < steps && scene.act(); i++) {
            continue;
        }
        scene.transfer();
        scene.finish();
    }

    /** Every control block that a run goes through, moved from there: the client's end is the same as where nothing moved. */
    @Test
    void shouldGoOnAsTheOriginalFromWhateverItReaches() {
        final Map<TcpState, Set<String>> moved = new EnumMap<>(TcpState.class);
        for (long seed = 1; seed <= SEEDS; seed++) {
            final Scene original = new Scene(seed);
            original.begin();
            int steps = 0;
            while (original.act()) {
                steps++;
            }
            original.finish();
            final int stride = 1 + steps / MOST_STEPS;
            for (int at = (int) seed % stride; at <= steps; at += stride) {
                final Scene scene = new Scene(seed);
                scene.begin();
                for (int i = 0; i < at && scene.act(); i++) {
                    continue;
                }
                final TcpState state = scene.transfer();
                scene.finish();
                final String where = "seed " + seed + ", moved after " + at + " steps";
                assertEquals(original.c.tcb.sndFin, scene.c.tcb.sndFin, where);
                assertEquals(original.c.tcb.rcvFin, scene.c.tcb.rcvFin, where);
                assertEquals(original.c.error(), scene.c.error(), where);
                if (state != null) {
                    moved.computeIfAbsent(state, key -> new TreeSet<>()).add(scene.options());
                }
            }
        }
        assertEquals(EnumSet.of(TcpState.SYN_RECEIVED, TcpState.ESTABLISHED, TcpState.FIN_WAIT_1, TcpState.FIN_WAIT_2,
            TcpState.CLOSE_WAIT, TcpState.CLOSING, TcpState.LAST_ACK, TcpState.TIME_WAIT), moved.keySet());
        final Set<String> options = new TreeSet<>();
        moved.values().forEach(options::addAll);
        assertEquals(8, options.size(), () -> "moved with " + options);
    }
}
