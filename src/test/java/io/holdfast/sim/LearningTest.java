package io.holdfast.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.config.StackConfig;
import io.holdfast.replication.ReplicationMode;
import io.holdfast.replication.log.HistoryLimits;
import io.holdfast.socket.Readiness;
import io.holdfast.socket.StreamSocket;
import io.holdfast.util.SeededRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One small program on both hosts, which learns of its input in every possible way: it reads, asks for available bytes, reads
 * with a time limit, is told of ends and of errors by reads and by writes, accepts connections that are gone already. The events
 * of each connection, and their order across connections, must be the same on both hosts, however late the backup's program is.
 */
@Tag("worlds")
final class LearningTest {
    private static final long MS = 1_000_000L;
    private static final int PORT = 80;
    private static final HistoryLimits LIMITS = new HistoryLimits("sim", 512 * 1024, 1 << 26, 1 << 26, null);

    /** Events that one host's programs learned. */
    private static final class Notes {
        final Map<Integer, List<String>> byClient = new TreeMap<>();
        final List<String> inOrder = new ArrayList<>();

        void learned(final int client, final String what) {
            byClient.computeIfAbsent(client, any -> new ArrayList<>()).add(what);
            inOrder.add(client + " " + what);
        }

        /** The program acted, at any time. */
        void did(final int client, final String what) {
            byClient.computeIfAbsent(client, any -> new ArrayList<>()).add(what);
        }
    }

    /** Goes through a plan that depends on the client's port alone, and thinks between its steps. */
    private static final class Student extends Actor {
        private final StreamSocket socket;
        private final int client;
        private final Notes notes;
        private final SeededRandom plan;
        private final SeededRandom thinking;
        private final int slowness;
        private int step = -1;
        private int left;
        private long limitNs;
        private boolean asked;

        Student(final int host, final StreamSocket socket, final Notes notes, final SeededRandom thinking, final int slowness) {
            super("student " + host);
            this.socket = socket;
            this.notes = notes;
            this.thinking = thinking;
            this.slowness = slowness;
            client = socket.remoteAddress().getPort();
            plan = new SeededRandom(client);
            left = 3 + plan.nextInt(6);
            place(host);
            notes.learned(client, "accepted");
        }

        @Override
        boolean run(final long nowNs) {
            if (over() || nowNs < wakeNs) {
                return false;
            }
            if (step < 0) {
                step = plan.nextInt(5);
                limitNs = nowNs + 2 * MS;
                // The backup's is never ahead: what it wrote before the primary's was told of an error cannot be taken back.
                wakeNs = nowNs + (slowness - 1) * MS + thinking.nextInt(3) * slowness * thinking.nextInt(1_000) * 1_000L;
                if (wakeNs > nowNs) {
                    return true;
                }
            }
            try {
                if (!act(nowNs)) {
                    return false;
                }
            } catch (final IOException e) {
                notes.learned(client, "failed at step " + step + ": " + e.getMessage());
                close();
                return true;
            }
            step = -1;
            if (--left == 0) {
                notes.did(client, "closes");
                close();
            }
            return true;
        }

        private void close() {
            socket.close();
            end();
        }

        /** False if it has to wait. */
        private boolean act(final long nowNs) throws IOException {
            return switch (step) {
                case 0 -> write();
                case 1 -> read(1 + client % 5);
                case 2 -> available();
                case 3 -> readWithLimit(nowNs);
                default -> read(1_000);
            };
        }

        private boolean write() throws IOException {
            final int n = socket.write(ByteBuffer.wrap("a greeting".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
            if (n > 0) {
                notes.did(client, "wrote " + n);
            }
            return n > 0;
        }

        /** Asks once after each read: the number of calls without a result is not followed. */
        private boolean available() {
            if (asked) {
                return true;
            }
            if (!socket.isAvailableKnown()) {
                return false;
            }
            asked = true;
            final int n = socket.available();
            if (n > 0) {
                notes.learned(client, "available " + n);
            } else {
                // Ordered among this connection's alone.
                notes.did(client, "available 0");
            }
            return true;
        }

        private boolean read(final int most) throws IOException {
            final int n = socket.read(ByteBuffer.allocate(most));
            return n != 0 && tell(n);
        }

        private boolean readWithLimit(final long nowNs) throws IOException {
            final int n = socket.read(ByteBuffer.allocate(10));
            if (n != 0) {
                return tell(n);
            }
            if (socket.givesUp(nowNs >= limitNs)) {
                notes.learned(client, "timed out");
                asked = false;
                return true;
            }
            wakeNs = Math.max(nowNs + MS / 4, nowNs < limitNs ? Math.min(limitNs, nowNs + MS / 2) : 0);
            return false;
        }

        private boolean tell(final int n) {
            notes.learned(client, "read " + n);
            asked = false;
            if (n < 0) {
                close();
                left = 1;
            }
            return true;
        }

        @Override
        public String toString() {
            return name + " " + client + " step " + step + " left " + left + (over() ? " over" : "") + " " + socket.info().state + " "
                + Integer.toBinaryString(socket.readiness());
        }
    }

    /** Says things in pieces, reads or does not, ends or breaks off. */
    private static final class Client extends Actor {
        private final StreamSocket socket;
        private final SeededRandom random;
        private final boolean resets;
        private int left;

        Client(final StreamSocket socket, final SeededRandom random, final long startNs, final boolean resets) {
            super("client");
            this.socket = socket;
            this.random = random;
            this.resets = resets;
            left = 1 + random.nextInt(6);
            wakeNs = startNs;
        }

        @Override
        boolean run(final long nowNs) {
            if (over() || nowNs < wakeNs) {
                return false;
            }
            wakeNs = nowNs + (1 + random.nextInt(4)) * MS;
            try {
                if ((socket.readiness() & Readiness.WRITE) != 0 && random.nextInt(3) > 0) {
                    socket.write(ByteBuffer.allocate(1 + random.nextInt(20)));
                }
                if (random.nextInt(2) == 0) {
                    socket.read(ByteBuffer.allocate(100));
                }
                if (--left > 0) {
                    return true;
                }
                if (resets && random.nextInt(3) > 0) {
                    socket.abort();
                } else {
                    socket.close();
                }
            } catch (final IOException e) {
                socket.close();
            }
            end();
            return true;
        }
    }

    private static void compare(final long seed) throws IOException {
        final SeededRandom random = new SeededRandom(seed);
        try (World world = new World(seed)) {
            // A reset that is lost is not sent again.
            final boolean resets = random.nextInt(2) == 0;
            world.faults(resets ? Faults.NONE : new Faults(0.05, 0.02, 0.1, 0, MS, 500_000, 0, 1_000));
            world.addHost(1_500, LearningTest::patient);
            final FedHosts hosts = new FedHosts(world, MS / 10);
            final FedHosts.Host a = hosts.add(ReplicationMode.HOT, LIMITS, LearningTest::patient);
            final FedHosts.Host b = hosts.add(ReplicationMode.HOT, LIMITS, LearningTest::patient);
            a.lead(1);
            final Notes there = new Notes();
            final Notes here = new Notes();
            listen(world, a, there, new SeededRandom(seed + 1), 1);
            b.join(a, 1);
            // The server may listen only after clients have come and gone.
            world.at(world.nowNs + random.nextInt(3) * 20 * MS, () -> {
                try {
                    listen(world, b, here, new SeededRandom(seed + 2), 4);
                } catch (final IOException e) {
                    throw new AssertionError(e);
                }
            });
            for (int i = 0; i < 6; i++) {
                final StreamSocket socket = world.stacks.get(0).openStream();
                socket.bind(World.at(0, 30_000 + random.nextInt(1_000) * 8 + i));
                final long startNs = world.nowNs + random.nextInt(20) * MS;
                world.at(startNs, () -> connect(socket));
                world.talks.add(new Client(socket, new SeededRandom(seed * 31 + i), startNs + MS, resets));
            }
            final long untilNs = world.nowNs + 200 * MS;
            while (world.step(untilNs)) {
                // Until everybody has had the time to begin.
            }
            world.run(world.nowNs + 600_000 * MS);
            // Both may wait for a client whose reset was lost; one alone does not end with the same notes.
            assertEquals(there.byClient.toString(), here.byClient.toString(), () -> hosts.hosts + " " + world.talks);
            assertEquals(there.inOrder, here.inOrder);
            assertEquals(List.of(), hosts.events);
        }
    }

    private static void connect(final StreamSocket socket) {
        try {
            socket.connect(World.at(World.SERVICE - 1, PORT));
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void listen(final World world, final FedHosts.Host host, final Notes notes, final SeededRandom thinking,
        final int slowness) throws IOException {
        world.listen(host.index, PORT, 16, socket -> world.talks.add(new Student(host.index, socket, notes, thinking, slowness)));
    }

    private static void patient(final StackConfig config) {
        config.tcp.orphanRetries = 30;
    }

    @Test
    void shouldLearnTheSameInTheSameOrder() throws IOException {
        final long first = Long.getLong("holdfast.sim.seed", 1);
        for (long seed = first; seed < first + Integer.getInteger("holdfast.sim.worlds", 500); seed++) {
            try {
                compare(seed);
            } catch (final Throwable e) {
                throw new AssertionError("-Dtest=LearningTest -Dholdfast.sim.worlds=1 -Dholdfast.sim.seed=" + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
