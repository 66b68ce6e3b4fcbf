package io.holdfast.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.replication.ReplicationMode;
import io.holdfast.replication.log.HistoryLimits;
import io.holdfast.socket.StreamSocket;
import io.holdfast.stack.StackConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Applications that are fed from the history: started at a takeover, slow on a backup, or on a backup that came late. */
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
                final Mills echo = new Mills("server " + host.index, List.of(new Mills.Leg(conduit, conduit, new Mill(3, 2))),
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
                final Talk talk = new Talk("client " + i, new Conduit(socket, null), 11 + i, 0, up, new Mill(3, 2).yield(up), null)
                    .expects(ByteStream.milled(ByteStream.pattern(11 + i), new Mill(3, 2)));
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
            assertTrue(client.over(), () -> "not over: " + world.talks + hosts.events + hosts);
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
}
