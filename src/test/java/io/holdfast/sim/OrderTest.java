package io.holdfast.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.StackConfig;
import io.holdfast.replication.ReplicationMode;
import io.holdfast.replication.ReplicationOrder;
import io.holdfast.replication.log.HistoryLimits;
import io.holdfast.socket.StreamSocket;
import io.holdfast.util.SeededRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Servers whose connections share state, and clients that wait for the answer on one connection before they speak on another:
 * what the next answer says depends on the order across connections, which the servers of both hosts must have in common. The
 * servers think for times of their own, so that nothing but the order makes them agree.
 */
@Tag("worlds")
final class OrderTest {
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;
    private static final int PORT = 80;
    private static final HistoryLimits LIMITS = new HistoryLimits("sim", 512 * 1024, 1 << 26, 1 << 26, null);

    /** Adds one to the host's counter for each byte of a client, and answers with the sum, in four bytes. */
    private static final class Counter extends Actor {
        private final Conduit conduit;
        private final int[] sum;
        private final SeededRandom random;
        private final ByteBuffer in = ByteBuffer.allocate(64);
        private ByteBuffer out = ByteBuffer.allocate(0);
        private boolean thought;
        private int asked;

        Counter(final int host, final Conduit conduit, final int[] sum, final SeededRandom random) {
            super("counter " + host);
            this.conduit = conduit;
            this.sum = sum;
            this.random = random;
            place(host);
        }

        @Override
        boolean run(final long nowNs) {
            if (over() || nowNs < wakeNs) {
                return false;
            }
            try {
                if (out.hasRemaining()) {
                    return conduit.write(out) > 0;
                }
                return asked == 0 ? read(nowNs) : answer(nowNs);
            } catch (final IOException e) {
                failure = e;
                conduit.socket.close();
                end();
                return true;
            }
        }

        private boolean read(final long nowNs) throws IOException {
            in.clear();
            final int n = conduit.read(in);
            if (n < 0) {
                // As Undertow does: from then on the primary's connection takes no input, and the replay has yet to get what came
                // before.
                conduit.socket.shutdownInput();
                conduit.socket.close();
                end();
                return true;
            }
            asked = n;
            thought = false;
            return n > 0;
        }

        private boolean answer(final long nowNs) {
            if (!thought) {
                thought = true;
                wakeNs = nowNs + random.nextInt(3) * random.nextInt(3_000) * 1_000L;
                return true;
            }
            out = ByteBuffer.allocate(4 * asked);
            for (; asked > 0; asked--) {
                out.putInt(++sum[0]);
            }
            out.flip();
            return true;
        }

        @Override
        public String toString() {
            return name + (over() ? " over " : " ") + sum[0] + " asked " + asked + " " + conduit;
        }
    }

    /** Asks on one connection after another, each time for the next number; opens and closes some on the way. */
    private final class Alternator extends Actor {
        private final List<Conduit> conduits = new ArrayList<>();
        private final ByteBuffer in = ByteBuffer.allocate(4);
        private final int questions;
        private final int closesEach;
        private int asked;
        private int answered;
        private Conduit current;

        Alternator(final int connections, final int questions, final int closesEach) throws IOException {
            super("client");
            this.questions = questions;
            this.closesEach = closesEach;
            for (int i = 0; i < connections; i++) {
                conduits.add(connect());
            }
        }

        private Conduit connect() throws IOException {
            final StreamSocket socket = world.stacks.get(0).openStream();
            socket.connect(World.at(World.SERVICE - 1, PORT));
            return new Conduit(socket, null);
        }

        @Override
        boolean run(final long nowNs) {
            try {
                return !over() && (current == null ? ask() : listen());
            } catch (final IOException e) {
                failure = e;
                end();
                return true;
            }
        }

        private boolean ask() throws IOException {
            final Conduit next = conduits.get(asked % conduits.size());
            if (!next.connected() || next.write(ByteBuffer.wrap(new byte[1])) == 0) {
                return false;
            }
            asked++;
            current = next;
            in.clear();
            return true;
        }

        private boolean listen() throws IOException {
            final int n = current.read(in);
            check(n >= 0, "the stream ended");
            if (in.hasRemaining()) {
                return n > 0;
            }
            answered++;
            check(in.getInt(0) == answered, "answer " + answered + " is " + in.getInt(0));
            if (answered == questions) {
                end();
                for (final Conduit conduit : conduits) {
                    conduit.socket.close();
                }
            } else if (closesEach > 0 && answered % closesEach == 0) {
                current.socket.close();
                conduits.set(conduits.indexOf(current), connect());
            }
            current = null;
            return true;
        }

        @Override
        public String toString() {
            return name + " asked " + asked + " answered " + answered + (over() ? " over" : "") + " " + current;
        }
    }

    private final World world = new World(1);
    private final FedHosts hosts;

    OrderTest() {
        world.faults(Faults.NONE);
        world.addHost(1_500, OrderTest::patient);
        hosts = new FedHosts(world, MS / 10);
    }

    private static void patient(final StackConfig config) {
        config.memoryLimit(64 << 20);
        config.tcp.orphanRetries = 60;
        config.tcp.retries = 60;
    }

    private FedHosts.Host host(final ReplicationMode mode) {
        return hosts.add(mode, LIMITS, OrderTest::patient);
    }

    private void serve(final FedHosts.Host host, final long seed) {
        final int[] sum = new int[1];
        final SeededRandom random = new SeededRandom(seed);
        try {
            world.listen(host.index, PORT, 128,
                socket -> world.talks.add(new Counter(host.index, new Conduit(socket, null), sum, random)));
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private void runToTheEnd(final Alternator client) throws IOException {
        world.run(world.nowNs + 3_600 * SECOND);
        assertTrue(client.over(), () -> "not over: " + world.talks + hosts.events + hosts.hosts);
        assertEquals(null, client.failure, () -> client + " " + hosts.events);
        assertEquals(List.of(), hosts.events);
    }

    /** Returns what the primary emits if nothing happens. */
    private static long play(final ReplicationMode mode, final int connections, final int closesEach, final long crashAt,
        final long seed, final long joinNs) throws IOException {
        return play(ReplicationOrder.CAUSAL, mode, connections, closesEach, crashAt, seed, joinNs);
    }

    private static long play(final ReplicationOrder order, final ReplicationMode mode, final int connections, final int closesEach,
        final long crashAt, final long seed, final long joinNs) throws IOException {
        final OrderTest t = new OrderTest();
        t.hosts.order = order;
        t.hosts.keepsClosed = closesEach > 0 && mode == ReplicationMode.COLD || closesEach > 0 && joinNs > 0;
        try (World world = t.world) {
            final FedHosts.Host a = t.host(mode);
            final FedHosts.Host b = t.host(mode);
            a.lead(1);
            t.serve(a, seed);
            if (mode == ReplicationMode.HOT) {
                t.serve(b, seed + 1);
            }
            if (joinNs == 0) {
                b.join(a, 1);
            } else {
                world.at(world.nowNs + joinNs, () -> b.join(a, 1));
            }
            t.hosts.kill(a, crashAt, () -> world.at(world.nowNs + 20 * MS, () -> {
                b.lead(2);
                if (mode != ReplicationMode.HOT) {
                    world.at(world.nowNs + 50 * MS, () -> t.serve(b, seed + 1));
                }
            }));
            final Alternator client = t.new Alternator(connections, 30, closesEach);
            world.talks.add(client);
            t.runToTheEnd(client);
            return t.hosts.emissions();
        }
    }

    private static void crashEverywhere(final ReplicationMode mode, final int connections, final int closesEach) throws IOException {
        final long emissions = play(mode, connections, closesEach, Long.MAX_VALUE, 1, 0);
        for (long i = 0; i < emissions; i++) {
            try {
                play(mode, connections, closesEach, i, i, 0);
            } catch (final Throwable e) {
                throw new AssertionError(mode + ", crash at " + i + " of " + emissions + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    void shouldKeepTheOrderAcrossConnections() throws IOException {
        crashEverywhere(ReplicationMode.HOT, 3, 0);
    }

    @Test
    void shouldKeepTheOrderWhereConnectionsComeAndGo() throws IOException {
        crashEverywhere(ReplicationMode.HOT, 3, 4);
    }

    /** The purpose of these worlds: servers that follow the order of each connection alone do not agree. */
    @Test
    void shouldDifferWhereOnlyEachConnectionHasAnOrder() throws IOException {
        int differed = 0;
        for (int crash = 20; crash < 60; crash++) {
            try {
                play(ReplicationOrder.CONNECTION, ReplicationMode.HOT, 3, 0, crash, crash, 0);
            } catch (final AssertionError e) {
                differed++;
            }
        }
        assertTrue(differed > 0, "they agree all the same");
    }

    @Test
    void shouldReplayInTheOrderOfCauses() throws IOException {
        crashEverywhere(ReplicationMode.COLD, 4, 0);
    }

    /** Answers on live connections depend on closed ones. */
    @Test
    void shouldReplayWhatClosedConnectionsDid() throws IOException {
        crashEverywhere(ReplicationMode.COLD, 3, 4);
    }

    @Test
    void shouldDoAgainWhatClosedConnectionsDidOnAHostThatJoins() throws IOException {
        for (long seed = 1; seed < 40; seed++) {
            try {
                play(ReplicationMode.HOT, 3, 4, 60 + seed, seed, (5 + seed % 7) * MS);
            } catch (final Throwable e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    /** A host that joins late does everything again, in the same order. */
    @Test
    void shouldKeepTheOrderOnAHostThatJoins() throws IOException {
        for (long seed = 1; seed < 40; seed++) {
            final long joinNs = (5 + seed % 7) * MS;
            try {
                play(ReplicationMode.HOT, 3, 0, 60 + seed, seed, joinNs);
            } catch (final Throwable e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
