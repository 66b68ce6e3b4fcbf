package io.holdfast.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.StackConfig;
import io.holdfast.socket.StreamSocket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The backup's server does not do what the primary's does, on one of three connections: that one is given up, others
 * live.
 */
@Tag("worlds")
final class DivergenceTest {
    private static final long MS = 1_000_000L;
    private static final int BYTES = 60_000;
    private static final int FIRST_PORT = 40_000;
    /** The second connection. */
    private static final int ODD = 1;

    /** Behaviour of the servers on both hosts; {@code odd} only on the backup, on the odd connection. */
    private interface Servers {
        Talk talk(Conduit conduit, boolean odd);
    }

    private static Talk usual(final Conduit conduit) {
        return new Talk("server", conduit, 7, 11, BYTES, BYTES, null);
    }

    private static final class Result {
        private final List<Talk> clients = new ArrayList<>();
        private ReplicaPair pair;
        private long resets;
    }

    private static Result run(final long emission, final Servers servers) throws IOException {
        try (World world = new World(1)) {
            final int client = world.addHost(1_500, DivergenceTest::settings);
            final Result result = new Result();
            final ReplicaPair pair = new ReplicaPair(world,
                new ReplicaPair.Plan(1_500, 100_000, Integer.MAX_VALUE, 1 << 18, 0, DivergenceTest::settings));
            result.pair = pair;
            pair.killPrimary(emission, 1, 5 * MS);
            for (final ReplicaPair.Host host : List.of(pair.a, pair.b)) {
                world.listen(host.index, 80, 8, socket -> {
                    final boolean odd = host == pair.b && socket.remoteAddress().getPort() == FIRST_PORT + ODD;
                    final Talk talk = servers.talk(new Conduit(socket, host == pair.a ? pair.oracle : null), odd);
                    talk.mayFail().place(host.index);
                    world.talks.add(talk);
                });
            }
            world.invoke(client);
            for (int i = 0; i < 3; i++) {
                final StreamSocket socket = world.stacks.get(client).openStream();
                socket.bind(World.at(client, FIRST_PORT + i));
                socket.connect(World.at(World.SERVICE - 1, 80));
                final Talk talk = new Talk("client " + i, socket, 11, 7, BYTES, BYTES, null);
                result.clients.add(talk);
                world.talks.add(talk);
            }
            world.run(world.nowNs + 3_600_000 * MS);
            assertTrue(result.clients.stream().allMatch(Actor::over), () -> "not over: " + world.talks);
            result.resets = world.oracle.earlyResets;
            return result;
        }
    }

    private static void settings(final StackConfig config) {
        config.tcp.orphanRetries = 30;
    }

    /** Emissions of the primary, if it lives. */
    private static long emissions() throws IOException {
        return run(Long.MAX_VALUE, (conduit, odd) -> usual(conduit)).pair.emissions();
    }

    private static void assertOthersLive(final Result result) {
        assertNull(result.clients.get(0).failure);
        assertNull(result.clients.get(2).failure);
    }

    @Test
    void shouldReportAnotherByte() throws IOException {
        final Result result = run(Long.MAX_VALUE,
            (conduit, odd) -> new Talk("server", conduit, odd ? 8 : 7, 11, BYTES, BYTES, null));
        assertEquals(1, result.pair.divergences);
        assertNull(result.clients.get(ODD).failure, "the primary lives, and its bytes are the truth");
        assertOthersLive(result);
    }

    @Test
    void shouldResetOnlyWhatDivergedAtTakeover() throws IOException {
        final long emissions = emissions();
        int reset = 0;
        for (long i = emissions / 4; i < emissions * 3 / 4; i++) {
            final Result result = run(i, (conduit, odd) ->
                usual(conduit).flips(odd ? 5_000 : Long.MAX_VALUE));
            assertOthersLive(result);
            assertNoSilence(result, i);
            reset += result.clients.get(ODD).failure == null ? 0 : 1;
        }
        assertTrue(reset > 0, "none was reset");
    }

    /** A client of a server that diverged gets its bytes, if the primary had sent them all, or a reset. */
    private static void assertNoSilence(final Result result, final long crash) {
        final Talk odd = result.clients.get(ODD);
        if (odd.failure != null) {
            assertTrue(odd.failure.getMessage().contains("reset") && result.resets > 0, () -> crash + ": " + odd);
        }
    }

    @Test
    void shouldNotHangAClientWhenTheBackupsServerEndsEarly() throws IOException {
        final long emissions = emissions();
        int reset = 0;
        for (long i = emissions / 4; i < emissions; i++) {
            final Result result = run(i, (conduit, odd) ->
                odd ? new Talk("server", conduit, 7, 11, 1_000, BYTES, null) : usual(conduit));
            assertOthersLive(result);
            assertNoSilence(result, i);
            reset += result.clients.get(ODD).failure == null ? 0 : 1;
        }
        assertTrue(reset > 0, "none was reset");
    }

    @Test
    void shouldReportAServerThatWritesOnWhereThePrimarysEnded() throws IOException {
        final Result result = run(Long.MAX_VALUE,
            (conduit, odd) -> new Talk("server", conduit, 7, 11, odd ? BYTES + 1 : BYTES, BYTES, null));
        assertNotNull(result.pair.events);
        assertOthersLive(result);
    }
}
