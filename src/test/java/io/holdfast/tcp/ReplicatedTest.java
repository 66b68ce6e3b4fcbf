package io.holdfast.tcp;

import static io.holdfast.tcp.ScriptedPeer.A;
import static io.holdfast.tcp.ScriptedPeer.P;
import static io.holdfast.tcp.ScriptedPeer.R;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.TcpCounter;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** A connection whose output waits for a backup, or whose application does again what another did. */
final class ReplicatedTest {
    private final ScriptedPeer peer = new ScriptedPeer().accept();
    private final Replicated replicated = peer.connection.replicated();

    private void gate() {
        replicated.gate(replicated.windowEdge());
    }

    private void mark(final long sequence) {
        replicated.mark(sequence, sequence - 1, peer.connection.sendBuffer().tail(), replicated.windowEdge());
    }

    @Test
    void shouldSendNothingBeforeTheBackupHasTheLog() {
        gate();
        peer.write(100);
        peer.expectNothing();
        mark(5);
        peer.expectNothing();
        assertTrue(replicated.waitsForBackup());
        replicated.onCommitted(5);
        assertFalse(replicated.waitsForBackup());
        peer.expect(A, 1, 100, 1);
    }

    @Test
    void shouldAcknowledgeNothingBeforeTheBackupHasTheLog() {
        gate();
        peer.in(A | P, 1, 100, 1);
        peer.pass(500);
        peer.sent().forEach(sent -> assertEquals(1, sent.header().ack - peer.peerIss, sent::toString));
        mark(5);
        replicated.onCommitted(5);
        peer.in(A | P, 101, 100, 1);
        peer.pass(500);
        assertTrue(peer.sent().stream().anyMatch(sent -> sent.header().ack - peer.peerIss == 101));
    }

    @Test
    void shouldTellTheInputTapFirst() {
        final long[] told = new long[2];
        replicated.inputTap((offset, buffer, at, length) -> {
            told[0] = length;
            told[1] = peer.connection.receiveBuffer().size();
            return true;
        });
        peer.in(A | P, 1, 100, 1);
        assertEquals(100, told[0]);
        assertEquals(0, told[1], "the application could read it already");
        assertEquals(100, peer.connection.receiveBuffer().size());
    }

    @Test
    void shouldDropASegmentThatCannotBeRecorded() {
        replicated.inputTap((offset, buffer, at, length) -> false);
        peer.in(A | P, 1, 100, 1);
        assertEquals(0, peer.connection.receiveBuffer().size());
        assertEquals(0, replicated.receivedEnd());
    }

    @Test
    void shouldResetWhatTheApplicationWillNotWriteAgain() {
        replicated.inherits(10);
        peer.connection.sendBuffer().append(ByteBuffer.allocate(9));
        peer.close();
        assertTrue(peer.sent().stream().anyMatch(sent -> sent.has(R)));
        assertEquals(TcpError.ABORTED, peer.connection.error());
        assertEquals(1, peer.host.counters.get(TcpCounter.INHERITANCE_BROKEN));
    }

    @Test
    void shouldCloseOnceTheApplicationHasWrittenEverythingAgain() {
        replicated.inherits(10);
        peer.write(10);
        peer.close();
        peer.sent().forEach(sent -> assertFalse(sent.has(R), sent::toString));
        assertEquals(TcpState.FIN_WAIT_1, peer.state());
    }

    /** Were it kept, the next image would have half as much again, and so on with every host that takes over. */
    @Test
    void shouldGiveBackTheBufferThatAnImageNeeded() {
        final int lent = 12 << 20;
        replicated.lend(lent);
        replicated.inherits(200);
        peer.write(100);
        peer.in(A, 1, 0, 101);
        assertEquals(lent, peer.connection.sendBuffer().capacity(), "the application has yet to write 100 bytes again");
        peer.write(100);
        peer.in(A, 1, 0, 201);
        assertEquals(new TcpConfig().sendBufferMaxBytes, peer.connection.sendBuffer().capacity());
    }

    @Test
    void shouldHideTimeWaitWhileTheApplicationIsBehind() {
        replicated.inherits(10);
        peer.connection.takeEvents();
        peer.connection.raise(TcpConnection.TIME_WAIT | TcpConnection.READABLE);
        assertEquals(TcpConnection.READABLE, peer.connection.takeEvents());
        replicated.tellHeldTimeWait();
        assertEquals(0, peer.connection.takeEvents());
        peer.connection.sendBuffer().append(ByteBuffer.allocate(10));
        replicated.tellHeldTimeWait();
        assertEquals(TcpConnection.TIME_WAIT, peer.connection.takeEvents());
    }

    @Test
    void shouldTellABackupWhereItStands() {
        peer.write(100);
        peer.in(A | P, 1, 50, 101);
        final TcbProgress progress = new TcbProgress();
        replicated.progress(progress);
        assertEquals(TcpState.ESTABLISHED.code(), progress.state);
        assertEquals(100, progress.sndUna);
        assertEquals(50, progress.rcvNxt);
        assertEquals(0, progress.flags);
        peer.connection.abort(peer.host.nowNs);
        replicated.progress(progress);
        assertEquals(TcbProgress.ORPHANED | TcbProgress.ABORTED | TcpError.ABORTED.ordinal() + 1 << TcbProgress.ERROR_SHIFT,
            progress.flags);
    }
}
