package io.holdfast.tcp;

import io.holdfast.buffer.StreamBuffer;
import io.holdfast.counters.Counters;
import io.holdfast.counters.TcpCounter;
import io.holdfast.tcp.congestion.CongestionControl;
import io.holdfast.tcp.congestion.CongestionControls;
import io.holdfast.tcp.recovery.AckEvent;
import io.holdfast.tcp.recovery.LossRecovery;
import io.holdfast.tcp.recovery.RttEstimator;
import io.holdfast.wire.TcpSegment;

/**
 * The sending half's arrival side: what an acknowledgement does to the send sequence space, the peer's window, the send
 * buffer and loss recovery (RFC 9293 3.10.7.4, fifth). Departure is {@link Output}'s.
 */
final class Sender {
    /** What an acknowledgement was. */
    enum Verdict {
        /** In range: processed. */
        ACCEPTED,
        /** Older than what is known; its SACK ranges were used. */
        OLD,
        /** So old that it may be forged (RFC 5961 5.2). */
        FAR_BELOW,
        /** Acknowledges what was never sent. */
        UNSENT,
        /** Acknowledges what another host may have sent, and is not believed: the peer is to be asked. */
        DOUBTED,
        /** Acknowledges what another host sent, and this one will never have. */
        BROKEN
    }

    private static final long MS = 1_000_000L;

    final Tcb tcb;
    final StreamBuffer buffer;
    final RttEstimator rtt;
    final CongestionControl congestion;
    final LossRecovery recovery;
    final Mss mss;
    /** Bytes from here on are not to be let go of, although acknowledged: see {@link Replicated#releasable}. */
    long releasable = Long.MAX_VALUE;
    private final Counters counters;
    private final int maxBufferBytes;
    private boolean tuned;
    /** The capacity of a buffer that is not tuned. */
    private int fixedBytes;
    /** Up to there a buffer that was lent is needed; none was, or it is not to be given back yet: MAX_VALUE. */
    private long lentUntil = Long.MAX_VALUE;
    private final AckEvent event = new AckEvent();
    /** Judges acknowledgements of what the host before this one sent; null if there was none. */
    Inheritance inheritance;
    /** What may leave. */
    final OutputCommit commit = new OutputCommit();
    /** Done before bytes are let go of, those included that the application has appended but not told of yet; may be null. */
    Runnable beforeRelease;

    /** Unanswered probes of a closed window or of a silent peer, and what the peer's last sign of life was. */
    int probesOut;
    int probeBackoff;
    long lastAckNs;

    Sender(final Tcb tcb, final StreamBuffer buffer, final RttEstimator rtt, final CongestionControl congestion,
        final LossRecovery recovery, final Mss mss, final int maxBufferBytes, final boolean tuned,
        final Counters counters) {
        this.tcb = tcb;
        this.buffer = buffer;
        this.rtt = rtt;
        this.congestion = congestion;
        this.recovery = recovery;
        this.mss = mss;
        this.maxBufferBytes = maxBufferBytes;
        this.tuned = tuned;
        fixedBytes = buffer.capacity();
        this.counters = counters;
    }

    /** A connection's, as configuration and options say. */
    static Sender create(final TcpContext stack, final Tcb tcb, final TcpOptions options) {
        final TcpConfig config = stack.config;
        final int bytes = options.sendBufferBytes > 0 ? options.sendBufferBytes : config.sendBufferBytes;
        final RttEstimator rtt = new RttEstimator(config.minRtoMs * MS);
        final CongestionControl congestion =
            CongestionControls.create(options.congestion != null ? options.congestion : config.congestion);
        final LossRecovery recovery = new LossRecovery(congestion, rtt);
        recovery.slowStartAfterIdle(config.slowStartAfterIdle);
        recovery.initialWindow(config.initialCwndSegments);
        recovery.listener(stack.recoveryCounters);
        final Mss mss = new Mss(stack.pathMss(tcb.id.remoteAddress()), options.maxSegment, config.minMss);
        return new Sender(tcb, new StreamBuffer(stack.pool, bytes), rtt, congestion, recovery, mss, config.sendBufferMaxBytes,
            options.sendBufferBytes == 0, stack.counters);
    }

    /** End of the bytes that may leave (C2). */
    long end() {
        return commit.sendable(Math.min(buffer.tail(), tcb.sndFin));
    }

    /** Offset of the FIN that may leave (C3), {@link Tcb#NO_OFFSET} if there is none. */
    long fin() {
        return commit.fin(tcb.sndFin);
    }

    /** Bytes or a FIN that may leave and were never sent. */
    boolean hasUnsent() {
        return tcb.sndNxt < end() || tcb.sndNxt == fin();
    }

    /** Sent and not acknowledged, SYN and FIN included. */
    boolean inFlight() {
        return tcb.sndUna < tcb.sndNxt;
    }

    /**
     * Processes the acknowledgement of a segment that passed the sequence check.
     *
     * @param start offset of the segment's first byte, in the peer's stream
     */
    Verdict onAck(final TcpSegment segment, final long start, final long nowNs) {
        final long ack = tcb.sndOffset(segment.ack);
        if (ack > tcb.sndNxt) {
            if (ack <= tcb.sndInherited) {
                if (!inheritance.isBelieved(segment, start, ack)) {
                    counters.increment(TcpCounter.ACK_DOUBTED);
                    return Verdict.DOUBTED;
                }
                if (tcb.sndFin != Tcb.NO_OFFSET && ack > tcb.sndFin + 1) {
                    // The application here ended before what the host before this one sent.
                    return Verdict.BROKEN;
                }
                return onInheritedAck(segment, start, ack, nowNs);
            }
            counters.increment(TcpCounter.ACK_UNSENT_DATA);
            return Verdict.UNSENT;
        }
        if (ack < tcb.sndUna) {
            if (ack < tcb.sndUna - tcb.maxSndWnd) {
                return Verdict.FAR_BELOW;
            }
            if (segment.sackCount > 0 && tcb.sack) {
                fill(segment, tcb.sndUna, false, nowNs);
                event.carriesData = true;
                recovery.onAck(event, nowNs);
            }
            return Verdict.OLD;
        }
        accept(segment, start, ack, nowNs);
        return Verdict.ACCEPTED;
    }

    /**
     * Acknowledges what the host before this one sent (T2 of the replication contract): all that is in flight here, and more.
     * What the application has not written again yet is swallowed when it does.
     */
    private Verdict onInheritedAck(final TcpSegment segment, final long start, final long ack, final long nowNs) {
        counters.increment(TcpCounter.ACK_INHERITED);
        // The window counts from what is acknowledged, which is not where this host is.
        final long edge = Math.max(tcb.sndWindowEnd(), ack + ((long) segment.window << tcb.sndWindowShift));
        accept(segment, start, tcb.sndNxt, nowNs);
        tcb.sndWnd = edge - tcb.sndUna;
        tcb.sndSwallow = Math.max(tcb.sndSwallow, ack);
        swallow(nowNs);
        return Verdict.ACCEPTED;
    }

    /** End of what the application wrote and is accounted for, at most its end. */
    long writtenAgain() {
        return Math.min(Math.min(buffer.tail(), releasable), tcb.sndFin);
    }

    /** Passes over bytes that the peer has acknowledged already. */
    void swallow(final long nowNs) {
        final long whole = writtenAgain();
        final long to = Math.min(tcb.sndSwallow, whole == tcb.sndFin ? whole + 1 : whole);
        if (to <= tcb.sndUna) {
            return;
        }
        tcb.sndWnd = Math.max(0, tcb.sndWnd - (to - tcb.sndUna));
        tcb.sndUna = to;
        tcb.sndNxt = to;
        release(Math.min(to, whole));
        recovery.onEstablished(mss.full(), tcb.sack, tcb.timestamps, to, nowNs);
    }

    /** The peer has everything before that offset. */
    void release(final long offset) {
        if (beforeRelease != null) {
            beforeRelease.run();
        }
        buffer.release(offset);
    }

    private void accept(final TcpSegment segment, final long start, final long ack, final long nowNs) {
        final boolean advanced = ack > tcb.sndUna;
        final boolean windowChanged = updateWindow(segment, start, ack, nowNs);
        fill(segment, ack, windowChanged, nowNs);
        event.carriesData = segment.sequenceLength() > 0;
        tcb.sndUna = ack;
        if (advanced) {
            release(Math.min(ack, Math.min(tcb.sndFin, buffer.tail())));
        }
        recovery.onAck(event, nowNs);
        probesOut = 0;
        lastAckNs = nowNs;
        if (advanced) {
            expandBuffer();
        }
    }

    private void fill(final TcpSegment segment, final long ack, final boolean windowChanged, final long nowNs) {
        event.clear();
        event.ack = ack;
        event.windowChanged = windowChanged;
        event.canSendNew = hasUnsent() && ack + tcb.sndWnd > tcb.sndNxt;
        if (tcb.echoes(segment)) {
            event.timestampEcho = true;
            event.tsEcr = segment.tsEcr;
            event.tsEcrNs = tcb.tsValTime(segment.tsEcr, nowNs);
        }
        if (tcb.sack && segment.sackCount > 0) {
            fillSack(segment, ack);
        }
    }

    /** Sorts the ranges into a duplicate report (RFC 2883 4) and believable ones. */
    private void fillSack(final TcpSegment segment, final long ack) {
        for (int i = 0; i < segment.sackCount; i++) {
            final long start = tcb.sndOffset(segment.sackStart[i]);
            final long end = tcb.sndOffset(segment.sackEnd[i]);
            if (start >= end || end > tcb.sndNxt) {
                continue;
            }
            final boolean below = start < ack;
            final boolean inside = i == 0 && !below && segment.sackCount > 1
                && start >= tcb.sndOffset(segment.sackStart[1]) && end <= tcb.sndOffset(segment.sackEnd[1]);
            if (i == 0 && (below || inside)) {
                event.dsack = true;
                event.dsackStart = start;
                event.dsackEnd = end;
            } else if (!below) {
                event.sackStart[event.sackCount] = start;
                event.sackEnd[event.sackCount] = end;
                event.sackCount++;
            }
        }
    }

    /** RFC 9293's rule which segment may change the window, as Linux refines it for reordered updates. */
    private boolean updateWindow(final TcpSegment segment, final long start, final long ack, final long nowNs) {
        final long window = (long) segment.window << tcb.sndWindowShift;
        final boolean take = ack > tcb.sndUna || start > tcb.sndWl1
            || start == tcb.sndWl1 && (window > tcb.sndWnd || window == 0);
        if (!take) {
            return false;
        }
        tcb.sndWl1 = start;
        tcb.sndWl2 = ack;
        if (window == tcb.sndWnd) {
            // An update all the same, and not a duplicate acknowledgement: a closed window said again, say.
            return true;
        }
        tcb.sndWnd = window;
        if (hasUnsent()) {
            // What waited for the window was idle, too (RFC 5681 4.1).
            recovery.onApplicationData(nowNs);
        }
        if (window > tcb.maxSndWnd) {
            tcb.maxSndWnd = window;
            mss.onWindow(window);
        }
        return true;
    }

    /** The application chose the buffer's size (SO_SNDBUF): it is not tuned any more. */
    void fixBuffer(final int bytes) {
        tuned = false;
        fixedBytes = bytes;
        buffer.capacity(bytes);
    }

    /** An image's application may write as far ahead of the peer as the one on the host that leads, and be told of room in time. */
    void lend(final int bytes) {
        buffer.capacity(bytes);
        lentUntil = Long.MAX_VALUE;
    }

    /** The connection goes on here: it needs the larger buffer until its application has written up to that offset again. */
    void takeBackFrom(final long offset) {
        lentUntil = Math.min(lentUntil, offset);
    }

    /** Gives the buffer the size again that it may have. Were it kept, it would grow by half with every host that takes over. */
    void takeBack() {
        if (buffer.tail() >= lentUntil) {
            lentUntil = Long.MAX_VALUE;
            buffer.capacity(Math.min(buffer.capacity(), tuned ? maxBufferBytes : fixedBytes));
        }
    }

    /** Room for twice the congestion window, so that the application can refill while a window is in flight. */
    private void expandBuffer() {
        if (!tuned) {
            return;
        }
        final long wanted = 2L * congestion.cwnd() * mss.full();
        if (wanted > buffer.capacity()) {
            buffer.capacity((int) Math.min(wanted, maxBufferBytes));
        }
    }
}
