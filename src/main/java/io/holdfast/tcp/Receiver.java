package io.holdfast.tcp;

import io.holdfast.buffer.StreamBuffer;
import io.holdfast.counters.Counters;
import io.holdfast.counters.TcpCounter;
import io.holdfast.wire.TcpSegment;

/**
 * The receiving half: takes payload into the receive buffer, in order or ahead of a gap, and owes acknowledgements for
 * it. Knows the control block, the buffer and its own helpers; not the connection.
 */
final class Receiver {
    private final Tcb tcb;
    private final StreamBuffer buffer;
    private final Counters counters;
    final AckPolicy acks;
    /** Told of all that is stored; null for nobody. */
    InputTap tap;
    final ReceiveWindow window;
    final OutOfOrder outOfOrder = new OutOfOrder();

    /** Input stored outside of the buffer; null if all of it is in there. */
    DeferredInput deferred;

    /** C5: the ranges that the backup holds too; null where there is no backup, and all may be reported. */
    StoredRanges stored;

    /** A duplicate to report first in the next ACK (RFC 2883); empty if start equals end. */
    private long dsackStart;
    private long dsackEnd;

    Receiver(final Tcb tcb, final StreamBuffer buffer, final AckPolicy acks, final ReceiveWindow window,
        final Counters counters) {
        this.tcb = tcb;
        this.buffer = buffer;
        this.acks = acks;
        this.window = window;
        this.counters = counters;
    }

    /** A connection's, as configuration and options say. */
    static Receiver create(final TcpContext stack, final Tcb tcb, final TcpOptions options) {
        final TcpConfig config = stack.config;
        // As Linux: half of the receive buffer is window, the rest would be overhead.
        final boolean tuned = options.receiveBufferBytes == 0;
        final int space = (tuned ? config.receiveBufferBytes : options.receiveBufferBytes) / 2;
        final int maxSpace = tuned ? Math.max(space, config.receiveBufferMaxBytes / 2) : space;
        final Receiver receiver = new Receiver(tcb, new StreamBuffer(stack.pool, space), new AckPolicy(config.delayedAck),
            new ReceiveWindow(space, maxSpace, tuned), stack.counters);
        if (!options.quickAck) {
            receiver.acks.quickAck(false);
        }
        return receiver;
    }

    /**
     * Payload of an acceptable segment (RFC 9293 3.10.7.4, seventh).
     *
     * @param start offset of the payload's first byte
     * @return true if the stream became longer, or its end was reached
     */
    boolean onPayload(final TcpSegment segment, final long start, final long srttNs, final long rtoNs, final long nowNs) {
        final boolean fin = segment.has(TcpSegment.FIN);
        final long end = start + segment.payloadLength;
        if (fin && tcb.rcvFin == Tcb.NO_OFFSET && end <= tcb.rcvNxt + tcb.receiveWindow()) {
            tcb.rcvFin = end;
        }
        if (end <= tcb.rcvNxt && !(fin && end == tcb.rcvNxt && !tcb.finReceived())) {
            if (start < end || fin) {
                onDuplicate(start, end, nowNs);
            }
            return false;
        }
        final long edge = tcb.rcvNxt + tcb.receiveWindow();
        final long from = Math.max(start, tcb.rcvNxt);
        final long to = Math.min(Math.min(end, Math.max(edge, tcb.rcvNxt)), tcb.rcvFin);
        if (from >= to && !(fin && from == end)) {
            counters.increment(TcpCounter.ZERO_WINDOW_DROPS);
            acks.enterQuickMode(tcb.rcvWnd);
            acks.owesNow();
            return false;
        }
        if (from < to && !store(segment, start, from, to) && !storeInsteadOfRanges(segment, start, from, to)) {
            counters.increment(TcpCounter.MEMORY_DROPS);
            acks.owesNow();
            return false;
        }
        if (start < tcb.rcvNxt && tcb.sack) {
            setDsack(start, tcb.rcvNxt);
        }
        return from == tcb.rcvNxt ? inOrder(segment, to, srttNs, rtoNs, nowNs) : aheadOfGap(segment, from, to, srttNs,
            rtoNs, nowNs);
    }

    private boolean store(final TcpSegment segment, final long start, final long from, final long to) {
        if (tcb.readShut) {
            return true;
        }
        final int at = segment.payloadOffset + (int) (from - start);
        final int length = (int) (to - from);
        if (deferred != null) {
            return tap != null && tap.onInput(from, segment.payload, at, length);
        }
        if (!buffer.put(from, segment.payload, at, length)) {
            return false;
        }
        // Before it is published: the log has what the application reads before it can read it.
        return tap == null || tap.onInput(from, segment.payload, at, length);
    }

    /**
     * The stack's memory is used up. Bytes ahead of a gap must not keep the one out that would fill it: they are given
     * up (reneging, RFC 2018 8), so that the stream goes on.
     */
    private boolean storeInsteadOfRanges(final TcpSegment segment, final long start, final long from, final long to) {
        if (from != tcb.rcvNxt || outOfOrder.isEmpty() || deferred != null) {
            return false;
        }
        outOfOrder.clear();
        if (stored != null) {
            stored.clear();
        }
        buffer.discardUnpublished();
        return store(segment, start, from, to);
    }

    private boolean inOrder(final TcpSegment segment, final long to, final long srttNs, final long rtoNs,
        final long nowNs) {
        if (segment.has(TcpSegment.FIN) && to >= tcb.rcvFin) {
            // The end of the stream, and with it all that was held: nothing to report any more, as on Linux.
            outOfOrder.clear();
        }
        final boolean gap = !outOfOrder.isEmpty();
        if (segment.payloadLength > 0) {
            acks.onData(wireSegmentBytes(segment), tcb.advMss, tcb.rcvWnd, srttNs, rtoNs, nowNs);
        }
        if (gap && outOfOrder.firstStart() < to) {
            // It covers bytes that were held already (RFC 2883 4.1.1): the first such range stands for them, as on Linux.
            setDsack(outOfOrder.firstStart(), Math.min(outOfOrder.firstEnd(), to));
        }
        tcb.rcvNxt = gap ? outOfOrder.advance(to) : to;
        publish();
        window.grow(wireSegmentBytes(segment), segment.wireSegments, tcb.advMss);
        window.onData(tcb.rcvNxt, tcb.rcvWnd, nowNs);
        if (tcb.rcvNxt >= tcb.rcvFin) {
            tcb.rcvNxt = tcb.rcvFin + 1;
            outOfOrder.clear();
            acks.enterPingPong();
        }
        // Behind a FIN the window is of no use to anyone, and must not delay the acknowledgement.
        final boolean windowHolds = tcb.finReceived() || selectWindow() >= tcb.rcvWnd || held() == 0;
        acks.onInOrder(tcb.rcvNxt - tcb.rcvWup, windowHolds, gap, srttNs, nowNs);
        return true;
    }

    /** Makes whole bytes visible to the application; dropped at once if nobody will read them. */
    private void publish() {
        final long dataEnd = Math.min(tcb.rcvNxt, tcb.rcvFin);
        if (tcb.readShut || deferred != null) {
            return;
        }
        buffer.publish(dataEnd);
    }

    private boolean aheadOfGap(final TcpSegment segment, final long from, final long to, final long srttNs,
        final long rtoNs, final long nowNs) {
        counters.increment(TcpCounter.OUT_OF_ORDER);
        acks.onData(wireSegmentBytes(segment), tcb.advMss, tcb.rcvWnd, srttNs, rtoNs, nowNs);
        // A FIN takes a number, and is reported with the rest.
        final long end = to == tcb.rcvFin ? to + 1 : to;
        if (from < end) {
            switch (outOfOrder.add(from, end)) {
                case DUPLICATE -> {
                    counters.increment(TcpCounter.DUPLICATE_DATA);
                    setDsack(from, end);
                }
                case FULL -> counters.increment(TcpCounter.OUT_OF_ORDER_LIMIT);
                // RFC 2883 4: the part that was there already, if any.
                default -> setDsack(outOfOrder.overlapStart(), outOfOrder.overlapEnd());
            }
        }
        if (stored != null) {
            stored.onChange();
        }
        acks.owesDuplicate();
        return false;
    }

    /** Old data: the peer did not get our ACK, or a copy was late. */
    void onDuplicate(final long start, final long end, final long nowNs) {
        counters.increment(TcpCounter.DUPLICATE_DATA);
        setDsack(start, Math.min(end, tcb.rcvNxt));
        acks.enterQuickMode(tcb.rcvWnd);
        acks.owesDuplicate();
    }

    private void setDsack(final long start, final long end) {
        if (tcb.sack && start < end && dsackStart == dsackEnd) {
            counters.increment(TcpCounter.DSACKS_SENT);
            dsackStart = start;
            dsackEnd = end;
        }
    }

    private static int wireSegmentBytes(final TcpSegment segment) {
        return segment.wireSegments == 1 ? segment.payloadLength
            : (segment.payloadLength + segment.wireSegments - 1) / segment.wireSegments;
    }

    StreamBuffer buffer() {
        return buffer;
    }

    /** Bytes the application has not read. */
    long held() {
        return deferred == null ? buffer.size() : deferred.held();
    }

    /** What the window counts as held: nothing after SHUT_RD. */
    private long heldForWindow() {
        return tcb.readShut ? 0 : deferred == null ? buffer.size() : deferred.heldForWindow();
    }

    /** The window to tell now. */
    long selectWindow() {
        // Nothing comes after a FIN: the edge stays where it is, as on Linux.
        return tcb.finReceived() ? window.keep(tcb) : window.select(tcb, heldForWindow(), acks.rcvMss());
    }

    /**
     * Ranges to report in the next segment, a duplicate first; returns how many.
     *
     * @param ack what that segment acknowledges
     */
    int sackRanges(final long[] starts, final long[] ends, final int most, final long ack) {
        if (!tcb.sack) {
            return 0;
        }
        int n = 0;
        if (dsackStart < dsackEnd && most > 0 && (stored == null || dsackEnd <= ack)) {
            starts[0] = dsackStart;
            ends[0] = dsackEnd;
            n = 1;
        }
        if (stored != null) {
            return n + stored.report(starts, ends, n, most - n, ack);
        }
        return outOfOrder.isEmpty() ? n : n + outOfOrder.report(starts, ends, n, most - n);
    }

    boolean hasSackRanges() {
        return tcb.sack && (dsackStart < dsackEnd || (stored == null ? !outOfOrder.isEmpty() : stored.any()));
    }

    /** A segment with the current ranges has left. */
    void onAckSent() {
        if (stored != null) {
            stored.onReported();
        }
        dsackStart = 0;
        dsackEnd = 0;
        acks.onAckSent();
    }

    /**
     * The application read: is the window worth telling? (RFC 9293 3.8.6.2.2, as Linux: it at least doubles.)
     */
    void onApplicationRead(final long nowNs) {
        if (window.onRead(buffer.head(), tcb.advMss, nowNs)) {
            buffer.capacity(window.space());
        }
        final long unacknowledged = tcb.rcvNxt - tcb.rcvWup;
        if (acks.scheduled() && unacknowledged > acks.rcvMss()) {
            acks.owesNow();
            return;
        }
        final long now = tcb.receiveWindow();
        if (2 * now <= window.space()) {
            final long fresh = selectWindow();
            if (fresh > 0 && fresh >= 2 * now) {
                acks.owesNow();
            }
        }
    }
}
