package io.holdfast.tcp;

import io.holdfast.counters.Counters;
import io.holdfast.counters.TcpCounter;
import io.holdfast.tcp.congestion.Pacer;
import io.holdfast.tcp.recovery.RttEstimator;
import io.holdfast.wire.TcpSegment;

/**
 * Departure: decides what leaves now and builds it. Every segment of a connection is built in {@link #depart}, so that
 * there is one place that says what it acknowledges, which window it tells and how far data may go. Order: reset, SYN,
 * retransmissions, probe, new data and FIN, bare acknowledgement.
 */
final class Output {
    /** Payload of the largest super-segment: with headers it must fit an IP packet. */
    static final int MAX_SUPER_SEGMENT_BYTES = 65_160;
    /** What RFC 7323 and 2018 leave for ranges beside a timestamp, and without one. */
    private static final int SACK_RANGES_WITH_TIMESTAMPS = 3;
    /** A paced super-segment is a millisecond's worth at most (as Linux). */
    private static final int PACED_BURSTS_PER_SECOND = 1_000;
    /** {@link #newDataBytes}: no data, but a FIN may go. */
    private static final int NOTHING_BUT_FIN = -1;
    private static final long MAX_UNSCALED = 65_535;

    private final Tcb tcb;
    private final Sender sender;
    private final Receiver receiver;
    private final TcpOptions options;
    private final TcpContext stack;
    private final Counters counters;
    private final Timers timers;
    private final OutputCommit commit;
    private final OutboundSegment out = new OutboundSegment();
    private final long[] sackStart = new long[TcpSegment.MAX_SACK_RANGES];
    private final long[] sackEnd = new long[TcpSegment.MAX_SACK_RANGES];

    /** This side sent the first SYN. */
    boolean activeOpen;
    /** The window scale offered, whether the peer takes it or not. */
    int offeredShift;
    /** A SYN or SYN-ACK is to be sent (again). */
    boolean synPending;
    /** This connection's own reset is to be sent; nothing else any more. */
    boolean resetPending;
    /** A reset that answers one odd segment and does not end the connection. */
    private boolean answerResetPending;
    private int answerResetSeq;
    /** What it acknowledges, if the segment had no ACK to take a sequence number from. */
    private boolean answerResetAcks;
    private int answerResetAck;
    /** In SYN-RECEIVED: an acknowledgement of the SYN without a SYN, for a segment that was not acceptable. */
    boolean handshakeAckPending;
    /** A bare segment with an old sequence number, to which a live peer must answer. */
    boolean aliveProbePending;
    /**
     * Where the peer says that it is, which is not believed yet: a bare acknowledgement from there tells it, if it spoke the
     * truth, where to go on, since it takes none from behind. {@link Tcb#NO_OFFSET} for none.
     */
    long claimPending = Tcb.NO_OFFSET;
    /** One segment past Nagle, silly-window avoidance or cork: their timer ran out. */
    boolean forcePartial;
    /** Bytes before this leave although corked. */
    private long flushedTo;
    /** Says when the next new data may leave; null if data is not paced. */
    private final Pacer pacer;
    /** Largest payload recovery was told about. */
    private int toldMss;
    /** Acknowledgement and window in the segment being built. */
    private long pendingAck;
    private long pendingWindow;

    Output(final Tcb tcb, final Sender sender, final Receiver receiver, final TcpOptions options, final TcpContext stack,
        final Timers timers) {
        this.tcb = tcb;
        this.sender = sender;
        this.receiver = receiver;
        this.options = options;
        this.stack = stack;
        this.counters = stack.counters;
        this.timers = timers;
        commit = sender.commit;
        pacer = stack.config.pacing ? new Pacer() : null;
    }

    /** Resets what this segment belongs to (RFC 9293 3.10.7.1). */
    void answerReset(final TcpSegment segment) {
        answerResetPending = true;
        answerResetAcks = !segment.has(TcpSegment.ACK);
        answerResetSeq = answerResetAcks ? 0 : segment.ack;
        answerResetAck = segment.seq + segment.sequenceLength();
    }

    /** What Nagle and cork hold back leaves; what is written from now on is held again. */
    void flushHeld() {
        flushedTo = sender.buffer.tail();
    }

    /** A reset must leave before the connection is forgotten. */
    boolean owesReset() {
        return resetPending || answerResetPending;
    }

    /** Cheap, and may be true although nothing can leave: {@link #poll} finds out. */
    boolean pending() {
        if (owesReset() && commit.mayReset() || (synPending || handshakeAckPending) && commit.mayAnswerSyn()
            || aliveProbePending || claimPending != Tcb.NO_OFFSET && mayAcknowledge()
            || receiver.acks.due() && mayAcknowledge()) {
            return true;
        }
        if (!tcb.state.maySendData()) {
            return false;
        }
        return sender.recovery.hasRetransmission() || sender.recovery.probeDue() || sender.recovery.pushNewData()
            || sender.hasUnsent() && !timers.armed(Timers.Kind.PACE) && (newDataBytes() != 0 || lacksPersistTimer());
    }

    /** Data waits, nothing is in flight whose acknowledgement would revive the sender, and no timer runs either. */
    private boolean lacksPersistTimer() {
        return !sender.inFlight() && !timers.armed(Timers.Kind.PERSIST);
    }

    /** Returns true if there is more to send, but the device was full or the budget spent. */
    boolean poll(final long nowNs, final SegmentSink sink, final int budgetBytes) {
        if (owesReset() && !commit.mayReset()) {
            return false;
        }
        if (answerResetPending) {
            begin(TcpSegment.RST, 0, nowNs);
            out.header.seq = answerResetSeq;
            out.header.window = 0;
            if (answerResetAcks) {
                out.header.flags |= TcpSegment.ACK;
                out.header.ack = answerResetAck;
            }
            if (!sink.transmit(out)) {
                return true;
            }
            answerResetPending = false;
            counters.increment(TcpCounter.OUT_RSTS);
        }
        if (resetPending) {
            // After a takeover: the peer may be beyond where this host is, and would not believe the reset. Its answer
            // to this says where it is, and is answered with one that it does believe.
            if (tcb.sndNxt < tcb.sndInherited && !sendBare(nowNs, sink, tcb.sndUna - 1)) {
                return true;
            }
            aliveProbePending = false;
            return !sendReset(nowNs, sink);
        }
        if (synPending && commit.mayAnswerSyn() && !sendSyn(nowNs, sink)) {
            return true;
        }
        if (handshakeAckPending && commit.mayAnswerSyn()) {
            if (!sendBare(nowNs, sink, tcb.sndNxt)) {
                return true;
            }
            handshakeAckPending = false;
        }
        boolean more = false;
        if (tcb.state.maySendData()) {
            more = sendData(nowNs, sink, budgetBytes);
        }
        if (claimPending != Tcb.NO_OFFSET && mayAcknowledge()) {
            if (!sendBare(nowNs, sink, claimPending)) {
                return true;
            }
            claimPending = Tcb.NO_OFFSET;
        }
        if (aliveProbePending) {
            if (!sendBare(nowNs, sink, tcb.sndUna - 1)) {
                return true;
            }
            aliveProbePending = false;
        }
        if (receiver.acks.due() && tcb.state.isSynchronized() && mayAcknowledge()) {
            more |= !sendAcks(nowNs, sink);
        }
        return more;
    }

    // --- one kind each ---

    private boolean sendReset(final long nowNs, final SegmentSink sink) {
        // After a takeover the peer has acknowledged more than this host has written again: most likely it stands there, and
        // believes it.
        final long seq = Math.max(tcb.sndSwallow, Math.min(tcb.sndNxt, Math.max(tcb.sndUna, tcb.sndWindowEnd())));
        begin(TcpSegment.RST | TcpSegment.ACK, seq, nowNs);
        if (!sink.transmit(out)) {
            return false;
        }
        resetPending = false;
        counters.increment(TcpCounter.OUT_RSTS);
        return true;
    }

    private boolean sendSyn(final long nowNs, final SegmentSink sink) {
        final boolean answer = tcb.state == TcpState.SYN_RECEIVED;
        begin(answer ? TcpSegment.SYN | TcpSegment.ACK : TcpSegment.SYN, Tcb.SYN_OFFSET, nowNs);
        final TcpSegment header = out.header;
        final TcpConfig own = stack.config;
        header.mss = tcb.advMss;
        // A SYN-ACK of crossing SYNs is our SYN again: it still offers all that we have (as Linux).
        header.sackPermitted = activeOpen ? own.sack : tcb.sack;
        header.timestamps = activeOpen ? own.timestamps : tcb.timestamps;
        header.tsVal = tcb.tsVal(nowNs);
        header.tsEcr = answer ? tcb.tsRecent : 0;
        header.windowScale = (activeOpen ? own.windowScaling : tcb.windowScaling) ? offeredShift
            : TcpSegment.NO_WINDOW_SCALE;
        header.window = (int) Math.min(tcb.rcvWnd, MAX_UNSCALED);
        if (!sink.transmit(out)) {
            return false;
        }
        synPending = false;
        if (tcb.sndNxt == Tcb.SYN_OFFSET) {
            tcb.sndNxt = 0;
            counters.increment(TcpCounter.OUT_SEGS);
        } else {
            counters.increment(TcpCounter.SYN_RETRANS);
        }
        if (answer) {
            tcb.lastAckSent = tcb.rcvNxt;
        }
        return true;
    }

    /** A bare acknowledgement with the given sequence offset. */
    private boolean sendBare(final long nowNs, final SegmentSink sink, final long seqOffset) {
        begin(TcpSegment.ACK, seqOffset, nowNs);
        if (!sink.transmit(out)) {
            return false;
        }
        counters.increment(TcpCounter.OUT_SEGS);
        departed();
        return true;
    }

    private boolean sendAcks(final long nowNs, final SegmentSink sink) {
        // A peer without SACK counts duplicates, so that each segment out of order is worth an ACK of its own.
        int n = receiver.acks.owed(!tcb.sack);
        final long seq = Math.min(tcb.sndNxt, Math.max(tcb.sndUna, tcb.sndWindowEnd()));
        while (n-- > 0) {
            if (!sendBare(nowNs, sink, seq)) {
                return false;
            }
        }
        return true;
    }

    // --- data ---

    private boolean sendData(final long nowNs, final SegmentSink sink, final int budgetBytes) {
        final int mss = mssNow();
        final int most = stack.site.segmentation() ? Math.max(mss, MAX_SUPER_SEGMENT_BYTES - MAX_SUPER_SEGMENT_BYTES % mss)
            : mss;
        int budget = budgetBytes;
        while (sender.recovery.hasRetransmission()) {
            final long start = sender.recovery.retransmitStart();
            if (start >= tcb.sndWindowEnd() && start != tcb.sndUna) {
                break;
            }
            final long end = Math.min(sender.recovery.retransmitEnd(), start + most);
            if (!sendAgain(start, end, mss, nowNs, sink)) {
                return true;
            }
            budget -= (int) (end - start);
            if (budget <= 0) {
                return true;
            }
        }
        if (sender.recovery.probeDue() && !sendProbe(mss, nowNs, sink)) {
            return true;
        }
        while (sender.hasUnsent()) {
            final int length = newDataBytes();
            if (length == 0) {
                break;
            }
            final int paced = paced(nowNs, most, mss);
            if (paced == 0) {
                break;
            }
            final int part = length == NOTHING_BUT_FIN ? 0 : Math.min(length, paced);
            if (!sendNew(part, mss, nowNs, sink)) {
                return true;
            }
            budget -= part;
            if (budget <= 0 && sender.hasUnsent()) {
                return true;
            }
        }
        afterData(nowNs);
        return false;
    }

    /** Bytes that pacing lets leave at once, full segments; 0 if their time has not come, and then a timer tells when. */
    private int paced(final long nowNs, final int most, final int mss) {
        if (pacer == null) {
            return most;
        }
        pacer.update(sender.congestion.cwnd(), sender.recovery.inFlight(), mss, sender.rtt.srttNs(),
            sender.congestion.inSlowStart());
        if (pacer.earliestNs() > nowNs) {
            timers.arm(Timers.Kind.PACE, pacer.earliestNs());
            return 0;
        }
        final long burst = Math.min(most, Math.max(2L * mss, pacer.rateBytes() / PACED_BURSTS_PER_SECOND));
        return (int) Math.max(mss, burst - burst % mss);
    }

    /**
     * How much new data may leave now: full segments within the congestion and the peer's window, and a smaller last one
     * if Nagle, cork and silly-window avoidance let it (RFC 9293 3.7.4, 3.8.6.2.1). 0 if nothing, {@link
     * #NOTHING_BUT_FIN} if only a FIN.
     */
    private int newDataBytes() {
        final int mss = mssNow();
        final long dataEnd = sender.end();
        final long unsent = dataEnd - tcb.sndNxt;
        final long window = tcb.sndWindowEnd() - tcb.sndNxt;
        if (unsent <= 0) {
            return tcb.sndNxt == sender.fin() && tcb.sndNxt <= sender.buffer.tail() && window > 0 ? NOTHING_BUT_FIN : 0;
        }
        final int quota = sender.recovery.newSegmentQuota();
        if (quota <= 0) {
            return 0;
        }
        long length = Math.min(unsent, (long) quota * mss);
        if (length > window) {
            length = forcePartial && window > 0 && window < mss ? window : window <= 0 ? 0 : window - window % mss;
        }
        final long tail = length % mss;
        if (tail != 0 && (length < unsent && !forcePartial || length == unsent && !mayBeSmall(dataEnd))) {
            length -= tail;
        }
        return (int) Math.min(length, Math.max(mss, MAX_SUPER_SEGMENT_BYTES));
    }

    /** May the stream's last bytes leave although they do not fill a segment? Nagle with Minshall's rule, as Linux. */
    private boolean mayBeSmall(final long dataEnd) {
        if (dataEnd == sender.fin() || forcePartial || dataEnd <= flushedTo) {
            return true;
        }
        if (options.cork) {
            return false;
        }
        return options.noDelay || tcb.sndSmall <= tcb.sndUna || sender.recovery.pushNewData();
    }

    private boolean sendNew(final int length, final int mss, final long nowNs, final SegmentSink sink) {
        final long start = tcb.sndNxt;
        final long end = start + length;
        final boolean fin = end == sender.fin() && tcb.sndWindowEnd() > end;
        final boolean last = end == sender.end();
        // A part that the timer lets go is pushed like an end, as Linux does.
        if (!depart(start, length, fin, last || forcePartial, mss, nowNs, sink)) {
            return false;
        }
        forcePartial = false;
        tcb.sndNxt = fin ? end + 1 : end;
        if (length % mss != 0) {
            tcb.sndSmall = end;
        }
        counters.add(TcpCounter.OUT_SEGS, Math.max(1, (length + mss - 1) / mss));
        sender.recovery.onSent(start, tcb.sndNxt, out.header.tsVal, nowNs);
        if (pacer != null) {
            pacer.onSent(length, nowNs);
        }
        if (length > 0) {
            receiver.acks.onDataSent(nowNs);
        }
        departed();
        return true;
    }

    private boolean sendAgain(final long start, final long end, final int mss, final long nowNs, final SegmentSink sink) {
        final boolean fin = end > tcb.sndFin;
        final long dataEnd = fin ? tcb.sndFin : end;
        final int length = (int) (dataEnd - start);
        if (!depart(start, length, fin, dataEnd == sender.buffer.tail(), mss, nowNs, sink)) {
            return false;
        }
        sender.recovery.onRetransmitted(start, end, out.header.tsVal, nowNs);
        departed();
        return true;
    }

    /** Tail loss probe: new data if there is some and the window allows, else the last segment again (RFC 8985 7.3). */
    private boolean sendProbe(final int mss, final long nowNs, final SegmentSink sink) {
        final long unsent = sender.end() - tcb.sndNxt;
        final long room = tcb.sndWindowEnd() - tcb.sndNxt;
        final long length = Math.min(unsent, mss);
        if (length > 0 && length <= room) {
            return sendNew((int) length, mss, nowNs, sink);
        }
        return sendAgain(sender.recovery.probeStart(), sender.recovery.probeEnd(), mss, nowNs, sink);
    }

    /** Nothing more can leave: tells recovery why, and arms the timer that keeps a blocked sender alive. */
    private void afterData(final long nowNs) {
        final boolean unsent = sender.hasUnsent();
        if (unsent && lacksPersistTimer()) {
            timers.arm(Timers.Kind.PERSIST, nowNs + probeIntervalNs());
        } else if (!unsent || sender.inFlight()) {
            timers.cancel(Timers.Kind.PERSIST);
        }
        sender.recovery.onTransmitIdle(!unsent || sender.recovery.newSegmentQuota() > 0, nowNs);
    }

    long probeIntervalNs() {
        final long base = Math.max(sender.rtt.rtoNs(), stack.config.minRtoMs * 1_000_000L);
        return Math.min(RttEstimator.MAX_RTO_NS, base << Math.min(sender.probeBackoff, 20));
    }

    /** Payload of a full segment now: ranges to report take room from it. Tells recovery when the size itself changed. */
    private int mssNow() {
        final int full = sender.mss.full();
        if (full != toldMss) {
            toldMss = full;
            sender.recovery.mss(full);
        }
        if (!receiver.hasSackRanges()) {
            return full;
        }
        final int n = receiver.sackRanges(sackStart, sackEnd, mostSackRanges(), commit.acknowledged(tcb.rcvNxt));
        return Math.max(8, full - 4 - 8 * n);
    }

    void establishedMss() {
        toldMss = sender.mss.full();
    }

    private int mostSackRanges() {
        return tcb.timestamps ? SACK_RANGES_WITH_TIMESTAMPS : TcpSegment.MAX_SACK_RANGES;
    }

    // --- the one door ---

    private boolean depart(final long start, final int length, final boolean fin, final boolean last, final int mss,
        final long nowNs, final SegmentSink sink) {
        int flags = TcpSegment.ACK;
        if (fin) {
            flags |= TcpSegment.FIN;
        }
        if (last && length > 0) {
            flags |= TcpSegment.PSH;
        }
        begin(flags, start, nowNs);
        if (length > 0) {
            out.payload = sender.buffer;
            out.position = start;
            out.length = length;
            out.segmentSize = length > mss ? mss : 0;
        }
        return sink.transmit(out);
    }

    /** Fills in what every segment has: numbers, window, timestamp, ranges. */
    private void begin(final int flags, final long seqOffset, final long nowNs) {
        out.clear();
        out.id = tcb.id;
        out.trafficClass = options.trafficClass;
        out.hopLimit = options.hopLimit;
        final TcpSegment header = out.header;
        header.sourcePort = tcb.id.localPort();
        header.destinationPort = tcb.id.remotePort();
        header.flags = flags;
        header.seq = tcb.seqOf(seqOffset);
        if ((flags & TcpSegment.ACK) == 0) {
            return;
        }
        pendingAck = acknowledgeable();
        header.ack = tcb.ackOf(pendingAck);
        if ((flags & TcpSegment.SYN) != 0) {
            return;
        }
        pendingWindow = window(pendingAck);
        header.window = (int) (pendingWindow >> tcb.rcvWindowShift);
        if (tcb.timestamps) {
            header.timestamps = true;
            header.tsVal = tcb.tsVal(nowNs);
            header.tsEcr = tcb.tsRecent;
        }
        if (receiver.hasSackRanges()) {
            final int n = receiver.sackRanges(sackStart, sackEnd, mostSackRanges(), pendingAck);
            for (int i = 0; i < n; i++) {
                header.sackStart[i] = tcb.ackOf(sackStart[i]);
                header.sackEnd[i] = tcb.ackOf(sackEnd[i]);
            }
            header.sackCount = n;
        }
    }

    /**
     * The window to tell with that acknowledgement. Where it is held back (C1), the edge is told and not the size, rounded up
     * so that it never goes left (C4).
     */
    private long window(final long ack) {
        final long fresh = receiver.selectWindow();
        if (!commit.gated()) {
            return fresh;
        }
        final long edge = Math.max(tcb.rcvWup + tcb.rcvWnd, commit.edge(tcb.rcvNxt + fresh));
        final long unit = 1L << tcb.rcvWindowShift;
        return Math.min(Math.max(0, edge - ack) + unit - 1 & -unit, MAX_UNSCALED << tcb.rcvWindowShift);
    }

    /**
     * C1, C4: what is acknowledged now. Nothing new if the edge, rounded up once more from there, would be beyond what the log
     * allows: as the log goes on, so does the edge.
     */
    private long acknowledgeable() {
        final long ack = commit.acknowledged(tcb.rcvNxt);
        return commit.gated() && !commit.mayTell(ack + window(ack), 1L << tcb.rcvWindowShift) ? tcb.rcvWup : ack;
    }

    /**
     * C1, C5, C6: would an acknowledgement now say something, or only repeat what was said, as a duplicate, while the rest waits
     * for the backup? It stays owed then.
     */
    private boolean mayAcknowledge() {
        if (!commit.gated()) {
            return true;
        }
        final long ack = acknowledgeable();
        return ack > tcb.rcvWup || ack == tcb.rcvNxt && (receiver.stored == null || !receiver.stored.newsHeld());
    }

    /** The segment built last is on the wire: what it told is told. */
    private void departed() {
        tcb.rcvWnd = pendingWindow;
        tcb.rcvWup = pendingAck;
        tcb.rcvEdge = Math.max(tcb.rcvEdge, tcb.rcvWup + tcb.rcvWnd);
        // Not what it said, where that was held back: timestamps go on as if it had been said in time.
        tcb.lastAckSent = tcb.rcvNxt;
        receiver.onAckSent();
        if (pendingAck < tcb.rcvNxt) {
            receiver.acks.owesNow();
        }
    }
}
