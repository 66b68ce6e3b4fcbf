package io.holdfast.tcp;

import static io.holdfast.tcp.ScriptedPeer.A;
import static io.holdfast.tcp.ScriptedPeer.F;
import static io.holdfast.tcp.ScriptedPeer.P;
import static io.holdfast.tcp.ScriptedPeer.R;
import static io.holdfast.tcp.ScriptedPeer.S;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.TcpCounter;
import org.junit.jupiter.api.Test;

/** Every order of closing, resets included. */
final class CloseTest {
    private final ScriptedPeer peer = new ScriptedPeer().accept();

    @Test
    void shouldCloseFirst() {
        peer.close();
        peer.expect(F | A, 1, 0, 1);
        assertEquals(TcpState.FIN_WAIT_1, peer.state());
        peer.in(A, 1, 0, 2);
        assertEquals(TcpState.FIN_WAIT_2, peer.state());
        peer.in(F | A, 1, 0, 2);
        peer.expect(A, 2, 0, 2);
        assertEquals(TcpState.TIME_WAIT, peer.state());
        peer.pass(59_999);
        assertEquals(TcpState.TIME_WAIT, peer.state());
        peer.pass(1);
        assertEquals(TcpState.CLOSED, peer.state());
        assertTrue(peer.host.connections.isEmpty());
    }

    @Test
    void shouldCloseSecond() {
        peer.in(F | A, 1, 0, 1);
        assertEquals(TcpState.CLOSE_WAIT, peer.state());
        peer.expect(A, 1, 0, 2);
        peer.close();
        peer.expect(F | A, 1, 0, 2);
        assertEquals(TcpState.LAST_ACK, peer.state());
        peer.in(A, 2, 0, 2);
        assertEquals(TcpState.CLOSED, peer.state());
        peer.expectNothing();
    }

    @Test
    void shouldCloseSimultaneously() {
        peer.close();
        peer.expect(F | A, 1, 0, 1);
        peer.in(F | A, 1, 0, 1);
        peer.expect(A, 2, 0, 2);
        assertEquals(TcpState.CLOSING, peer.state());
        peer.in(A, 2, 0, 2);
        assertEquals(TcpState.TIME_WAIT, peer.state());
    }

    /** As Linux's tcp_disconnect: what the peer waits for will never come. */
    @Test
    void shouldResetWhenAbortedBeforeTheLastFinLeft() {
        peer.in(F | A, 1, 0, 1, 0);
        peer.expect(A, 1, 0, 2);
        peer.write(100);
        peer.close();
        peer.expectNothing();
        assertEquals(TcpState.LAST_ACK, peer.state());
        peer.connection.abort(peer.host.nowNs);
        peer.host.flush();
        peer.expect(R | A, 1, 0, 2);
    }

    @Test
    void shouldGoToTimeWaitWithFinAndAckTogether() {
        peer.close();
        peer.expect(F | A, 1, 0, 1);
        peer.in(F | A, 1, 0, 2);
        peer.expect(A, 2, 0, 2);
        assertEquals(TcpState.TIME_WAIT, peer.state());
    }

    @Test
    void shouldSendDataThenFinInOneSegment() {
        peer.connection.options().cork = true;
        peer.write(100);
        peer.expectNothing();
        peer.shutdownWrite();
        peer.expect(F | P | A, 1, 100, 1);
    }

    @Test
    void shouldReceiveAfterHalfClose() {
        peer.shutdownWrite();
        peer.expect(F | A, 1, 0, 1);
        peer.in(A | P, 1, 500, 2);
        peer.expect(A, 2, 0, 501);
        assertEquals(500, peer.read(1_000));
    }

    @Test
    void shouldRepeatFin() {
        peer.close();
        peer.expect(F | A, 1, 0, 1);
        peer.pass(1_100);
        peer.check(peer.sent().get(0), F | A, 1, 0, 1);
    }

    @Test
    void shouldResetWhenClosedWithUnreadData() {
        peer.in(A | P, 1, 100, 1);
        peer.sent();
        peer.close();
        peer.expect(R | A, 1, 0, 101);
        assertEquals(TcpState.CLOSED, peer.state());
        assertTrue(peer.host.connections.isEmpty());
        assertEquals(1, peer.host.counters.get(TcpCounter.ABORT_ON_CLOSE));
    }

    @Test
    void shouldResetWhenClosedWithUnreadDataBehindItsOwnFin() {
        peer.in(F | A, 1, 100, 1);
        peer.pass(40);
        peer.sent();
        peer.shutdownWrite();
        peer.expect(F | A, 1, 0, 102);
        peer.close();
        peer.expect(R | A, 2, 0, 102);
        assertEquals(TcpState.CLOSED, peer.state());
    }

    @Test
    void shouldResetWhenDataComesAfterClose() {
        peer.close();
        peer.sent();
        peer.in(A | P, 1, 100, 2);
        peer.expect(R, 2, 0, 0);
        assertEquals(TcpState.CLOSED, peer.state());
    }

    @Test
    void shouldResetWhenDataComesAfterBothDirectionsWereShut() {
        peer.connection.shutdownRead(peer.host.nowNs);
        peer.in(A | P, 1, 100, 1);
        peer.expect(A, 1, 0, 101);
        peer.shutdownWrite();
        peer.expect(F | A, 1, 0, 101);
        peer.in(A | P, 101, 100, 2);
        peer.expect(R, 2, 0, 0);
        assertEquals(TcpState.CLOSED, peer.state());
    }

    @Test
    void shouldResetWhenAFinComesAheadAfterClose() {
        peer.close();
        peer.sent();
        peer.in(F | A, 701, 0, 1);
        peer.expect(R, 1, 0, 0);
        assertEquals(TcpState.CLOSED, peer.state());
    }

    @Test
    void shouldResetWithLingerZero() {
        peer.connection.options().lingerMs = 0;
        peer.close();
        peer.expect(R | A, 1, 0, 1);
    }

    @Test
    void shouldGiveUpOrphanInFinWait2() {
        peer.close();
        peer.sent();
        peer.in(A, 1, 0, 2);
        peer.pass(59_000);
        assertEquals(TcpState.FIN_WAIT_2, peer.state());
        peer.pass(1_000);
        assertEquals(TcpState.CLOSED, peer.state());
    }

    @Test
    void shouldAcknowledgeRepeatedFinInTimeWait() {
        peer.close();
        peer.in(F | A, 1, 0, 2);
        peer.sent();
        peer.pass(30_000);
        peer.in(F | A, 1, 0, 2);
        peer.expect(A, 2, 0, 2);
        peer.pass(59_000);
        assertEquals(TcpState.TIME_WAIT, peer.state());
    }

    @Test
    void shouldKeepTimeWaitWhenNobodyListensForTheNewSyn() {
        peer.close();
        peer.in(F | A, 1, 0, 2);
        peer.sent();
        peer.host.listener = null;
        peer.in(peer.segment(S, 100_000, 0, peer.window), 0);
        peer.expect(A, 2, 0, 2);
        assertEquals(TcpState.TIME_WAIT, peer.state());
    }

    @Test
    void shouldReuseTimeWaitForNewSyn() {
        peer.close();
        peer.in(F | A, 1, 0, 2);
        peer.sent();
        peer.peerIss += 100_000;
        peer.in(peer.syn(), 0);
        final Host.Sent synAck = peer.sent().get(0);
        assertEquals(S | A, synAck.header().flags);
        assertTrue(synAck.header().seq - peer.iss >= 65_537);
        assertEquals(1, peer.host.counters.get(TcpCounter.TIME_WAIT_RECYCLED));
    }

    @Test
    void shouldFailOnResetInCloseWait() {
        peer.in(F | A, 1, 0, 1);
        peer.in(R, 2, 0, 0);
        assertEquals(TcpError.BROKEN_PIPE, peer.connection.error());
    }

    @Test
    void shouldTakeFinAheadOfGap() {
        peer.in(F | A, 101, 100, 1);
        assertEquals(TcpState.ESTABLISHED, peer.state());
        peer.in(A, 1, 100, 1);
        assertEquals(TcpState.CLOSE_WAIT, peer.state());
        assertEquals(200, peer.read(1_000));
        peer.pass(100);
        peer.check(peer.sent().get(0), A, 1, 0, 1);
    }
}
