package io.holdfast.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.StackConfig;
import io.holdfast.replication.ReplicationMode;
import io.holdfast.replication.log.HistoryLimits;
import io.holdfast.socket.StreamSocket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Applications that are fed from the history: started at a takeover, slow on a backup, or on a backup that came late. */
@Tag("worlds")
final class FedTest {
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;
    private static final int PORT = 80;
    private static final HistoryLimits LIMITS = new HistoryLimits("sim", 512 * 1024, 1 << 26, 1 << 26, null);
    /** Far less than is sent, so that nearly everything comes from the history. */
    private static final int DEFERRED_BYTES = 16_384;

    private final World world;
    private final FedHosts hosts;
    private final List<Talk> clients = new ArrayList<>();

    FedTest() {
        world = new World(1);
        world.faults(Faults.NONE);
        world.addHost(1_500, FedTest::patient);
        hosts = new FedHosts(world, MS / 10);
    }

    private static void patient(final StackConfig config) {
        config.memoryLimit(64 << 20);
        config.tcp.orphanRetries = 60;
        config.tcp.retries = 60;
        config.tcp.deferredBytes = DEFERRED_BYTES;
    }

    private FedHosts.Host host(final ReplicationMode mode) {
        return hosts.add(mode, LIMITS, FedTest::patient);
    }

    private void serve(final FedHosts.Host host, final Pace pace) {
        try {
            world.listen(host.index, PORT, 128, socket -> {
                final Conduit conduit = new Conduit(socket, null);
                final MixingServer echo = new MixingServer("server " + host.index,
                    List.of(new MixingServer.Leg(conduit, conduit, new ByteMixer(3, 2))),
                    pace);
                echo.place(host.index);
                world.talks.add(echo);
            });
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private void connect(final int number, final long up) {
        for (int i = 0; i < number; i++) {
            try {
                final StreamSocket socket = world.stacks.get(0).openStream();
                socket.connect(World.at(World.SERVICE - 1, PORT));
                final Talk talk = new Talk("client " + i, new Conduit(socket, null), 11 + i, 0, up,
                    new ByteMixer(3, 2).yield(up), null)
                    .expects(ByteStream.milled(ByteStream.pattern(11 + i), new ByteMixer(3, 2)));
                clients.add(talk);
                world.talks.add(talk);
            } catch (final IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private void runToTheEnd() throws IOException {
        world.run(world.nowNs + 3_600 * SECOND);
        for (final Talk client : clients) {
            assertTrue(client.over(), () -> "not over: " + world.talks + hosts.events + hosts.hosts + hosts);
            assertEquals(null, client.failure, () -> client + " " + hosts.events);
        }
        assertEquals(List.of(), hosts.events);
    }

    /** Returns what the primary emits if nothing happens. */
    private static long cold(final long crashAt, final int number, final int up, final long startNs) throws IOException {
        final FedTest t = new FedTest();
        try (World world = t.world) {
            final FedHosts.Host a = t.host(ReplicationMode.COLD);
            final FedHosts.Host b = t.host(ReplicationMode.COLD);
            a.lead(1);
            t.serve(a, Pace.NONE);
            b.join(a, 1);
            t.hosts.kill(a, crashAt, () -> world.at(world.nowNs + 20 * MS, () -> {
                b.lead(2);
                world.at(world.nowNs + startNs, () -> t.serve(b, Pace.NONE));
            }));
            t.connect(number, up);
            t.runToTheEnd();
            // Nothing is done again before there is a server, also where there is nothing to do.
            assertTrue(b.steps.indexOf("replayed") < 0 || b.steps.indexOf("listening") < b.steps.indexOf("replayed"), b.steps.toString());
            return t.hosts.emissions();
        }
    }

    @Test
    void shouldStartTheServerAfterACrashAtEveryEmission() throws IOException {
        final long emissions = cold(Long.MAX_VALUE, 1, 100_000, 0);
        for (long i = 0; i < emissions; i++) {
            try {
                cold(i, 1, 100_000, 300 * MS);
            } catch (final Throwable e) {
                throw new AssertionError("crash at " + i + " of " + emissions + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    void shouldReadALongUploadAgainInPieces() throws IOException {
        cold(1_200, 3, 3_000_000, 2 * SECOND);
    }

    @Test
    void shouldTellHowATakeoverGoesOn() throws IOException {
        final FedTest t = new FedTest();
        try (World world = t.world) {
            final FedHosts.Host a = t.host(ReplicationMode.COLD);
            final FedHosts.Host b = t.host(ReplicationMode.COLD);
            a.lead(1);
            t.serve(a, Pace.NONE);
            b.join(a, 1);
            t.hosts.kill(a, 1_200, () -> world.at(world.nowNs + 20 * MS, () -> {
                b.lead(2);
                assertEquals(List.of(), b.steps);
                world.at(world.nowNs + 2 * SECOND, () -> t.serve(b, new Pace(4_096, MS)));
            }));
            t.connect(3, 3_000_000);
            t.runToTheEnd();
            assertEquals("listening", b.steps.get(0));
            // The first of three connections may go on before the last one's server has come to where the last host's was.
            assertEquals(List.of("listening", "moved", "replayed"), b.steps.stream().sorted().toList());
        }
    }

    @Test
    void shouldNotCallProtectedWhatAServerHasYetToDoAgain() throws IOException {
        final FedTest t = new FedTest();
        try (World world = t.world) {
            final FedHosts.Host a = t.host(ReplicationMode.HOT);
            final FedHosts.Host b = t.host(ReplicationMode.HOT);
            a.lead(1);
            t.serve(a, new Pace(4_096, MS / 10));
            t.serve(b, new Pace(4_096, MS));
            world.at(world.nowNs + 30 * MS, () -> {
                assertEquals(0, b.catchingUp());
                b.join(a, 1);
            });
            world.at(world.nowNs + 45 * MS, () -> {
                assertTrue(a.isProtected() && !t.clients.get(0).over(), "too early or too late");
                assertEquals(2, b.catchingUp());
            });
            t.connect(2, 2_000_000);
            t.runToTheEnd();
            assertEquals(0, b.catchingUp());
        }
    }

    /**
     * A download's connection rests in TIME-WAIT, while its server's port (like FTP's passive one) is another server's or free.
     */
    @Test
    void shouldNotWaitForAServerThatOwesTheClientNothing() throws IOException {
        final FedTest t = new FedTest();
        try (World world = t.world) {
            final FedHosts.Host a = t.host(ReplicationMode.HOT);
            final FedHosts.Host b = t.host(ReplicationMode.HOT);
            a.lead(1);
            final long size = 2_000_000;
            world.listen(a.index, PORT, 128, socket -> world.talks.add(new Talk("server", socket, 7, 0, size, 0, null)));
            final StreamSocket socket = world.stacks.get(0).openStream();
            socket.connect(World.at(World.SERVICE - 1, PORT));
            final Talk client = new Talk("client", socket, 0, 7, 0, size, null).ending(Talk.Ending.LAST);
            t.clients.add(client);
            world.talks.add(client);
            t.runToTheEnd();
            assertEquals(1, a.connections());
            b.join(a, 1);
            final long until = world.nowNs + SECOND;
            world.at(until, () -> { });
            while (world.nowNs < until && world.step(until)) {
                // No connection carries data any more.
            }
            assertTrue(a.isProtected() && b.connections() == 1, "it has not joined");
            assertEquals(0, b.catchingUp());
        }
    }

    @Test
    void shouldLetNewClientsWaitWhileTheServerStarts() throws IOException {
        final FedTest t = new FedTest();
        try (World world = t.world) {
            final FedHosts.Host a = t.host(ReplicationMode.COLD);
            final FedHosts.Host b = t.host(ReplicationMode.COLD);
            a.lead(1);
            t.serve(a, Pace.NONE);
            b.join(a, 1);
            t.hosts.kill(a, 10, () -> world.at(world.nowNs + 20 * MS, () -> {
                b.lead(2);
                t.connect(1, 10_000);
                world.at(world.nowNs + 2 * SECOND, () -> t.serve(b, Pace.NONE));
            }));
            t.connect(1, 100_000);
            t.runToTheEnd();
        }
    }

    /** Two hosts in mode hot; the second one's server is slow, and it joins when it is told to. */
    private static void hot(final long joinNs, final Pace slow, final long killAfterNs) throws IOException {
        final FedTest t = new FedTest();
        try (World world = t.world) {
            final FedHosts.Host a = t.host(ReplicationMode.HOT);
            final FedHosts.Host b = t.host(ReplicationMode.HOT);
            a.lead(1);
            t.serve(a, new Pace(4_096, MS / 10));
            t.serve(b, slow);
            world.at(world.nowNs + joinNs, () -> b.join(a, 1));
            world.at(world.nowNs + killAfterNs, () -> {
                assertTrue(a.isProtected() && !t.clients.get(0).over(), "too early or too late");
                t.hosts.kill(a, 0, () -> world.at(world.nowNs + 20 * MS, () -> b.lead(2)));
            });
            t.connect(2, 2_000_000);
            t.runToTheEnd();
            assertTrue(b.fedConnections() == 2 && b.fedBytes() > 100_000, () -> "fed " + b.fedBytes());
        }
    }

    @Test
    void shouldFeedASlowServerOnTheBackup() throws IOException {
        hot(0, new Pace(1_000, MS), 40 * MS);
    }

    @Test
    void shouldFeedTheServerOfABackupThatComesLate() throws IOException {
        hot(30 * MS, new Pace(4_096, MS), 45 * MS);
    }

    /**
     * An upload goes on while the new host's server reads again what it was behind; see {@link io.holdfast.tcp.DeferredInput}.
     */
    @Test
    void shouldGoOnReceivingWhileASlowServerReadsAgain() throws IOException {
        final FedTest t = new FedTest();
        try (World world = t.world) {
            final FedHosts.Host a = t.hosts.add(ReplicationMode.HOT, LIMITS, FedTest::small);
            final FedHosts.Host b = t.hosts.add(ReplicationMode.HOT, LIMITS, FedTest::small);
            a.lead(1);
            t.talk(a, 100, 10_000_000, Pace.NONE);
            t.talk(b, 100, 10_000_000, new Pace(16_384, 4 * MS));
            b.join(a, 1);
            final Talk client = t.client(100, 10_000_000);
            final long[] behind = {0};
            final long[] longestNs = {0};
            world.at(world.nowNs + 100 * MS, () -> t.hosts.kill(a, 0, () -> world.at(world.nowNs + 20 * MS, () -> {
                b.lead(2);
                behind[0] = client.stall.amount() - b.fedBytes();
                sample(world, client, b, client.stall.amount(), world.nowNs, longestNs);
            })));
            t.runToTheEnd();
            assertTrue(behind[0] > 1_000_000, () -> "too early or too late: only " + behind[0] + " behind");
            // A retransmission timer's time; to read again takes half a second.
            assertTrue(longestNs[0] < 200 * MS, () -> "nothing came for " + longestNs[0] / MS + " ms");
        }
    }

    private static void small(final StackConfig config) {
        patient(config);
        config.tcp.receiveBufferMaxBytes = 131_072;
    }

    /** Samples each ms until all input is read again; returns the longest time without further acknowledgement. */
    private static void sample(final World world, final Talk client, final FedHosts.Host host, final long amount, final long sinceNs,
        final long[] longestNs) {
        final long now = client.stall.amount();
        final long newSinceNs = now > amount ? world.nowNs : sinceNs;
        longestNs[0] = Math.max(longestNs[0], world.nowNs - sinceNs);
        if (!host.steps.contains("replayed")) {
            world.at(world.nowNs + MS, () -> sample(world, client, host, now, newSinceNs, longestNs));
        }
    }

    /** The second host takes over from the first, the third from the second, at any time: also while that still reads again. */
    private static void two(final ReplicationMode third, final long secondDeathNs, final long startNs) throws IOException {
        final FedTest t = new FedTest();
        try (World world = t.world) {
            final FedHosts.Host a = t.host(ReplicationMode.COLD);
            final FedHosts.Host b = t.host(ReplicationMode.COLD);
            final FedHosts.Host c = t.host(third);
            a.lead(1);
            t.serve(a, new Pace(4_096, MS / 10));
            if (third == ReplicationMode.HOT) {
                t.serve(c, Pace.NONE);
            }
            b.join(a, 1);
            world.at(world.nowNs + 30 * MS, () -> t.hosts.kill(a, 0, () -> world.at(world.nowNs + 20 * MS, () -> {
                b.lead(2);
                c.join(b, 2);
                world.at(world.nowNs + startNs, () -> t.serve(b, new Pace(4_096, MS / 10)));
                world.at(world.nowNs + secondDeathNs, () -> {
                    assertTrue(b.isProtected() && !t.clients.get(0).over(), "too early or too late");
                    t.hosts.kill(b, 0, () -> world.at(world.nowNs + 20 * MS, () -> {
                        c.lead(3);
                        if (third == ReplicationMode.COLD) {
                            t.serve(c, Pace.NONE);
                        }
                    }));
                });
            })));
            t.connect(2, 2_000_000);
            t.runToTheEnd();
        }
    }

    @Test
    void shouldSurviveTwoHosts() throws IOException {
        for (final ReplicationMode third : new ReplicationMode[]{ReplicationMode.COLD, ReplicationMode.HOT}) {
            for (long deathMs = 5; deathMs <= 95; deathMs += 5) {
                try {
                    two(third, deathMs * MS, 30 * MS);
                } catch (final Throwable e) {
                    throw new AssertionError(third + ", " + deathMs + " ms: " + e.getMessage(), e);
                }
            }
        }
    }

    @Test
    void shouldStartTheServerWhileAnotherHostJoins() throws IOException {
        final long emissions = cold(Long.MAX_VALUE, 1, 20_000, 0);
        for (long i = 0; i < emissions; i++) {
            final FedTest t = new FedTest();
            try (World world = t.world) {
                final FedHosts.Host a = t.host(ReplicationMode.COLD);
                final FedHosts.Host b = t.host(ReplicationMode.COLD);
                final FedHosts.Host c = t.host(ReplicationMode.COLD);
                a.lead(1);
                t.serve(a, Pace.NONE);
                b.join(a, 1);
                t.hosts.kill(a, i, () -> world.at(world.nowNs + 20 * MS, () -> {
                    b.lead(2);
                    c.join(b, 2);
                    world.at(world.nowNs + 300 * MS, () -> t.serve(b, Pace.NONE));
                }));
                t.connect(1, 20_000);
                t.runToTheEnd();
            } catch (final Throwable e) {
                throw new AssertionError("crash at " + i + " of " + emissions + ": " + e.getMessage(), e);
            }
        }
    }

    /**
     * A download that three hosts serve in turn, each of the later ones slower than the client is far: T2 across two takeovers.
     */
    @Test
    void shouldWriteAgainWhatTwoHostsHadSent() throws IOException {
        for (long deathMs = 10; deathMs <= 200; deathMs += 10) {
            final long secondDeathNs = deathMs * MS;
            final FedTest t = new FedTest();
            try (World world = t.world) {
                final FedHosts.Host a = t.host(ReplicationMode.COLD);
                final FedHosts.Host b = t.host(ReplicationMode.COLD);
                final FedHosts.Host c = t.host(ReplicationMode.COLD);
                a.lead(1);
                t.talk(a, 8_000_000, 100, Pace.NONE);
                b.join(a, 1);
                t.hosts.kill(a, 2_000, () -> world.at(world.nowNs + 20 * MS, () -> {
                    b.lead(2);
                    c.join(b, 2);
                    world.at(world.nowNs + 5 * MS, () -> t.talk(b, 8_000_000, 100, new Pace(4_096, MS / 4)));
                    world.at(world.nowNs + secondDeathNs, () -> t.hosts.kill(b, 0, () -> world.at(world.nowNs + 20 * MS, () -> {
                        c.lead(3);
                        t.talk(c, 8_000_000, 100, new Pace(65_536, MS / 4));
                    })));
                }));
                t.client(8_000_000, 100);
                t.runToTheEnd();
            } catch (final Throwable e) {
                throw new AssertionError("second death after " + deathMs + " ms: " + e.getMessage(), e);
            }
        }
    }

    private void talk(final FedHosts.Host host, final long down, final long up, final Pace pace) {
        try {
            world.listen(host.index, PORT, 128, socket -> {
                final Talk server = new Talk("server " + host.index, new Conduit(socket, null), 7, 11, down, up, null).pace(pace);
                server.place(host.index);
                world.talks.add(server);
            });
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private Talk client(final long down, final long up) throws IOException {
        final StreamSocket socket = world.stacks.get(0).openStream();
        socket.connect(World.at(World.SERVICE - 1, PORT));
        final Talk client = new Talk("client", new Conduit(socket, null), 11, 7, up, down, null);
        clients.add(client);
        world.talks.add(client);
        return client;
    }
}
