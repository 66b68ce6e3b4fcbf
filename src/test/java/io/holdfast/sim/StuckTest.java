package io.holdfast.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.StackConfig;
import io.holdfast.replication.ReplicationMode;
import io.holdfast.replication.log.HistoryLimits;
import io.holdfast.socket.StreamSocket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A backup's server that stands still on one connection: the backup says so before anything happens, others are served on, and at
 * a takeover the client of that one hears a reset at once, and does not wait for what cannot come.
 */
@Tag("worlds")
final class StuckTest {
    private static final long MS = 1_000_000L;
    private static final long STUCK_NS = 100 * MS;
    private static final int PORT = 80;
    private static final int FIRST_PORT = 40_000;
    /** The second connection. */
    private static final int ODD = 1;
    private static final int BYTES = 5_000_000;
    private static final HistoryLimits LIMITS = new HistoryLimits("sim", 512 * 1024, 1 << 26, 1 << 26, null);

    private final World world = new World(1);
    private final FedHosts hosts;
    private final List<Talk> clients = new ArrayList<>();
    private final FedHosts.Host a;
    private final FedHosts.Host b;

    StuckTest() {
        world.faults(Faults.NONE);
        world.addHost(1_500, StuckTest::patient);
        hosts = new FedHosts(world, MS / 10);
        a = hosts.add(ReplicationMode.HOT, LIMITS, StuckTest::patient);
        b = hosts.add(ReplicationMode.HOT, LIMITS, StuckTest::patient);
        a.lead(1);
        serve(a, Long.MAX_VALUE, 0);
    }

    private static void patient(final StackConfig config) {
        config.tcp.orphanRetries = 30;
    }

    /** Bytes after which the odd connection's server stops, and the time for which it stops. */
    private void serve(final FedHosts.Host host, final long stopAt, final long stopNs) {
        try {
            world.listen(host.index, PORT, 8, socket -> {
                final boolean odd = socket.remoteAddress().getPort() == FIRST_PORT + ODD;
                final Talk talk = new Talk("server " + host.index, new Conduit(socket, null), 7, 11, BYTES, BYTES, null)
                    .pace(new Pace(2_000, MS));
                if (odd && stopNs > 0) {
                    talk.pause(stopAt, stopNs);
                }
                talk.mayFail().place(host.index);
                world.talks.add(talk);
            });
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private void begin() throws IOException {
        b.join(a, 1);
        for (int i = 0; i < 3; i++) {
            final StreamSocket socket = world.stacks.get(0).openStream();
            socket.bind(World.at(0, FIRST_PORT + i));
            socket.connect(World.at(World.SERVICE - 1, PORT));
            final Talk talk = new Talk("client " + i, socket, 11, 7, BYTES, BYTES, null);
            clients.add(talk);
            world.talks.add(talk);
        }
        look();
    }

    private void look() {
        world.at(world.nowNs + 10 * MS, () -> {
            for (final FedHosts.Host host : hosts.hosts) {
                if (!world.isCrashed(host.index)) {
                    host.watch(STUCK_NS);
                }
            }
            look();
        });
    }

    private void runFor(final long ns) throws IOException {
        final long untilNs = world.nowNs + ns;
        while (world.step(untilNs)) {
            // On.
        }
    }

    private List<String> lost(final FedHosts.Host host) {
        return host.lost().stream().filter(Objects::nonNull).toList();
    }

    @Test
    void shouldSayWhichConnectionItsServerStandsStillOn() throws IOException {
        try (World open = world) {
            serve(b, 20_000, 60_000 * MS);
            begin();
            runFor(80 * MS);
            assertEquals(List.of(), lost(b));
            runFor(120 * MS);
            // The other connections wait for it, and are behind the primary's servers.
            assertEquals(3, lost(b).size(), () -> b.lost() + "");
            assertEquals(1, lost(b).stream().filter(reason -> reason.contains("here is stuck")).count(), () -> lost(b) + "");
            assertEquals(2, lost(b).stream().filter(reason -> reason.contains("waits for that of 10.0.0.1:40001")).count());
        }
    }

    @Test
    void shouldCallItProtectedAgainWhenItMoves() throws IOException {
        try (World open = world) {
            serve(b, 20_000, 300 * MS);
            begin();
            runFor(200 * MS);
            assertEquals(3, lost(b).size());
            runFor(900 * MS);
            assertEquals(List.of(), lost(b));
        }
    }

    /** After five times as long, the order does not wait for it any more. */
    @Test
    void shouldLetOthersGoOn() throws IOException {
        try (World open = world) {
            serve(b, 20_000, 60_000 * MS);
            begin();
            runFor(2_000 * MS);
            assertEquals(1, lost(b).size(), () -> b.lost() + "");
            world.crash(a.index);
            b.lead(2);
            runFor(30_000 * MS);
            assertNull(clients.get(0).failure);
            assertNull(clients.get(2).failure);
            assertTrue(clients.get(0).over() && clients.get(2).over(), () -> "not over: " + clients + hosts.hosts);
        }
    }

    @Test
    void shouldResetItAtOnceAtATakeover() throws IOException {
        try (World open = world) {
            serve(b, 20_000, 60_000 * MS);
            begin();
            runFor(200 * MS);
            world.crash(a.index);
            b.lead(2);
            runFor(100 * MS);
            // Servers that did not see what the stuck one did would go on with something else.
            for (final Talk client : clients) {
                assertNotNull(client.failure, () -> clients + "" + hosts.hosts);
            }
        }
    }

    /** A connection that stands still only from the takeover on is reset once that is noticed. */
    @Test
    void shouldNotLeaveAClientWaitingForAServerThatStoppedLater() throws IOException {
        try (World open = world) {
            serve(b, 20_000, 60_000 * MS);
            begin();
            runFor(40 * MS);
            assertEquals(List.of(), lost(b));
            world.crash(a.index);
            b.lead(2);
            runFor(STUCK_NS + 300 * MS);
            assertNotNull(clients.get(ODD).failure, () -> clients + "" + hosts.hosts + hosts.events);
        }
    }
}
