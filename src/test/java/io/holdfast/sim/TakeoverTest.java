package io.holdfast.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.socket.ListenerSocket;
import io.holdfast.socket.StreamSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Single things that must go on after a takeover. */
@Tag("worlds")
final class TakeoverTest {
    private static final long MS = 1_000_000L;
    private static final int PORT = 80;
    private static final int CLIENT_PORT = 40_000;
    private static final int FIN = 1;
    private static final int RST = 4;

    private World world;
    private int client;
    private ReplicaPair pair;

    @BeforeEach
    void begin() {
        world = new World(1);
        world.faults(Faults.NONE);
        client = world.addHost(1_500, config -> config.tcp.timeWaitMs = 10);
        pair = new ReplicaPair(world, new ReplicaPair.Plan(1_500, MS / 10, Integer.MAX_VALUE, 1 << 18, 0,
            config -> { }));
        world.invoke(client);
    }

    @AfterEach
    void end() {
        world.close();
    }

    private void serve(final ReplicaPair.Host host, final Consumer<StreamSocket> onAccept) throws IOException {
        world.listen(host.index, PORT, 8, onAccept);
    }

    private Talk talk(final ReplicaPair.Host host, final StreamSocket socket, final Talk.Ending ending) {
        final Talk talk = new Talk("server " + host.index, new Conduit(socket, host == pair.a ? pair.oracle : null),
            7, 11, 500,
            500, null).ending(ending);
        talk.place(host.index);
        world.talks.add(talk);
        return talk;
    }

    private Talk connect(final Talk.Ending ending) throws IOException {
        final StreamSocket socket = world.stacks.get(client).openStream();
        socket.bind(World.at(client, CLIENT_PORT));
        socket.connect(World.at(World.SERVICE - 1, PORT));
        final Talk talk = new Talk("client", socket, 11, 7, 500, 500, null).ending(ending);
        world.talks.add(talk);
        return talk;
    }

    private void runFor(final long durationNs) throws IOException {
        final long untilNs = world.nowNs + durationNs;
        // Everybody may act now, not only when something comes.
        world.at(world.nowNs, () -> { });
        while (world.step(untilNs)) {
            continue;
        }
        world.nowNs = untilNs;
    }

    private long connections(final ReplicaPair.Host host) {
        return world.stacks.get(host.index).sockets().stream().filter(s -> !s.state().equals("LISTEN")).count();
    }

    private static void keepAlive(final StreamSocket socket) {
        try {
            socket.option(StandardSocketOptions.SO_KEEPALIVE, true);
            socket.option(ExtendedSocketOptions.TCP_KEEPIDLE, 10);
            socket.option(ExtendedSocketOptions.TCP_KEEPINTERVAL, 5);
            socket.option(ExtendedSocketOptions.TCP_KEEPCOUNT, 3);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Options that an application sets on the backup count from the takeover on. */
    @Test
    void shouldGoOnProbingAPeerThatIsSilent() throws IOException {
        for (final ReplicaPair.Host host : List.of(pair.a, pair.b)) {
            serve(host, socket -> {
                keepAlive(socket);
                talk(host, socket, Talk.Ending.LAST).mayFail();
            });
        }
        connect(Talk.Ending.LAST);
        runFor(1_000 * MS);
        pair.killPrimary(pair.emissions(), 1, 0);
        runFor(15_000 * MS);
        assertTrue(pair.tookOverNs < world.nowNs, "the primary's first probe should have been its end");
        assertEquals(1, connections(pair.b));
        world.crash(client);
        runFor(60_000 * MS);
        assertEquals(0, connections(pair.b));
    }

    /** TW of the contract. */
    @Test
    void shouldAcknowledgeAFinAgainInTimeWait() throws IOException {
        final byte[][] fin = new byte[1][];
        final int[] flags = new int[1];
        world.watch((host, packet) -> {
            pair.oracle.onSent(host, packet);
            if (host == client && (packet[33] & FIN) != 0) {
                fin[0] = packet;
            }
            if (host == pair.b.index) {
                flags[0] = packet[33];
            }
        });
        for (final ReplicaPair.Host host : List.of(pair.a, pair.b)) {
            serve(host, socket -> talk(host, socket, Talk.Ending.FIRST));
        }
        final Talk talk = connect(Talk.Ending.LAST);
        runFor(1_000 * MS);
        assertTrue(talk.over());
        pair.killPrimary(0);
        runFor(20_000 * MS);
        flags[0] = 0;
        world.sent(client, fin[0]);
        runFor(100 * MS);
        assertTrue(flags[0] != 0 && (flags[0] & RST) == 0, "answered with flags " + flags[0]);
    }

    /** On the primary it was done long ago; here it writes, for longer than TIME-WAIT lasts, what the client has. */
    @Test
    void shouldLetAServerThatIsBehindEndInTimeWait() throws IOException {
        final List<Talk> servers = new ArrayList<>();
        for (final ReplicaPair.Host host : List.of(pair.a, pair.b)) {
            final Pace pace = host == pair.a ? Pace.NONE : new Pace(50, 15_000 * MS);
            serve(host, socket -> servers.add(talk(host, socket, Talk.Ending.FIRST).pace(pace)));
        }
        final Talk client = connect(Talk.Ending.LAST);
        runFor(1_000 * MS);
        assertTrue(client.over());
        pair.killPrimary(0);
        runFor(400_000 * MS);
        assertTrue(servers.get(1).over() && !servers.get(1).failed(), servers::toString);
        assertNull(pair.events);
        assertEquals(0, connections(pair.b));
    }

    /** The ends of a connection that is over are free for another, however far the backup's server is. */
    @Test
    void shouldFollowTwoConnectionsOfOnePort() throws IOException {
        final Pace slow = new Pace(500, 20_000 * MS);
        serve(pair.a, socket -> talk(pair.a, socket, Talk.Ending.LAST).mayFail());
        serve(pair.b, socket -> talk(pair.b, socket, Talk.Ending.LAST).pace(slow).mayFail());
        final Talk first = connect(Talk.Ending.RESET);
        runFor(100 * MS);
        assertTrue(first.over());
        final Talk second = connect(Talk.Ending.FIRST);
        runFor(20 * MS);
        pair.killPrimary(0);
        runFor(120_000 * MS);
        assertNull(pair.events);
        assertTrue(second.over() && !second.failed(), second::toString);
        assertEquals(0, connections(pair.b));
    }

    /** H1: the client may believe in it. */
    @Test
    void shouldKeepAHalfOpenConnectionForAServerThatComesLater() throws IOException {
        serve(pair.a, socket -> talk(pair.a, socket, Talk.Ending.FIRST));
        // Secrets, the connection, SYN-ACK: what comes next dies with the primary.
        pair.killPrimary(3, 0, 10 * MS);
        final Talk talk = connect(Talk.Ending.LAST);
        runFor(500 * MS);
        assertTrue(pair.tookOverNs < world.nowNs);
        assertFalse(talk.over());
        serve(pair.b, socket -> talk(pair.b, socket, Talk.Ending.FIRST));
        runFor(10_000 * MS);
        assertTrue(talk.over() && !talk.failed(), talk::toString);
        assertEquals(0, world.oracle.earlyResets);
    }

    private long lost(final ReplicaPair.Host host) {
        return host.control.call(host.replica::report).stream().filter(one -> one.lost() != null).count();
    }

    /**
     * A server that looks whether a port is free opens a listener there and closes it, which must not take away the connection
     * that waits for the right one.
     */
    @Test
    void shouldKeepAConnectionForTheListenerThatIsMeant() throws IOException {
        serve(pair.a, socket -> talk(pair.a, socket, Talk.Ending.LAST));
        connect(Talk.Ending.LAST);
        runFor(1_000 * MS);
        world.invoke(pair.b.index);
        final ListenerSocket probe = world.stacks.get(pair.b.index).openListener();
        probe.bind(World.at(World.SERVICE - 1, PORT));
        probe.listen(8);
        assertEquals(0, lost(pair.b));
        probe.close();
        runFor(10 * MS);
        assertEquals(1, lost(pair.b));
        final Talk[] served = new Talk[1];
        serve(pair.b, socket -> served[0] = talk(pair.b, socket, Talk.Ending.FIRST));
        runFor(10 * MS);
        assertEquals(0, lost(pair.b));
        pair.killPrimary(0);
        runFor(20_000 * MS);
        assertNull(pair.events);
        assertTrue(served[0].over(), "not served to the end after the takeover");
    }

    @Test
    void shouldResetWhatNobodyListensFor() throws IOException {
        serve(pair.a, socket -> talk(pair.a, socket, Talk.Ending.LAST).mayFail());
        connect(Talk.Ending.LAST).mayFail();
        runFor(1_000 * MS);
        pair.killPrimary(0);
        runFor(59_000 * MS);
        assertEquals(1, connections(pair.b));
        assertNull(pair.events);
        world.invoke(pair.b.index);
        pair.b.control.call(() -> {
            pair.b.replica.giveUpUnclaimed();
            return null;
        });
        runFor(1_000 * MS);
        assertEquals(0, connections(pair.b));
        assertTrue(pair.events.endsWith("nobody listens for it here"), pair.events);
    }
}
