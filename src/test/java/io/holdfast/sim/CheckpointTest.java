package io.holdfast.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.StackConfig;
import io.holdfast.replication.ReplicationMode;
import io.holdfast.replication.log.HistoryLimits;
import io.holdfast.sim.CheckpointingServer.Habit;
import io.holdfast.socket.StreamSocket;
import io.holdfast.util.SeededRandom;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server that checkpoints goes on elsewhere, in each mode, and its clients' streams are what they would have been. */
@Tag("worlds")
final class CheckpointTest {
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;
    private static final int PORT = 80;
    private static final HistoryLimits LIMITS = new HistoryLimits("sim", 512 * 1024, 1 << 26, 1 << 26, null);
    private static final int DEFERRED_BYTES = 16_384;
    private static final ReplicationMode[] MODES = {ReplicationMode.RESUME, ReplicationMode.HOT, ReplicationMode.COLD};
    private static final Pace PACED = new Pace(3_000, MS / 2);

    private final World world = new World(1);
    private final FedHosts hosts;
    private final List<Talk> clients = new ArrayList<>();
    private ReplicationMode mode = ReplicationMode.RESUME;
    private Habit habit = Habit.SELDOM;
    private StoredOracle oracle;
    private int resumed;
    private long endsAt = Long.MAX_VALUE;
    private Pace pace = PACED;
    private Consumer<StackConfig> settings = config -> { };

    CheckpointTest() {
        world.faults(Faults.NONE);
        world.addHost(1_500, CheckpointTest::patient);
        hosts = new FedHosts(world, MS / 10);
    }

    private static void patient(final StackConfig config) {
        config.memoryLimit(64 << 20);
        config.tcp.orphanRetries = 60;
        config.tcp.retries = 60;
        config.tcp.deferredBytes = DEFERRED_BYTES;
    }

    private FedHosts.Host host() {
        return hosts.add(mode, LIMITS, config -> {
            patient(config);
            settings.accept(config);
        });
    }

    private static ByteMixer mixer() {
        return new ByteMixer(3, 2);
    }

    private void serve(final FedHosts.Host host, final Pace pace) {
        try {
            world.listen(host.index, PORT, 128,
                socket -> enter(host, new CheckpointingServer("server " + host.index, socket, mixer(), habit, pace).endsAt(endsAt)),
                (socket, checkpoint) -> {
                    resumed++;
                    enter(host, new CheckpointingServer("server " + host.index + " again", socket, mixer(), habit, pace).endsAt(endsAt)
                        .resume(checkpoint));
                });
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private void enter(final FedHosts.Host host, final CheckpointingServer actor) {
        actor.place(host.index);
        world.talks.add(actor);
    }

    private void connect(final int number, final long up) {
        connect(number, up, Pace.NONE);
    }

    private void connect(final int number, final long up, final Pace pace) {
        for (int i = 0; i < number; i++) {
            try {
                final StreamSocket socket = world.stacks.get(0).openStream();
                socket.connect(World.at(World.SERVICE - 1, PORT));
                final Talk talk = new Talk("client " + i, new Conduit(socket, null), 11 + i, 0, up,
                    mixer().yield(Math.min(up, endsAt)), null)
                    .expects(ByteStream.milled(ByteStream.pattern(11 + i), mixer())).pace(pace);
                clients.add(talk);
                world.talks.add(talk);
            } catch (final IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** The first of two hosts, and its backup from the beginning, watched. */
    private FedHosts.Host first(final FedHosts.Host a, final FedHosts.Host b) {
        a.lead(1);
        serve(a, pace);
        oracle = new StoredOracle(a.index, a::isProtected);
        hosts.watcher = mode == ReplicationMode.RESUME ? oracle : null;
        b.join(a, 1);
        hosts.watcher = null;
        world.watch(oracle);
        return a;
    }

    /** Starts the host's program: now, or in mode cold when the host leads. */
    private void prepare(final FedHosts.Host host, final Pace its) {
        if (mode != ReplicationMode.COLD) {
            serve(host, its);
        }
    }

    private void lead(final FedHosts.Host host, final long epoch, final Pace its) {
        host.lead(epoch);
        if (mode == ReplicationMode.COLD) {
            serve(host, its);
        }
    }

    private void runToTheEnd() throws IOException {
        world.run(world.nowNs + 3_600 * SECOND);
        for (final Talk client : clients) {
            assertTrue(client.over(), () -> "not over: " + world.talks + hosts.events + hosts.hosts);
            assertEquals(null, client.failure, () -> client + " " + hosts.events);
        }
        for (final Actor actor : world.talks) {
            assertEquals(null, actor.failure, actor::toString);
        }
        oracle.verify();
        assertEquals(List.of(), hosts.events);
    }

    /** Returns what the primary emits if nothing happens. */
    private static long crash(final ReplicationMode mode, final Habit habit, final long crashAt, final boolean losesUnderWay, final int up,
        final long startNs) throws IOException {
        final CheckpointTest t = new CheckpointTest();
        t.mode = mode;
        t.habit = habit;
        try (World world = t.world) {
            final FedHosts.Host b = t.host();
            final FedHosts.Host a = t.first(t.host(), b);
            if (startNs == 0) {
                t.prepare(b, Pace.NONE);
            }
            t.hosts.losesUnderWay = losesUnderWay;
            t.hosts.kill(a, crashAt, () -> world.at(world.nowNs + 20 * MS, () -> {
                if (startNs == 0) {
                    t.lead(b, 2, Pace.NONE);
                } else {
                    b.lead(2);
                    world.at(world.nowNs + startNs, () -> t.serve(b, Pace.NONE));
                }
            }));
            t.connect(1, up, new Pace(1_000, 2 * MS));
            t.runToTheEnd();
            assertTrue(mode != ReplicationMode.RESUME || t.oracle.checked > 0 || crashAt < 100, "nothing was checked");
            return t.hosts.emissions();
        }
    }

    @Test
    void shouldGoOnAfterACrashAtEveryEmission() throws IOException {
        for (final ReplicationMode mode : MODES) {
            for (final Habit habit : Habit.values()) {
                final long emissions = crash(mode, habit, Long.MAX_VALUE, false, 30_000, 0);
                assertTrue(emissions > 30, "only " + emissions);
                for (long i = 0; i < emissions; i++) {
                    for (final boolean loses : new boolean[] {true, false}) {
                        try {
                            crash(mode, habit, i, loses, 30_000, 0);
                        } catch (final Throwable e) {
                            throw new AssertionError(mode + ", " + habit + ", crash at " + i + " of " + emissions + ", loses " + loses
                                + ": " + e.getMessage(), e);
                        }
                    }
                }
            }
        }
    }

    @Test
    void shouldKeepConnectionsForAProgramThatStartsLater() throws IOException {
        final long emissions = crash(ReplicationMode.RESUME, Habit.SELDOM, Long.MAX_VALUE, false, 30_000, 0);
        for (long i = 0; i < emissions; i++) {
            try {
                crash(i % 2 == 0 ? ReplicationMode.RESUME : ReplicationMode.COLD, Habit.SELDOM, i, true, 30_000, 300 * MS);
            } catch (final Throwable e) {
                throw new AssertionError("crash at " + i + " of " + emissions + ": " + e.getMessage(), e);
            }
        }
    }

    /** The second host takes over at that emission of the first; the third joins the second, and takes over when it is to. */
    private static boolean twice(final ReplicationMode mode, final long crashAt, final long secondDeathNs)
        throws IOException {
        final CheckpointTest t = new CheckpointTest();
        t.mode = mode;
        final boolean[] early = new boolean[1];
        try (World world = t.world) {
            final FedHosts.Host b = t.host();
            final FedHosts.Host c = t.host();
            final FedHosts.Host a = t.first(t.host(), b);
            t.prepare(b, PACED);
            t.prepare(c, Pace.NONE);
            t.hosts.kill(a, crashAt, () -> world.at(world.nowNs + 20 * MS, () -> {
                t.lead(b, 2, PACED);
                c.join(b, 2);
                world.at(world.nowNs + secondDeathNs, () -> {
                    if (b.isProtected()) {
                        t.hosts.kill(b, 0, () -> world.at(world.nowNs + 20 * MS, () -> t.lead(c, 3, Pace.NONE)));
                        early[0] = t.clients.get(0).over();
                    }
                });
            }));
            t.connect(2, 100_000);
            t.runToTheEnd();
            return early[0];
        }
    }

    @Test
    void shouldSurviveTwoHosts() throws IOException {
        int inTime = 0;
        int n = 0;
        for (long crashAt = 5; crashAt <= 125; crashAt += 6) {
            for (long deathNs = MS / 2; deathNs <= 40 * MS; deathNs = deathNs * 5 / 3) {
                try {
                    inTime += twice(MODES[n++ % 3], crashAt, deathNs) ? 0 : 1;
                } catch (final Throwable e) {
                    throw new AssertionError(MODES[(n - 1) % 3] + ", crash at " + crashAt + ", then after " + deathNs + " ns: " + e.getMessage(), e);
                }
            }
        }
        assertTrue(inTime > 100, "of the second deaths, only " + inTime + " came while clients were there");
    }

    @Test
    void shouldNotKeepWhatCheckpointsCover() throws IOException {
        for (final ReplicationMode mode : MODES) {
            for (final Habit habit : Habit.values()) {
                keeps(mode, habit);
            }
        }
    }

    private static void keeps(final ReplicationMode mode, final Habit habit) throws IOException {
        final CheckpointTest t = new CheckpointTest();
        t.mode = mode;
        t.habit = habit;
        try (World world = t.world) {
            final FedHosts.Host b = t.host();
            final FedHosts.Host c = t.host();
            final FedHosts.Host a = t.first(t.host(), b);
            t.prepare(b, PACED);
            t.prepare(c, PACED);
            final long[] kept = new long[3];
            t.hosts.kill(a, 2_000, () -> world.at(world.nowNs + 20 * MS, () -> {
                kept[0] = b.history.liveBytes();
                t.lead(b, 2, PACED);
                world.at(world.nowNs + 30 * MS, () -> c.join(b, 2));
                world.at(world.nowNs + 100 * MS, () -> {
                    kept[1] = b.history.liveBytes();
                    kept[2] = c.history.liveBytes();
                    assertTrue(b.isProtected() && !t.clients.get(0).over(), "too early or too late");
                    t.hosts.kill(b, 0, () -> world.at(world.nowNs + 20 * MS, () -> t.lead(c, 3, PACED)));
                });
            }));
            t.connect(1, 6_000_000);
            t.runToTheEnd();
            assertEquals(mode == ReplicationMode.RESUME ? 2 : habit == Habit.NEVER ? 0 : mode == ReplicationMode.HOT ? 1 : 2, t.resumed);
            for (final long bytes : kept) {
                assertTrue(habit == Habit.NEVER ? bytes > 1_200_000 : bytes < 800_000, mode + ", " + habit + " keeps " + bytes);
            }
        }
    }

    /** The client does not read: much output is stored and not acknowledged when the primary dies. */
    @Test
    void shouldSendWhatWasStoredThoughNobodyWritesItAgain() throws IOException {
        final CheckpointTest t = new CheckpointTest();
        t.habit = Habit.ALWAYS;
        try (World world = t.world) {
            final FedHosts.Host b = t.host();
            final FedHosts.Host a = t.first(t.host(), b);
            t.serve(b, PACED);
            t.connect(1, 300_000, new Pace(2_000, 10 * MS));
            world.at(world.nowNs + 300 * MS, () -> t.hosts.kill(a, 0, () -> world.at(world.nowNs + 20 * MS, () -> b.lead(2))));
            t.runToTheEnd();
            assertEquals(1, t.resumed);
            assertTrue(t.oracle.checkpoints > 5);
        }
    }

    /**
     * Everything at once: paths, logs, buffers and clocks of any kind, servers that end first, deaths at any time, one after
     * another.
     */
    private static void random(final long seed) throws IOException {
        final SeededRandom random = new SeededRandom(seed);
        final CheckpointTest t = new CheckpointTest();
        try (World world = t.world) {
            world.faults(random.nextInt(2) == 0 ? Faults.NONE
                : new Faults(0.03 * random.nextInt(3), 0.02, 0.1 * random.nextInt(2), 0, MS, 500_000, 0, 1_000));
            t.hosts.ringBytes = 1 << 15 + random.nextInt(6);
            t.hosts.losesUnderWay = random.nextInt(2) == 0;
            t.habit = Habit.values()[random.nextInt(3)];
            t.pace = pace(random);
            t.mode = MODES[(int) (seed % 3)];
            final int up = 1 + random.nextInt(1 << 10 + random.nextInt(8));
            t.endsAt = random.nextInt(3) == 0 ? random.nextInt(up) / 3 * 3 : Long.MAX_VALUE;
            t.settings = config -> {
                config.tcp.sack = seed % 5 != 0;
                config.tcp.timestamps = seed % 7 != 0;
                if (seed % 4 == 0) {
                    config.tcp.sendBufferBytes = 4_000;
                    config.tcp.receiveBufferBytes = 8_000;
                }
            };
            final FedHosts.Host b = t.host();
            final FedHosts.Host c = t.host();
            final FedHosts.Host a = t.first(t.host(), b);
            final Pace later = pace(random);
            final long startNs = random.nextInt(3) == 0 ? random.nextInt(200) * MS : -1;
            final boolean ready = startNs < 0 || t.mode == ReplicationMode.HOT;
            if (ready) {
                t.prepare(b, later);
            }
            t.prepare(c, Pace.NONE);
            final long secondNs = (1L << random.nextInt(9)) * MS;
            t.hosts.kill(a, random.nextInt(1 + up / 200), () -> world.at(world.nowNs + random.nextInt(100) * MS, () -> {
                if (ready) {
                    t.lead(b, 2, later);
                } else {
                    b.lead(2);
                }
                c.join(b, 2);
                if (!ready) {
                    world.at(world.nowNs + startNs, () -> t.serve(b, later));
                }
                world.at(world.nowNs + secondNs, () -> {
                    if (b.isProtected()) {
                        t.hosts.kill(b, 0, () -> world.at(world.nowNs + 20 * MS, () -> t.lead(c, 3, Pace.NONE)));
                    }
                });
            }));
            t.connect(1 + random.nextInt(4), up, pace(random));
            t.runToTheEnd();
        }
    }

    private static Pace pace(final SeededRandom random) {
        return random.nextInt(3) == 0 ? Pace.NONE : new Pace(1 + random.nextInt(8_000), random.nextInt(3) * MS);
    }

    @Test
    void shouldGoOnInAnyWorld() throws IOException {
        final long first = Long.getLong("holdfast.sim.seed", 1);
        for (long seed = first; seed < first + Integer.getInteger("holdfast.sim.worlds", 300); seed++) {
            try {
                random(seed);
            } catch (final Throwable e) {
                throw new AssertionError("-Dtest=CheckpointTest#shouldGoOnInAnyWorld -Dholdfast.sim.worlds=1 -Dholdfast.sim.seed=" + seed
                    + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    void shouldResetWhatNobodyTakesBack() throws IOException {
        final CheckpointTest t = new CheckpointTest();
        try (World world = t.world) {
            final FedHosts.Host b = t.host();
            final FedHosts.Host a = t.first(t.host(), b);
            world.listen(b.index, PORT, 128, socket -> {
                throw new AssertionError("a connection that was accepted already");
            });
            t.connect(1, 300_000);
            t.clients.get(0).mayFail();
            t.hosts.kill(a, 50, () -> world.at(world.nowNs + 20 * MS, () -> b.lead(2)));
            world.run(world.nowNs + 3_600 * SECOND);
            assertTrue(t.clients.get(0).over() && t.clients.get(0).failure != null, () -> t.clients + "");
            assertEquals(1, t.hosts.events.size());
            assertTrue(t.hosts.events.get(0).contains("takes no connections back"), () -> t.hosts.events + "");
        }
    }
}
