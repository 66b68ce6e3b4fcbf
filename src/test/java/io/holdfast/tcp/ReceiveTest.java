package io.holdfast.tcp;

import static io.holdfast.tcp.ScriptedPeer.A;
import static io.holdfast.tcp.ScriptedPeer.P;
import static io.holdfast.tcp.ScriptedPeer.R;
import static io.holdfast.tcp.ScriptedPeer.S;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.TcpCounter;
import io.holdfast.wire.TcpSegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The receiving half, packet by packet. */
final class ReceiveTest {
    private final ScriptedPeer peer = new ScriptedPeer();

    private void sackPeer() {
        peer.sack = true;
        peer.accept();
    }

    private void assertSack(final Host.Sent sent, final int... edges) {
        assertEquals(edges.length / 2, sent.header().sackCount, sent::toString);
        for (int i = 0; i < edges.length / 2; i++) {
            assertEquals(edges[2 * i], sent.header().sackStart[i] - peer.peerIss, sent::toString);
            assertEquals(edges[2 * i + 1], sent.header().sackEnd[i] - peer.peerIss, sent::toString);
        }
    }

    @Test
    void shouldAcknowledgeAtOnceInTheBeginning() {
        peer.accept();
        peer.in(A | P, 1, 1_000, 1);
        peer.expect(A, 1, 0, 1_001);
        assertEquals(1_000, peer.read(10_000));
    }

    @Test
    void shouldDelayAckOncePingPong() {
        peer.accept();
        peer.in(A | P, 1, 100, 1);
        peer.expect(A, 1, 0, 101);
        peer.write(50);
        peer.expect(A, 1, 50, 101);
        peer.in(A | P, 101, 100, 51);
        peer.expectNothing();
        peer.pass(39);
        peer.expectNothing();
        peer.pass(1);
        peer.expect(A, 51, 0, 201);
    }

    @Test
    void shouldSackAndFillGap() {
        sackPeer();
        peer.in(A, 1_001, 1_000, 1);
        assertSack(peer.expect(A, 1, 0, 1), 1_001, 2_001);
        peer.in(A, 3_001, 1_000, 1);
        assertSack(peer.expect(A, 1, 0, 1), 3_001, 4_001, 1_001, 2_001);
        peer.in(A, 1, 1_000, 1);
        assertSack(peer.expect(A, 1, 0, 2_001), 3_001, 4_001);
        peer.in(A, 2_001, 1_000, 1);
        assertSack(peer.expect(A, 1, 0, 4_001));
        assertEquals(4_000, peer.read(10_000));
    }

    @Test
    void shouldReportDuplicate() {
        sackPeer();
        peer.in(A, 1, 1_000, 1);
        peer.sent();
        peer.in(A, 1, 1_000, 1);
        assertSack(peer.expect(A, 1, 0, 1_001), 1, 1_001);
        assertEquals(1, peer.host.counters.get(TcpCounter.DSACKS_SENT));
    }

    @Test
    void shouldReportPartOfASegmentThatWasHeldAlready() {
        sackPeer();
        peer.in(A, 2_001, 500, 1);
        assertSack(peer.expect(A, 1, 0, 1), 2_001, 2_501);
        peer.in(A, 1_501, 1_000, 1);
        assertSack(peer.expect(A, 1, 0, 1), 2_001, 2_501, 1_501, 2_501);
        peer.in(A, 2_301, 900, 1);
        assertSack(peer.expect(A, 1, 0, 1), 2_301, 2_501, 1_501, 3_201);
    }

    @Test
    void shouldSendOneDuplicateAckForEachSegmentWithoutSack() {
        peer.accept();
        for (int i = 1; i <= 3; i++) {
            peer.in(A, 1 + 1_000 * i, 1_000, 1);
            peer.expect(A, 1, 0, 1);
        }
    }

    @Test
    void shouldTrimToWindowAndNeverMoveItsEdgeLeft() {
        peer.host.config.receiveBufferBytes = 8_000;
        peer.host.config.receiveBufferMaxBytes = 8_000;
        peer.accept();
        int next = 1;
        int edge = 0;
        for (int i = 0; i < 6; i++) {
            peer.in(A, next, 1_000, 1);
            final List<Host.Sent> out = peer.sent();
            for (final Host.Sent sent : out) {
                final int right = sent.header().ack - peer.peerIss + sent.header().window;
                assertTrue(right >= edge, sent::toString);
                edge = right;
                next = sent.header().ack - peer.peerIss;
            }
            if (out.isEmpty()) {
                next += 1_000;
            }
        }
        peer.pass(1_000);
        peer.sent();
        assertTrue(peer.connection.receiveBuffer().size() <= 4_000);
        assertEquals(0, peer.info().receiveWindowBytes);
        peer.read(4_000);
        assertTrue(peer.sent().get(0).header().window >= 3_000);
    }

    @Test
    void shouldChallengeResetAndSynInWindow() {
        peer.accept();
        peer.in(R, 100, 0, 0);
        peer.expect(A, 1, 0, 1);
        assertEquals(TcpState.ESTABLISHED, peer.state());
        peer.pass(600);
        peer.in(S, 200, 0, 0);
        peer.expect(A, 1, 0, 1);
        peer.in(R, 100, 0, 0);
        peer.expectNothing();
        assertEquals(1, peer.host.counters.get(TcpCounter.CHALLENGE_ACKS_LIMITED));
        peer.in(R, 1, 0, 0);
        assertEquals(TcpError.CONNECTION_RESET, peer.connection.error());
        peer.expectNothing();
    }

    @Test
    void shouldDropOldTimestamp() {
        peer.timestamps = true;
        peer.accept();
        peer.tsVal = 200;
        peer.in(A, 1, 100, 1);
        peer.sent();
        peer.tsVal = 150;
        peer.in(A, 101, 100, 1);
        assertEquals(200, peer.expect(A, 1, 0, 101).header().tsEcr);
        assertEquals(1, peer.host.counters.get(TcpCounter.PAWS_DROPS));
        assertEquals(100, peer.connection.receiveBuffer().size());
    }

    @Test
    void shouldDropAckOfUnsentData() {
        peer.accept();
        peer.in(A, 1, 100, 5_000);
        peer.expect(A, 1, 0, 1);
        assertEquals(0, peer.connection.receiveBuffer().size());
        assertEquals(1, peer.host.counters.get(TcpCounter.ACK_UNSENT_DATA));
    }

    @Test
    void shouldAssembleAgainstModel() {
        for (long seed = 0; seed < 200; seed++) {
            final java.util.Random random = new java.util.Random(seed);
            final ScriptedPeer one = new ScriptedPeer();
            one.sack = random.nextBoolean();
            one.accept();
            final java.util.BitSet got = new java.util.BitSet();
            int read = 0;
            for (int i = 0; i < 100; i++) {
                final int from = Math.max(0, got.nextClearBit(0) - 500 + random.nextInt(3_000));
                final int length = 1 + random.nextInt(1_200);
                final TcpSegment segment = one.segment(A, 1 + from, 1, 32_000);
                one.in(segment, length);
                got.set(from, from + length);
                if (random.nextInt(5) == 0) {
                    final java.nio.ByteBuffer out = java.nio.ByteBuffer.allocate(random.nextInt(4_000));
                    final int n = one.connection.receiveBuffer().read(out);
                    for (int k = 0; k < n; k++) {
                        assertEquals((byte) (1 + read + k), out.get(k), "seed " + seed);
                    }
                    read += n;
                    one.connection.onApplicationRead(one.host.nowNs);
                }
                assertEquals(got.nextClearBit(0), one.connection.receiveBuffer().tail(), "seed " + seed);
            }
        }
    }
}
