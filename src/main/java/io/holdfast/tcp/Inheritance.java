package io.holdfast.tcp;

import io.holdfast.buffer.StreamBuffer;
import io.holdfast.wire.TcpSegment;

/**
 * Which acknowledgements of what the host before this one sent are believed. The log allows that host to send some way ahead
 * of what it tells, so the range of numbers that may be genuine is wide, and a believed acknowledgement lets bytes go that the
 * peer may lack. So, beyond what RFC 5961 5.2 asks of any acknowledgement:
 * <ul>
 * <li>One that was only heard, while that host led, is never believed. Whoever sends to this host's port alone may have made it.
 * <li>The peer is where it should be: its sequence number is the next one here, or its duplicate report names the byte from which
 *     this host has sent again. Somebody who does not see the connection has to guess 32 bits for either.
 * <li>One beyond what the servers of both hosts are known to have written counts only as the answer to a question.
 * </ul>
 * An acknowledgement that is not believed is counted, and the peer is asked by a probe from behind, which it answers with where
 * it is (RFC 9293 3.10.7.4). A peer that has data under way stands ahead of what has come here, and takes no acknowledgement from
 * behind: it is also told, from where it says that it is, what has come. What it sends again begins at an exact number. Shard's
 * thread only.
 */
final class Inheritance {
    /** The peer is asked no more often, so that whoever forges cannot have it flooded. */
    private static final long ASK_NS = 10_000_000L;

    private final Tcb tcb;
    private final StreamBuffer written;
    private final OutOfOrder outOfOrder;
    private final TcpContext stack;
    private long writtenThere;
    private boolean asked;
    private long askedNs;

    Inheritance(final Tcb tcb, final StreamBuffer written, final OutOfOrder outOfOrder, final TcpContext stack) {
        this.tcb = tcb;
        this.written = written;
        this.outOfOrder = outOfOrder;
        this.stack = stack;
    }

    /** The log says that the server there had written up to that offset. */
    void onWritten(final long offset) {
        writtenThere = Math.max(writtenThere, offset);
    }

    /** @param start offset of the segment's first byte, in the peer's stream */
    boolean isBelieved(final TcpSegment segment, final long start, final long ack) {
        return !stack.hearsay && (isExact(segment, start) || reportsRepetition(segment, ack)) && (asked || ack <= writtenEnd());
    }

    private long writtenEnd() {
        return tcb.sndFin == Tcb.NO_OFFSET ? Math.max(writtenThere, written.tail()) : tcb.sndFin + 1;
    }

    /** It begins, or ends, where the peer's stream ends here. */
    private boolean isExact(final TcpSegment segment, final long start) {
        final int length = segment.sequenceLength();
        return start == tcb.rcvNxt || length > 0 && start + length == tcb.rcvNxt
            || !outOfOrder.isEmpty() && start == outOfOrder.lastEnd();
    }

    /** RFC 2883 4: the peer had what this host has just sent again. */
    private boolean reportsRepetition(final TcpSegment segment, final long ack) {
        if (!tcb.sack || segment.sackCount == 0) {
            return false;
        }
        final long end = tcb.sndOffset(segment.sackEnd[0]);
        return tcb.sndOffset(segment.sackStart[0]) == tcb.sndUna && end > tcb.sndUna && end <= tcb.sndNxt && end <= ack;
    }

    /** The peer's word is wanted. Returns true if it is to be asked now. */
    boolean asks(final long nowNs) {
        if (asked && nowNs - askedNs < ASK_NS) {
            return false;
        }
        asked = true;
        askedNs = nowNs;
        return true;
    }
}
