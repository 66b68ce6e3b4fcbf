package io.holdfast.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.TcpCounter;
import io.holdfast.socket.StreamSocket;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A takeover is no way in: acknowledgements that the client never sent, which only the backup hears, lose it no byte. */
@Tag("worlds")
final class ForgedTest {
    private static final long MS = 1_000_000L;
    private static final int PORT = 80;
    private static final int BYTES = 500;
    /** Distance ahead that an attacker may guess who knows the client's approximate position. */
    private static final int MOST_SEQ = 2_044;
    private static final int MOST_ACK = 100_000;
    private static final int SEQ_STEP = 73;
    private static final int ACK_STEP = 9_999;

    private World world;
    private int client;
    private ReplicaPair pair;
    private Talk talk;
    /** The client's acknowledgement that ends the handshake. */
    private byte[] genuine;
    /** Loses the data that the primary sends. */
    private boolean losing;
    private boolean served;

    @BeforeEach
    void begin() throws IOException {
        world = new World(1);
        world.faults(Faults.NONE);
        client = world.addHost(1_500, config -> config.tcp.timeWaitMs = 10);
        pair = new ReplicaPair(world, new ReplicaPair.Plan(1_500, MS / 10, Integer.MAX_VALUE, 1 << 18, 0,
            config -> { }));
        world.watch((host, packet) -> {
            pair.oracle.onSent(host, packet);
            if (host == client && genuine == null && Forgery.isAcknowledgement(packet)) {
                genuine = packet;
            }
            served |= host == pair.a.index && Forgery.payload(packet) > 0;
        });
        world.lose((host, packet) -> losing && host == pair.a.index && Forgery.payload(packet) > 0);
        world.invoke(client);
        serve(pair.a, Talk.Ending.LAST);
    }

    @AfterEach
    void end() {
        world.close();
    }

    private void serve(final ReplicaPair.Host host, final Talk.Ending ending) throws IOException {
        serve(host, ending, Pace.NONE);
    }

    private void serve(final ReplicaPair.Host host, final Talk.Ending ending, final Pace pace) throws IOException {
        world.listen(host.index, PORT, 8, socket -> {
            final Talk server = new Talk("server " + host.index, new Conduit(socket, host == pair.a ? pair.oracle : null), 7, 11,
                BYTES, BYTES, null).ending(ending).pace(pace);
            server.place(host.index);
            world.talks.add(server);
        });
    }

    private void connect() throws IOException {
        final StreamSocket socket = world.stacks.get(client).openStream();
        socket.connect(World.at(World.SERVICE - 1, PORT));
        talk = new Talk("client", socket, 11, 7, BYTES, BYTES, null).ending(Talk.Ending.LAST);
        world.talks.add(talk);
    }

    private void runFor(final long durationNs) throws IOException {
        final long untilNs = world.nowNs + durationNs;
        world.at(world.nowNs, () -> { });
        while (world.step(untilNs)) {
            continue;
        }
        world.nowNs = untilNs;
    }

    private long count(final TcpCounter counter) {
        return world.stacks.get(pair.b.index).counters().get(counter);
    }

    /** The client has asked, the primary's answer is lost, and the backup hears an attacker's segment. */
    private void ask() throws IOException {
        losing = true;
        connect();
        while (!served) {
            runFor(MS / 10);
        }
        runFor(5 * MS);
        assertEquals(0, talk.readAllNs);
    }

    /** {@code seqAhead}: of where the client is, now that it has asked; {@code ackAhead}: of what it has got. */
    private void forge(final int seqAhead, final int ackAhead) {
        world.forge(pair.b.index, Forgery.of(genuine, BYTES + seqAhead, ackAhead));
    }

    private void answered() throws IOException {
        runFor(20_000 * MS);
        assertTrue(talk.readAllNs > 0 && talk.failure == null, () -> "the client got no answer: " + talk);
        assertNull(pair.events);
        assertEquals(0, world.oracle.earlyResets);
    }

    /** The forged segment has right numbers, and acknowledges bytes that the servers wrote: only the client knows better. */
    @Test
    void shouldAskTheClientForWhatWasOnlyHeard() throws IOException {
        serve(pair.b, Talk.Ending.LAST);
        ask();
        forge(0, BYTES);
        runFor(MS);
        pair.killPrimary(5 * MS);
        answered();
        assertTrue(count(TcpCounter.ACK_DOUBTED) > 0);
        assertEquals(0, count(TcpCounter.ACK_INHERITED));
    }

    @Test
    void shouldNotBelieveWhatWasNeverSent() throws IOException {
        serve(pair.b, Talk.Ending.LAST);
        ask();
        for (int seq = 0; seq <= MOST_SEQ; seq += SEQ_STEP) {
            for (int ack = 1; ack <= MOST_ACK; ack += ACK_STEP) {
                forge(seq, ack);
            }
        }
        runFor(MS);
        pair.killPrimary(5 * MS);
        answered();
        assertEquals(0, count(TcpCounter.ACK_INHERITED));
    }

    /** After the takeover, by an attacker who does not know the exact number. */
    @Test
    void shouldBelieveOnlyAnExactNumber() throws IOException {
        serve(pair.b, Talk.Ending.LAST);
        ask();
        pair.killPrimary(5 * MS);
        world.at(world.nowNs + 5 * MS, () -> {
            for (int seq = 1; seq <= MOST_SEQ; seq += SEQ_STEP) {
                for (int ack = 1; ack <= MOST_ACK; ack += ACK_STEP) {
                    forge(seq, ack);
                }
            }
        });
        answered();
        assertEquals(0, count(TcpCounter.ACK_INHERITED));
    }

    /** A guess beyond the end of what the server here has written must not be the connection's end. */
    @Test
    void shouldNotResetForAGuess() throws IOException {
        serve(pair.b, Talk.Ending.FIRST);
        ask();
        for (int seq = 0; seq <= MOST_SEQ; seq += SEQ_STEP) {
            forge(seq, MOST_ACK);
        }
        pair.killPrimary(5 * MS);
        world.at(world.nowNs + 5 * MS, () -> List.of(1, MOST_SEQ).forEach(seq -> forge(seq, MOST_ACK)));
        answered();
        assertEquals(0, count(TcpCounter.INHERITANCE_BROKEN));
    }

    /** The client has the answer, and the server here has not written it again. */
    @Test
    void shouldBelieveTheClientItself() throws IOException {
        serve(pair.b, Talk.Ending.LAST, new Pace(50, 1_000 * MS));
        connect();
        while (!served) {
            runFor(MS / 10);
        }
        runFor(5 * MS);
        pair.killPrimary(5 * MS);
        answered();
        assertTrue(count(TcpCounter.ACK_INHERITED) > 0);
    }
}
