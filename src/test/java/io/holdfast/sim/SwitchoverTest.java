package io.holdfast.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.StackConfig;
import io.holdfast.membership.Role;
import io.holdfast.replication.ReplicationMode;
import io.holdfast.socket.StreamSocket;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Planned switchovers in the middle of a download: how long the client gets nothing. Two whole hosts, in virtual time. */
@Tag("worlds")
final class SwitchoverTest {
    private static final long MS = 1_000_000L;
    private static final int PORT = 80;
    private static final int DOWN = 10_000_000;
    private static final int UP = 100;
    /** 100 Mbit/s, half a millisecond away: a window of 12,500 bytes each way, and a queue of 12 ms. */
    private static final Faults PATH = new Faults(0, 0, 0, 0, 500_000L, 0, 100_000_000L, 100);
    private static final long LINK_NS = 100_000L;
    private static final long ASKED_NS = 300 * MS;
    /** Bytes after which the backup's server pauses; 3.7 million have left when the switchover is requested. */
    private static final int PAUSE_AT = 1_000_000;
    /** Allowed cost: 2 ms for the two hosts' messages and polls, and a round trip on the path. */
    private static final long FEW_NS = 4 * MS;

    /** Stall of the client after the request for the switchover. */
    private static final class Gap implements Conduit.Watcher {
        private final World world;
        private long sinceNs;
        private long longestNs;

        private Gap(final World world) {
            this.world = world;
        }

        @Override
        public void onRead(final Conduit conduit, final int bytes) {
            if (sinceNs > 0) {
                longestNs = Math.max(longestNs, world.nowNs - sinceNs);
                sinceNs = world.nowNs;
            }
        }

        @Override
        public void onWrite(final Conduit conduit) {
            // Little.
        }

        @Override
        public void onWrote(final Conduit conduit, final int bytes) {
            // Little.
        }
    }

    /** @param switchedNs from the question on */
    private record Outcome(long gapNs, long switchedNs) {
    }

    private static Outcome play(final long pauseNs, final long prepareMs) throws IOException {
        try (World world = new World(1)) {
            world.faults(PATH);
            world.addHost(1_500, ScenarioActors::patient);
            try (HostPair pair = new HostPair(world, 1_500, LINK_NS)) {
                pair.membership = config -> config.prepareMs(prepareMs);
                for (int side = 0; side < 2; side++) {
                    final HostPair.Host host = pair.start(side, SwitchoverTest::settings, ReplicationMode.HOT);
                    serve(world, host, side == 0 ? 0 : pauseNs);
                }
                return play(world, pair);
            }
        }
    }

    /** Less under way than the path's queue holds: what is lost there makes gaps of its own. */
    private static void settings(final StackConfig config) {
        ScenarioActors.patient(config);
        config.tcp.sendBufferMaxBytes = 100_000;
        config.tcp.sendBufferBytes = 100_000;
    }

    private static void serve(final World world, final HostPair.Host host, final long pauseNs) throws IOException {
        world.listen(host.index, PORT, 8, socket -> {
            final Talk talk = new Talk("server " + host.index, new Conduit(socket, host.oracle), 7, 11, DOWN, UP, null);
            talk.place(host.index);
            if (pauseNs > 0) {
                talk.pause(PAUSE_AT, pauseNs);
            }
            world.talks.add(talk);
        });
    }

    private static Outcome play(final World world, final HostPair pair) throws IOException {
        while (pair.primary() == null) {
            assertTrue(world.step(world.nowNs + 2_000 * MS), () -> "no primary: " + pair.history);
        }
        final HostPair.Host primary = pair.primary();
        world.invoke(0);
        final StreamSocket socket = world.stacks.get(0).openStream();
        socket.connect(World.at(World.SERVICE - 1, PORT));
        final Gap gap = new Gap(world);
        final Talk client = new Talk("client", new Conduit(socket, gap), 11, 7, UP, DOWN, null);
        world.talks.add(client);
        final long askedNs = world.nowNs + ASKED_NS;
        world.at(askedNs, () -> {
            assertNull(pair.switchOver(primary));
            gap.sinceNs = world.nowNs;
        });
        final long[] switchedNs = new long[1];
        pair.onRole = (host, from, to) -> {
            if (to == Role.SOLO && from == Role.BACKUP) {
                switchedNs[0] = world.nowNs;
            } else if (to == Role.FENCED) {
                world.talks.forEach(actor -> actor.excuse(host.index));
            }
        };
        while (!client.over()) {
            assertTrue(world.step(world.nowNs + 60_000 * MS), () -> "not over: " + world.talks + pair.history + pair.failure);
        }
        assertNull(client.failure, client::toString);
        assertNull(pair.failure, pair.failure);
        assertTrue(switchedNs[0] > 0, () -> "no switchover in the middle: " + pair.history);
        assertEquals(0, world.oracle.earlyResets);
        return new Outcome(gap.longestNs, switchedNs[0] - askedNs);
    }

    @Test
    void shouldGoOnWithWhatIsUnderWay() throws IOException {
        final Outcome outcome = play(0, 1_000);
        assertTrue(outcome.gapNs <= FEW_NS, outcome::toString);
    }

    /** The backup's server is 3 MB behind when the switchover is requested, and goes on half a second later. */
    @Test
    void shouldWaitForAServerThatIsBehindWhileClientsAreServed() throws IOException {
        final Outcome waited = play(500 * MS, 1_000);
        assertTrue(waited.gapNs <= FEW_NS, waited::toString);
        assertTrue(waited.switchedNs > 100 * MS, waited::toString);
        final Outcome rushed = play(500 * MS, 0);
        assertTrue(rushed.gapNs > 100 * MS, () -> "nothing to wait for: " + rushed);
    }

    /** The backup's server stands still for two seconds; neither operator nor clients wait for that before the switchover. */
    @Test
    void shouldNotWaitForEver() throws IOException {
        final Outcome outcome = play(2_000 * MS, 200);
        assertTrue(outcome.switchedNs > 200 * MS && outcome.switchedNs < 260 * MS, outcome::toString);
        assertTrue(outcome.gapNs > 1_000 * MS, outcome::toString);
    }
}
