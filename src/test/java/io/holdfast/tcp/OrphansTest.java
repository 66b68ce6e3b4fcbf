package io.holdfast.tcp;

import static io.holdfast.tcp.ScriptedPeer.A;
import static io.holdfast.tcp.ScriptedPeer.F;
import static io.holdfast.tcp.ScriptedPeer.R;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.TcpCounter;
import org.junit.jupiter.api.Test;

/**
 * Connections that their program has closed and whose peer does not take what was written: how long they live, and how many there
 * may be. Of the kind: a closed window (here), silence ({@code orphan_retries}, see RetransmissionTest), FIN-WAIT-2 without an
 * end ({@code fin_timeout}, see CloseTest).
 */
final class OrphansTest {
    private static final long HOUR_MS = 3_600_000;

    /** The peer answers every probe with a closed window, until nothing comes for ten minutes; returns when the last one came. */
    private static long probe(final ScriptedPeer peer, final int ack) {
        final long startMs = peer.nowMs();
        long lastMs = startMs;
        while (peer.nowMs() - startMs < 4 * HOUR_MS && peer.nowMs() - lastMs < 600_000) {
            peer.pass(10);
            if (!peer.sent().isEmpty()) {
                lastMs = peer.nowMs();
                peer.in(A, 1, 0, ack, 0);
            }
        }
        return lastMs - startMs;
    }

    private static ScriptedPeer stuck() {
        final ScriptedPeer peer = new ScriptedPeer();
        peer.window = 1_000;
        peer.accept();
        peer.write(30_000);
        peer.sent();
        peer.in(A, 1, 0, 1_001, 0);
        return peer;
    }

    @Test
    void shouldGiveUpAnOrphanWhoseWindowStaysClosed() {
        final ScriptedPeer peer = stuck();
        peer.close();
        assertEquals(1, peer.host.counters.get(TcpCounter.ORPHANS));
        final long lastMs = probe(peer, 1_001);
        assertEquals(TcpState.CLOSED, peer.state());
        // The last probe but one is 102 s after the one before it; Linux is done 120 s later.
        assertTrue(lastMs > 190_000 && lastMs < 230_000, "the last probe came after " + lastMs + " ms");
        assertEquals(1, peer.host.counters.get(TcpCounter.ORPHANS_GIVEN_UP));
        assertEquals(1, peer.host.counters.get(TcpCounter.ABORT_ON_TIMEOUT));
        assertEquals(0, peer.host.counters.get(TcpCounter.ORPHANS));
        assertTrue(peer.host.connections.isEmpty());
    }

    /** RFC 9293 3.8.6.1: as long as somebody wants it delivered. */
    @Test
    void shouldProbeForEverForAProgram() {
        final ScriptedPeer peer = stuck();
        assertTrue(probe(peer, 1_001) > 4 * HOUR_MS - 600_000);
        assertEquals(TcpState.ESTABLISHED, peer.state());
    }

    @Test
    void shouldDeliverToAPeerThatOpensItsWindowInTime() {
        final ScriptedPeer peer = stuck();
        peer.close();
        for (int probes = 0; probes < 8; ) {
            peer.pass(10);
            if (!peer.sent().isEmpty()) {
                probes++;
                peer.in(A, 1, 0, 1_001, 0);
            }
        }
        peer.in(A, 1, 0, 1_001, 65_000);
        for (int acked = 1_001; acked < 30_001; ) {
            for (final Host.Sent sent : peer.sent()) {
                acked = Math.max(acked, sent.header().seq - peer.iss + sent.length());
            }
            peer.in(A, 1, 0, acked, 65_000);
        }
        peer.in(A, 1, 0, 30_002, 65_000);
        assertEquals(TcpState.FIN_WAIT_2, peer.state());
        assertEquals(0, peer.host.counters.get(TcpCounter.ORPHANS_GIVEN_UP));
    }

    @Test
    void shouldResetWhatIsClosedWhenThereAreTooManyOrphans() {
        final ScriptedPeer peer = stuck();
        peer.host.config.maxOrphans = 0;
        peer.close();
        peer.expect(R | A, 1_001, 0, 1);
        assertEquals(TcpState.CLOSED, peer.state());
        assertEquals(1, peer.host.counters.get(TcpCounter.ABORT_ON_MEMORY));
        assertEquals(0, peer.host.counters.get(TcpCounter.ORPHANS));
    }

    @Test
    void shouldCountNoOrphanThatHasDelivered() {
        final ScriptedPeer peer = new ScriptedPeer().accept();
        peer.close();
        peer.expect(F | A, 1, 0, 1);
        assertEquals(1, peer.host.counters.get(TcpCounter.ORPHANS));
        peer.in(F | A, 1, 0, 2);
        assertEquals(TcpState.TIME_WAIT, peer.state());
        assertEquals(0, peer.host.counters.get(TcpCounter.ORPHANS));
    }
}
