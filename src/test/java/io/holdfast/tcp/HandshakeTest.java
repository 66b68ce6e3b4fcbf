package io.holdfast.tcp;

import static io.holdfast.tcp.ScriptedPeer.A;
import static io.holdfast.tcp.ScriptedPeer.F;
import static io.holdfast.tcp.ScriptedPeer.R;
import static io.holdfast.tcp.ScriptedPeer.S;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.TcpCounter;
import io.holdfast.wire.TcpSegment;
import org.junit.jupiter.api.Test;

final class HandshakeTest {
    private final ScriptedPeer peer = new ScriptedPeer();

    @Test
    void shouldOfferWhatLinuxOffers() {
        peer.connect(new TcpOptions());
        peer.connection.abort(peer.host.nowNs);
        peer.connect(new TcpOptions());
        final ScriptedPeer other = new ScriptedPeer();
        other.connection = other.host.tcp.connect(new ConnectionId(other.host.address, 80, other.address, 40_000),
            new TcpOptions(), other.host.nowNs);
        other.host.add(other.connection);
        final TcpSegment syn = other.sent().get(0).header();
        assertEquals(S, syn.flags);
        assertEquals(1_460, syn.mss);
        assertEquals(64_240, syn.window);
        assertEquals(7, syn.windowScale);
        assertTrue(syn.sackPermitted);
        assertTrue(syn.timestamps);
        assertEquals(0, syn.tsEcr);
    }

    @Test
    void shouldAnswerOnlyOptionsThatWereOffered() {
        peer.listen(4);
        peer.in(peer.syn(), 0);
        TcpSegment synAck = peer.sent().get(0).header();
        assertEquals(S | A, synAck.flags);
        assertEquals(TcpSegment.NO_WINDOW_SCALE, synAck.windowScale);
        assertFalse(synAck.sackPermitted);
        assertFalse(synAck.timestamps);

        final ScriptedPeer full = new ScriptedPeer();
        full.sack = true;
        full.timestamps = true;
        full.windowScale = 3;
        full.listen(4);
        full.in(full.syn(), 0);
        synAck = full.sent().get(0).header();
        assertEquals(7, synAck.windowScale);
        assertTrue(synAck.sackPermitted);
        assertTrue(synAck.timestamps);
        assertEquals(100, synAck.tsEcr);
        assertEquals(65_160, synAck.window);
    }

    @Test
    void shouldRepeatSynAsLinuxDoes() {
        peer.host.config.synRetries = 2;
        peer.connect(new TcpOptions());
        final long start = peer.nowMs();
        final long[] expected = {1_000, 2_000, 3_000, 4_000, 5_000};
        for (final long at : expected) {
            peer.pass(start + at - 1 - peer.nowMs());
            peer.expectNothing();
            peer.pass(1);
            peer.expect(S, 0, 0, 0);
        }
        peer.pass(2_000);
        peer.expectNothing();
        assertEquals(TcpError.TIMED_OUT, peer.connection.error());
        assertEquals(TcpState.CLOSED, peer.state());
    }

    @Test
    void shouldRepeatSynAckThenForget() {
        peer.host.config.synAckRetries = 2;
        peer.listen(4);
        peer.in(peer.syn(), 0);
        assertEquals(1, peer.sent().size());
        peer.pass(1_000);
        assertEquals(1, peer.sent().size());
        peer.pass(2_000);
        assertEquals(1, peer.sent().size());
        peer.pass(4_000);
        peer.expectNothing();
        assertEquals(0, peer.host.listener.halfOpen());
        assertTrue(peer.host.connections.isEmpty());
    }

    @Test
    void shouldRefuse() {
        peer.connect(new TcpOptions());
        peer.in(R | A, 0, 0, 1);
        assertEquals(TcpError.CONNECTION_REFUSED, peer.connection.error());
        peer.expectNothing();
    }

    @Test
    void shouldIgnoreResetOfAnotherSyn() {
        peer.connect(new TcpOptions());
        peer.in(R | A, 0, 0, 77);
        assertNull(peer.connection.error());
        peer.in(R, 0, 0, 0);
        assertNull(peer.connection.error());
        assertEquals(TcpState.SYN_SENT, peer.state());
    }

    @Test
    void shouldResetWrongAckInSynSent() {
        peer.connect(new TcpOptions());
        peer.in(A, 0, 0, 77);
        peer.expect(R, 77, 0, 0);
        assertEquals(TcpState.SYN_SENT, peer.state());
    }

    @Test
    void shouldResetWrongAckInSynReceived() {
        peer.listen(4);
        peer.in(peer.syn(), 0);
        peer.iss = peer.sent().get(0).header().seq;
        peer.in(A, 1, 0, 77);
        peer.expect(R, 77, 0, 0);
        peer.in(A, 1, 0, 1);
        assertEquals(1, peer.host.listener.acceptable());
    }

    @Test
    void shouldSendItsSynAgainSoonAfterAWrongAnswer() {
        peer.connect(new TcpOptions());
        peer.in(A, 0, 0, 77);
        peer.expect(R, 77, 0, 0);
        peer.pass(7);
        peer.expectNothing();
        peer.pass(1);
        peer.expect(S, 0, 0, 0);
        // Once, not each time.
        peer.in(A, 0, 0, 77);
        peer.expect(R, 77, 0, 0);
        peer.pass(100);
        peer.expectNothing();
    }

    @Test
    void shouldAcknowledgeWhatIsNotAcceptableInSynReceived() {
        peer.listen(4);
        peer.in(peer.syn(), 0);
        peer.iss = peer.sent().get(0).header().seq;
        peer.in(A, 100_000, 0, 1);
        peer.expect(A, 1, 0, 1);
        // One in half a second, whatever comes.
        peer.in(A, 100_000, 0, 1);
        peer.expectNothing();
        peer.pass(500);
        final TcpSegment synAck = peer.segment(S | A, 0, 1, peer.window);
        peer.in(synAck, 0);
        peer.expect(A, 1, 0, 1);
        assertEquals(0, peer.host.listener.acceptable());
        peer.pass(600);
        peer.sent();
        peer.in(R, 100, 0, 0);
        peer.expect(A, 1, 0, 1);
        peer.in(A, 1, 0, 1);
        assertEquals(1, peer.host.listener.acceptable());
    }

    @Test
    void shouldResetASynInTheWindowInSynReceived() {
        peer.listen(4);
        peer.in(peer.syn(), 0);
        peer.sent();
        peer.in(peer.segment(S, 100, 0, peer.window), 0);
        final TcpSegment reset = peer.sent().get(0).header();
        assertEquals(R | A, reset.flags);
        assertEquals(0, reset.seq);
        assertEquals(peer.peerIss + 101, reset.ack);
        assertEquals(0, peer.host.listener.halfOpen());
    }

    @Test
    void shouldOpenSimultaneously() {
        peer.connect(new TcpOptions());
        peer.in(peer.syn(), 0);
        assertEquals(TcpState.SYN_RECEIVED, peer.state());
        peer.expect(S | A, 0, 0, 1);
        final TcpSegment synAck = peer.syn();
        synAck.flags = S | A;
        synAck.ack = peer.iss + 1;
        peer.in(synAck, 0);
        assertEquals(TcpState.ESTABLISHED, peer.state());
    }

    @Test
    void shouldTakeDataAndFinWithThirdAck() {
        peer.listen(4);
        peer.in(peer.syn(), 0);
        peer.iss = peer.sent().get(0).header().seq;
        peer.in(A | F, 1, 100, 1);
        peer.connection = peer.host.listener.accept();
        assertEquals(TcpState.CLOSE_WAIT, peer.state());
        assertEquals(100, peer.read(1_000));
        peer.pass(40);
        peer.expect(A, 1, 0, 102);
    }

    @Test
    void shouldResetStrayAckAndIgnoreStrayReset() {
        peer.listen(4);
        peer.in(A, 5, 0, 9);
        assertEquals(R, peer.sent().get(0).header().flags);
        peer.in(R, 5, 0, 0);
        peer.expectNothing();
        peer.host.listener = null;
        peer.in(peer.syn(), 0);
        final TcpSegment reset = peer.sent().get(0).header();
        assertEquals(R | A, reset.flags);
        assertEquals(peer.peerIss + 1, reset.ack);
        assertEquals(0, reset.seq);
    }

    @Test
    void shouldUseCookiesWhenBacklogIsFull() {
        peer.sack = true;
        peer.timestamps = true;
        peer.windowScale = 5;
        peer.listen(0);
        final TcpSegment first = peer.syn();
        first.sourcePort = 1;
        peer.in(first, 0);
        peer.sent();
        peer.in(peer.syn(), 0);
        final Host.Sent cookie = peer.sent().get(0);
        assertEquals(1, peer.host.counters.get(TcpCounter.SYN_COOKIES_SENT));
        assertEquals(1, peer.host.listener.halfOpen());
        peer.iss = cookie.header().seq;
        peer.tsEcr = cookie.header().tsVal;
        peer.tsVal++;
        peer.in(A, 1, 0, 1);
        peer.connection = peer.host.listener.accept();
        assertEquals(TcpState.ESTABLISHED, peer.state());
        assertTrue(peer.info().sack);
        assertEquals(5, peer.info().sendWindowScale);
        assertTrue(peer.info().rttUs >= 1_000, "no round trip was measured that nobody timed");
        peer.write(100);
        peer.expect(A, 1, 100, 1);
    }

    @Test
    void shouldRefuseForgedCookie() {
        peer.listen(0);
        final TcpSegment first = peer.syn();
        first.sourcePort = 1;
        peer.in(first, 0);
        peer.in(peer.syn(), 0);
        peer.sent();
        peer.iss = 12_345;
        peer.in(A, 1, 0, 1);
        peer.expect(R, 1, 0, 0);
        assertEquals(0, peer.host.listener.acceptable());
        assertEquals(1, peer.host.counters.get(TcpCounter.SYN_COOKIES_FAILED));
    }

    @Test
    void shouldDropSynWhenAcceptQueueIsFull() {
        peer.listen(0);
        peer.in(peer.syn(), 0);
        peer.iss = peer.sent().get(0).header().seq;
        peer.in(A, 1, 0, 1);
        assertEquals(1, peer.host.listener.acceptable());
        final TcpSegment second = peer.syn();
        second.sourcePort = 2;
        peer.in(second, 0);
        peer.expectNothing();
        assertEquals(1, peer.host.counters.get(TcpCounter.LISTEN_OVERFLOWS));
    }
}
