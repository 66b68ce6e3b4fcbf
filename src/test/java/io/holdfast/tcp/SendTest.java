package io.holdfast.tcp;

import static io.holdfast.tcp.ScriptedPeer.A;
import static io.holdfast.tcp.ScriptedPeer.P;
import static io.holdfast.tcp.ScriptedPeer.R;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The sending half, packet by packet: windows, Nagle, probes, timeouts. Loss recovery has tests of its own. */
final class SendTest {
    private final ScriptedPeer peer = new ScriptedPeer();

    @Test
    void shouldSendInitialWindowThenSlowStart() {
        peer.accept();
        peer.write(30_000);
        assertEquals(10, peer.sent().size());
        peer.in(A, 1, 0, 2_001);
        assertEquals(4, peer.sent().size());
        assertEquals(12, peer.info().cwndSegments);
    }

    @Test
    void shouldHoldSmallSegmentWhileAnotherIsUnderWay() {
        peer.accept();
        peer.write(100);
        peer.expect(A | P, 1, 100, 1);
        peer.write(100);
        peer.expectNothing();
        peer.write(1_000);
        peer.expect(A, 101, 1_000, 1);
        peer.in(A, 1, 0, 101);
        peer.expect(A | P, 1_101, 100, 1);
    }

    @Test
    void shouldNotHoldWithNoDelay() {
        peer.accept();
        peer.connection.options().noDelay = true;
        peer.write(100);
        peer.write(100);
        assertEquals(2, countAfterFlush());
    }

    private int countAfterFlush() {
        final List<Host.Sent> out = peer.sent();
        return out.size();
    }

    @Test
    void shouldRespectWindowAndProbeWhenClosed() {
        peer.accept();
        peer.write(5_000);
        assertEquals(5, peer.sent().size());
        peer.in(A, 1, 0, 5_001, 0);
        peer.write(500);
        peer.expectNothing();
        final long rto = peer.info().rtoUs / 1_000;
        peer.pass(rto);
        peer.expect(A, 5_000, 0, 1);
        peer.in(A, 1, 0, 5_001, 0);
        peer.pass(2 * rto - 1);
        peer.expectNothing();
        peer.pass(1);
        peer.expect(A, 5_000, 0, 1);
        peer.in(A, 1, 0, 5_001, 4_000);
        peer.expect(A | P, 5_001, 500, 1);
    }

    @Test
    void shouldRetransmitWithBackoffAndGiveUp() {
        peer.host.config.retries = 3;
        peer.accept();
        peer.write(100);
        peer.expect(A | P, 1, 100, 1);
        int again = 0;
        for (int i = 0; i < 10_000 && peer.connection.error() == null; i++) {
            peer.pass(10);
            for (final Host.Sent sent : peer.sent()) {
                peer.check(sent, A | P, 1, 100, 1);
                again++;
            }
        }
        assertEquals(TcpError.TIMED_OUT, peer.connection.error());
        assertTrue(again == 3 || again == 4, "sent again " + again + " times (a tail loss probe may be among them)");
    }

    @Test
    void shouldFragmentToSmallerPath() {
        peer.mss = 1_460;
        peer.accept();
        peer.write(1_460);
        peer.expect(A | P, 1, 1_460, 1);
        peer.connection.path().onPathMtu(1_000, peer.host.nowNs);
        final List<Host.Sent> out = peer.sent();
        assertEquals(2, out.size(), out::toString);
        peer.check(out.get(0), A, 1, 960, 1);
        peer.check(out.get(1), A, 961, 500, 1);
    }

    @Test
    void shouldKeepAliveAndGiveUp() {
        final TcpOptions options = new TcpOptions();
        options.keepAlive = true;
        options.keepIdleMs = 10_000;
        options.keepIntervalMs = 1_000;
        options.keepCount = 2;
        peer.accept();
        peer.connection.options().copyFrom(options);
        peer.connection.onOptionsChanged(peer.host.nowNs);
        peer.pass(10_000);
        peer.expect(A, 0, 0, 1);
        peer.in(A, 1, 0, 1);
        peer.pass(9_999);
        peer.expectNothing();
        peer.pass(1);
        peer.expect(A, 0, 0, 1);
        peer.pass(1_000);
        peer.expect(A, 0, 0, 1);
        peer.pass(1_000);
        peer.expect(R | A, 1, 0, 1);
        assertEquals(TcpError.TIMED_OUT, peer.connection.error());
    }

    @Test
    void shouldPaceNewData() {
        peer.host.config.pacing = true;
        peer.listen(1);
        peer.in(peer.syn(), 0);
        peer.iss = peer.sent().get(0).header().seq;
        peer.pass(100);
        peer.in(A, 1, 0, 1);
        peer.connection = peer.host.listener.accept();
        peer.write(10_000);
        int sent = peer.sent().size();
        assertTrue(sent <= 2, "at once: " + sent);
        peer.pass(30);
        sent += peer.sent().size();
        assertTrue(sent > 3 && sent < 10, "after a third of the round trip: " + sent);
        peer.pass(40);
        assertEquals(10, sent + peer.sent().size());
    }

    @Test
    void shouldSuspectBlackHole() {
        peer.mss = 1_460;
        peer.host.config.blackHoleDetection = true;
        peer.accept();
        peer.write(1_460);
        peer.expect(A | P, 1, 1_460, 1);
        int smallest = 1_460;
        for (int i = 0; i < 60; i++) {
            peer.pass(100);
            for (final Host.Sent sent : peer.sent()) {
                smallest = Math.min(smallest, sent.length());
            }
        }
        assertTrue(smallest <= 1_024, "smallest " + smallest);
        assertTrue(peer.host.counters.get(io.holdfast.counters.TcpCounter.BLACK_HOLES) > 0);
    }

    @Test
    void shouldMakeSuperSegments() {
        peer.host.segmentation = true;
        peer.accept();
        peer.write(30_500);
        assertEquals(10, peer.sent().size());
        peer.in(A, 1, 0, 10_001);
        peer.sent();
        peer.in(A, 1, 0, 20_001);
        final List<Host.Sent> out = peer.sent();
        assertTrue(out.get(out.size() - 1).has(P), out::toString);
    }
}
