package io.holdfast.sim;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.socket.StreamSocket;
import io.holdfast.stack.StackConfig;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The primary dies at every point of a connection's life, and its client notices nothing but a pause. */
final class FailoverTest {
    private static final long MS = 1_000_000L;

    /** Returns the emissions of the primary. */
    static long run(final long seed, final long crashAt, final int up, final int down) throws IOException {
        try (World world = new World(seed)) {
            world.faults(Faults.NONE);
            final int client = world.addHost(1_500, FailoverTest::settings);
            final ReplicaPair pair = new ReplicaPair(world, 1_500, MS / 10, FailoverTest::settings);
            pair.crashPrimaryAt(crashAt, 5 * MS);
            for (final int host : new int[]{pair.a.index, pair.b.index}) {
                world.listen(host, 80, 8, socket ->
                    world.talks.add(new Talk("server " + host, socket, 7, 11, down, up, null).on(host)));
            }
            final StreamSocket socket = world.stacks.get(client).openStream();
            socket.connect(World.at(World.SERVICE - 1, 80));
            final Talk talk = new Talk("client", socket, 11, 7, up, down, null);
            world.talks.add(talk);
            world.run(world.nowNs + 600_000 * MS);
            assertTrue(talk.over(), () -> "not over: " + world.talks);
            assertNull(talk.failure, () -> "" + world.talks);
            assertNull(pair.events);
            return pair.emissions();
        }
    }

    private static void settings(final StackConfig config) {
        config.tcp.orphanRetries = 60;
    }

    @Test
    void shouldFollowWithoutACrash() throws IOException {
        assertTrue(run(1, Long.MAX_VALUE, 50_000, 100_000) > 20);
    }

    @Test
    void shouldSurviveACrashAtEveryEmission() throws IOException {
        final long emissions = run(1, Long.MAX_VALUE, 50_000, 100_000);
        for (long i = 0; i < emissions; i++) {
            try {
                run(1, i, 50_000, 100_000);
            } catch (final Throwable e) {
                throw new AssertionError("crash at emission " + i + " of " + emissions + ": " + e, e);
            }
        }
    }
}
