package io.holdfast.tcp.recovery;

import io.holdfast.tcp.congestion.CongestionControl;
import io.holdfast.util.Deadline;

/**
 * The sender's handling of loss, from the handshake's end on: scoreboard, RTO with backoff, RACK-TLP (RFC 8985),
 * PRR (RFC 6937), recovery without SACK (RFC 6582), limited transmit (RFC 3042), F-RTO (RFC 5682), undo by timestamps
 * (RFC 3522, 4015) and by D-SACK. Behaves as Linux's tcp_input.c and tcp_timer.c do where the RFCs leave a choice.
 *
 * <p>The connection asks {@link #hasRetransmission()}, then {@link #probeDue()}, then {@link #newSegmentQuota()} whenever
 * it may transmit, reports what it sent and, at the end, {@link #onTransmitIdle}; it calls {@link #onDeadline} when
 * {@link #deadlineNs()} has come, and {@link #onApplicationData} before data is added to an idle connection. SYN and
 * persist timers are the connection's own business. Owner's thread only; nothing is allocated per event.
 */
public final class LossRecovery {
    /** Segments sent again in one go at most: a super-segment. */
    private static final int MAX_BURST_BYTES = 65_536;

    private final SenderState state = new SenderState();
    private final Scoreboard board = new Scoreboard();
    private final AckSample sample = new AckSample();
    private final RttEstimator rtt;
    private final LossTimer timer;
    private final Rack rack;
    private final SackTagger tagger;
    private final QueueCleaner cleaner;
    private final Undo undo;
    private final WindowReduction reduction;
    private final CwndUsage usage;
    private final AckResponder responder;
    private final RetransmissionTimeout timeout;
    private final CongestionControl congestion;

    /** Records marked lost may be sent again, as far as the window allows. */
    private boolean retransmitPending;
    /** F-RTO: new data goes first; records marked lost wait for its acknowledgement. */
    private boolean newDataFirst;
    private boolean probeDue;
    private boolean sentSinceIdle;
    private long firstTimeoutNs = Deadline.NONE;

    public LossRecovery(final CongestionControl congestion, final RttEstimator rtt) {
        this.congestion = congestion;
        this.rtt = rtt;
        timer = new LossTimer(state, board, rtt);
        rack = new Rack(state, board, rtt);
        final Reordering reordering = new Reordering(state, board);
        tagger = new SackTagger(state, board, rack, reordering);
        cleaner = new QueueCleaner(state, board, rtt, rack, reordering, timer);
        undo = new Undo(state, board);
        reduction = new WindowReduction(state, board);
        usage = new CwndUsage(state, board, reduction);
        timeout = new RetransmissionTimeout(state, board, rack, reduction, undo);
        responder = new AckResponder(state, board, rtt, rack, reordering, reduction, undo, timer);
    }

    // --- settings ---

    /** Sets the listener that counts events; none by default. */
    public void listener(final RecoveryListener listener) {
        state.listener = listener;
    }

    /** Initial window (RFC 6928), segments: where idle decay stops, and where a new connection starts. 10 by default. */
    public void initialWindow(final int segments) {
        state.initialWindow = segments;
    }

    /** Whether an unused window decays (tcp_slow_start_after_idle); it does by default. */
    public void slowStartAfterIdle(final boolean decay) {
        state.slowStartAfterIdle = decay;
    }

    public CongestionControl congestion() {
        return congestion;
    }

    // --- the connection's life ---

    /** The handshake's round trip, if neither SYN nor its answer was sent again, or a timestamp tells. */
    public void onHandshakeRtt(final long rttNs, final long nowNs) {
        rtt.onSample(rttNs, nowNs);
        timer.onRttSample();
    }

    /**
     * The handshake is over; nothing is in flight, offsets start at {@code sndNxt}. Gives the congestion control its
     * initial window if it has none yet. A connection whose SYN or SYN-ACK was sent again more than once, and not
     * needlessly as a timestamp tells, sets the window to 1 afterwards (RFC 5681 3.1).
     *
     * @param mss        payload bytes of a full segment (options taken off)
     * @param sack       both sides permitted SACK
     * @param timestamps both sides use timestamps
     */
    public void onEstablished(final int mss, final boolean sack, final boolean timestamps, final long sndNxt,
        final long nowNs) {
        state.mss = mss;
        state.sack = sack;
        state.sndUna = sndNxt;
        state.sndNxt = sndNxt;
        state.highSeq = sndNxt;
        state.usageSeq = sndNxt;
        state.highestSack = sndNxt;
        state.cwndStampNs = nowNs;
        state.lastSentNs = nowNs;
        state.rackSentNs = SenderState.NONE;
        board.clear();
        board.sack = sack;
        timer.stop();
        if (!rtt.hasSample()) {
            rtt.fallBack();
        }
        timer.onRttSample();
        if (congestion.cwnd() == 0) {
            congestion.initialize(state.initialWindow);
        }
    }

    /** A full segment's payload bytes changed (path MTU, options). Records in flight are counted again when retransmitted. */
    public void mss(final int mss) {
        state.mss = mss;
    }

    /** A router said that only segments of {@code mss} bytes fit: larger ones are sent again (RFC 1191 6.5). */
    public void onPathMtuReduced(final int mss, final long nowNs) {
        state.mss = mss;
        for (int index = 0; index < board.count(); index++) {
            final int slot = board.slotAt(index);
            if (Math.min(board.bytesOf(slot), board.segmentSize[slot]) > state.mss) {
                board.markLost(slot);
            }
        }
        if (board.lostOut == 0) {
            return;
        }
        if (state.state != RecoveryState.LOSS) {
            // The window is not at fault: fewer bytes fit into as many segments anyway.
            state.highSeq = state.sndNxt;
            congestion.ssthresh(reduction.currentSsthresh(congestion));
            state.priorSsthresh = 0;
            state.undoMarker = SenderState.NONE;
            state.state = RecoveryState.LOSS;
        }
        retransmitPending = true;
    }

    // --- transmission ---

    /**
     * The application added data: if nothing is in flight and nothing was sent for an RTO, the window decays. Must be
     * called before the data is sent; cheap when it does not apply.
     */
    public void onApplicationData(final long nowNs) {
        if (state.slowStartAfterIdle && board.packetsOut == 0) {
            final long idleNs = nowNs - state.lastSentNs;
            if (idleNs > timer.rtoNs()) {
                usage.restart(congestion, idleNs, timer.rtoNs(), nowNs);
            }
        }
    }

    /** The FIN will be sent at this offset. It occupies an offset, but no payload. Must be called before it is sent. */
    public void finOffset(final long offset) {
        board.finOffset(offset);
    }

    /** {@code [start, end)} was sent for the first time, {@code start} being the previous end; a FIN counts one. */
    public void onSent(final long start, final long end, final int tsVal, final long nowNs) {
        final int packets = board.packetsOut;
        if (board.inFlight() == 0) {
            congestion.onIdleRestart(nowNs, nowNs - state.lastSentNs);
        }
        final int slot = board.append(start, end, state.mss, tsVal, nowNs, state.delivered);
        state.sndNxt = end;
        state.lastSentNs = nowNs;
        sentSinceIdle = true;
        newDataFirst = false;
        if (state.reducing()) {
            state.prrOut += board.segments[slot];
        }
        if (probeDue) {
            onProbe(false, nowNs);
            return;
        }
        if (packets == 0 || timer.kind() == LossTimer.Kind.PROBE) {
            timer.rearm(nowNs);
        }
        timer.scheduleProbe(nowNs, false);
    }

    /**
     * Another host sent the bytes up to {@code end}, from the offset at which this host begins, at about {@code sentNs}. Must be
     * called right after {@link #onEstablished}; the bytes do not include a FIN.
     */
    public void onInherited(final long end, final int tsVal, final long sentNs, final long nowNs) {
        final long step = Math.max(1, MAX_BURST_BYTES / state.mss) * (long) state.mss;
        for (long start = state.sndNxt; start < end && !board.full(); start += step) {
            state.sndNxt = Math.min(end, start + step);
            board.append(start, state.sndNxt, state.mss, tsVal, sentNs, state.delivered);
        }
        state.usageSeq = state.sndNxt;
        state.maxPacketsOut = board.packetsOut;
        state.cwndLimited = board.packetsOut >= congestion.cwnd();
        timer.rearm(nowNs);
        timer.scheduleProbe(nowNs, true);
    }

    /** {@code [start, end)}, as given by {@link #retransmitStart()} or shorter from its start, was sent again. */
    public void onRetransmitted(final long start, final long end, final int tsVal, final long nowNs) {
        final boolean probe = probeDue;
        int index = board.indexOf(start);
        if (index < board.count() && board.start[board.slotAt(index)] < start
            && board.segments[board.slotAt(index)] > 1) {
            cut(index, start);
            index = board.indexOf(start);
        }
        while (index < board.count() && board.start[board.slotAt(index)] < end) {
            final int slot = board.slotAt(index);
            if (board.end[slot] > end) {
                cut(index, end);
            }
            resend(slot, index == 0, probe, tsVal, nowNs);
            index++;
        }
        state.lastSentNs = nowNs;
        if (probe) {
            onProbe(true, nowNs);
        }
    }

    private void cut(final int index, final long at) {
        if (!board.split(index, at, board.segmentSize[board.slotAt(index)])) {
            state.count(RecoveryEvent.SCOREBOARD_LIMIT, 1);
        }
    }

    private void resend(final int slot, final boolean head, final boolean probe, final int tsVal, final long nowNs) {
        board.resent(slot, state.mss, tsVal, nowNs, state.delivered);
        final int segments = board.segments[slot];
        state.totalRetransmitted += segments;
        state.count(RecoveryEvent.RETRANS_SEGS, segments);
        if (probe) {
            return;
        }
        state.count(state.state == RecoveryState.LOSS ? RecoveryEvent.SLOW_START_RETRANS : RecoveryEvent.FAST_RETRANS, segments);
        board.markRetransmitted(slot);
        if (!state.retransStamped) {
            state.retransStamped = true;
            state.retransStamp = tsVal;
        }
        state.undoRetrans = Math.max(0, state.undoRetrans) + segments;
        if (state.reducing()) {
            state.prrOut += segments;
        }
        if (head && timer.kind() != LossTimer.Kind.REORDER) {
            timer.start(LossTimer.Kind.RETRANSMIT, nowNs + timer.rtoNs());
        }
    }

    private void onProbe(final boolean retransmitted, final long nowNs) {
        probeDue = false;
        state.tlpRetransmitted = retransmitted;
        state.tlpHighSeq = state.sndNxt;
        state.count(RecoveryEvent.LOSS_PROBES, 1);
        timer.forgetKind();
        timer.rearm(nowNs);
    }

    /** Returns whether a record marked lost may be retransmitted now, within the congestion window. */
    public boolean hasRetransmission() {
        return retransmitPending && !newDataFirst && board.retransOut < board.lostOut
            && congestion.cwnd() > board.inFlight() && board.nextLost() >= 0;
    }

    /** The next range to retransmit (at most the length of one original transmission); valid if {@link #hasRetransmission()}. */
    public long retransmitStart() {
        final int index = board.nextLost();
        final int slot = board.slotAt(index);
        if (board.start[slot] < state.sndUna) {
            board.trimBytes(slot, state.sndUna);
        }
        if (board.segments[slot] == 1) {
            board.collapse(index, state.mss);
        }
        return board.start[slot];
    }

    public long retransmitEnd() {
        final int slot = board.slotAt(board.nextLost());
        final int burst = Math.max(1, Math.min(congestion.cwnd() - board.inFlight(), MAX_BURST_BYTES / state.mss));
        final long bytes = (long) burst * state.mss;
        return board.bytesOf(slot) <= bytes ? board.end[slot] : board.start[slot] + bytes;
    }

    /** Returns the full segments of new data that may leave now: the window less data in flight, limited transmit included. */
    public int newSegmentQuota() {
        return board.full() ? 0 : Math.max(0, congestion.cwnd() - board.inFlight());
    }

    /** Returns whether F-RTO needs new data at once, whatever Nagle's algorithm says. */
    public boolean pushNewData() {
        return newDataFirst;
    }

    /**
     * Returns whether a tail loss probe is due. The connection then sends one segment of new data if it has some and the peer's
     * window allows, whatever the quota, and calls {@link #onSent}; otherwise it retransmits the last segment sent and calls
     * {@link #onRetransmitted}.
     */
    public boolean probeDue() {
        return probeDue && board.packetsOut > 0;
    }

    /** The range that a probe without new data retransmits: the last segment in flight. */
    public long probeStart() {
        final int slot = board.slotAt(board.count() - 1);
        if (board.start[slot] < state.sndUna && board.segments[slot] == 1) {
            // The peer has the first part of it, as from another host, or without its FIN.
            board.trimBytes(slot, state.sndUna);
        }
        final long whole = (long) (board.segments[slot] - 1) * board.segmentSize[slot];
        return board.segments[slot] > 1 && board.bytesOf(slot) > whole ? board.start[slot] + whole : board.start[slot];
    }

    public long probeEnd() {
        return board.end[board.slotAt(board.count() - 1)];
    }

    /** Transmission stopped: true if for lack of data or peer window rather than of congestion window (RFC 7661). */
    public void onTransmitIdle(final boolean applicationLimited, final long nowNs) {
        if (newDataFirst) {
            // The connection had no data for the probe: conventional recovery.
            newDataFirst = false;
            state.frto = false;
            retransmitPending = true;
        }
        final boolean full = board.inFlight() >= congestion.cwnd();
        if (sentSinceIdle || full && !applicationLimited) {
            usage.validate(congestion, full, false, timer.rtoNs(), nowNs);
        }
        sentSinceIdle = false;
    }

    // --- acknowledgement ---

    /** An acceptable acknowledgement arrived (also one that acknowledges nothing new). */
    public void onAck(final AckEvent event, final long nowNs) {
        final int packets = board.packetsOut;
        final long delivered = state.delivered;
        final long lost = board.lostTotal;
        sample.reset(event, state, board, nowNs);
        final boolean reports = state.sack && (event.sackCount > 0 || event.dsack);
        if (event.ack < state.sndUna) {
            if (reports) {
                tagger.tag(event, sample);
                apply(responder.respond(congestion, sample, false, event.canSendNew));
            }
            return;
        }
        if (event.ack > state.sndUna) {
            sample.flags |= AckSample.UNA_ADVANCED;
            state.sndUna = Math.min(event.ack, state.sndNxt);
            state.timeouts = 0;
            firstTimeoutNs = Deadline.NONE;
        }
        if (reports) {
            tagger.tag(event, sample);
        }
        if (packets == 0) {
            if (sample.has(AckSample.DSACK)) {
                responder.respond(congestion, sample, false, event.canSendNew);
            }
            onAckOfProbe(sample, nowNs);
            return;
        }
        cleaner.clean(sample, congestion);
        rack.updateWindow(sample);
        onAckOfProbe(sample, nowNs);
        AckResponder.Then then = AckResponder.Then.NOTHING;
        if (dubious(sample)) {
            final boolean duplicate = !sample.has(AckSample.UNA_ADVANCED | AckSample.NOT_DUPLICATE | AckSample.DSACK);
            then = responder.respond(congestion, sample, duplicate, event.canSendNew);
        }
        if (!state.sack && board.sackedOut + board.lostOut > board.packetsOut) {
            // Records marked lost only now cannot be among those that duplicates stood for.
            board.sackedOut = board.packetsOut - board.lostOut;
        }
        if (sample.has(AckSample.SET_TIMER)) {
            timer.restart(nowNs);
        }
        if (board.packetsOut == 0 || state.state != RecoveryState.OPEN && state.state != RecoveryState.CWR) {
            probeDue = false;
        }
        control((int) (state.delivered - delivered), board.lostTotal > lost, nowNs);
        apply(then);
    }

    private boolean dubious(final AckSample what) {
        return !what.has(AckSample.NOT_DUPLICATE) || what.has(AckSample.SACKED | AckSample.DSACK)
            || state.state != RecoveryState.OPEN;
    }

    private void apply(final AckResponder.Then then) {
        retransmitPending = then == AckResponder.Then.LOST;
        newDataFirst = then == AckResponder.Then.NEW;
    }

    /** Reduces or grows the window, once delivery and loss are known. */
    private void control(final int delivered, final boolean newlyLost, final long nowNs) {
        if (state.reducing()) {
            reduction.reduce(congestion, delivered, newlyLost, sample.has(AckSample.UNA_ADVANCED));
            return;
        }
        // With much reordering, delivery out of order lets the window grow, too.
        final int progress = state.reordering > SenderState.DUP_THRESH ? AckSample.PROGRESS : AckSample.ACKED;
        if (sample.has(progress) && usage.limited(congestion)) {
            congestion.onAcked(nowNs, delivered, sample.rttUs < 0 ? -1 : sample.rttUs * 1_000, state.sndUna,
                state.sndNxt);
        }
    }

    /** Was the tail that the probe repeated lost (RFC 8985 7.4.2)? */
    private void onAckOfProbe(final AckSample what, final long nowNs) {
        if (state.tlpHighSeq == SenderState.NONE || state.sndUna < state.tlpHighSeq) {
            return;
        }
        if (!state.tlpRetransmitted || what.has(AckSample.DSACK_OF_PROBE)) {
            state.tlpHighSeq = SenderState.NONE;
        } else if (state.sndUna > state.tlpHighSeq) {
            // The probe repaired a loss, which calls for a reduction all the same.
            reduction.begin(congestion, nowNs);
            state.state = RecoveryState.CWR;
            reduction.end(congestion, nowNs);
            responder.tryToKeepOpen();
            state.count(RecoveryEvent.LOSS_PROBE_RECOVERY, 1);
        } else if (!what.has(AckSample.UNA_ADVANCED | AckSample.NOT_DUPLICATE | AckSample.SACKED)) {
            // Original and probe both arrived.
            state.tlpHighSeq = SenderState.NONE;
        }
    }

    // --- time ---

    /** The earliest of RTO, TLP and RACK's reordering timer; {@code Deadline.NONE} if nothing is in flight. */
    public long deadlineNs() {
        return timer.deadlineNs();
    }

    /** The deadline has come (an early call is ignored). Afterwards there may be something to retransmit or a probe to send. */
    public void onDeadline(final long nowNs) {
        if (!Deadline.expired(timer.deadlineNs(), nowNs)) {
            return;
        }
        if (board.packetsOut == 0) {
            timer.stop();
            return;
        }
        switch (timer.kind()) {
            case PROBE:
                if (state.tlpHighSeq == SenderState.NONE) {
                    state.tlpRetransmitted = false;
                    probeDue = true;
                    timer.forgetKind();
                }
                timer.rearm(nowNs);
                break;
            case REORDER:
                onReorderingTimeout(nowNs);
                break;
            default:
                onTimeout(nowNs);
                break;
        }
    }

    private void onReorderingTimeout(final long nowNs) {
        final int inFlight = board.inFlight();
        rack.detectLoss(nowNs);
        if (inFlight != board.inFlight()) {
            if (state.state != RecoveryState.RECOVERY) {
                responder.enterRecovery(congestion, nowNs);
                reduction.reduce(congestion, 1, true, false);
            }
            retransmitPending = true;
        }
        timer.rearm(nowNs);
    }

    private void onTimeout(final long nowNs) {
        state.count(RecoveryEvent.TIMEOUTS, 1);
        timeout.enterLoss(congestion, nowNs);
        state.timeouts++;
        if (firstTimeoutNs == Deadline.NONE) {
            firstTimeoutNs = nowNs;
        }
        probeDue = false;
        newDataFirst = false;
        retransmitPending = true;
        timer.backOff(nowNs);
    }

    // --- what others want to know ---

    /** Doublings of the RTO in force (tcpi_backoff): ends with a valid RTT sample. */
    public int backoff() {
        return timer.backoff();
    }

    /** Timeouts since something new was acknowledged (tcpi_retransmits): what R1 and R2 are compared with. */
    public int timeouts() {
        return state.timeouts;
    }

    /** When the first of these timeouts came; {@code Deadline.NONE} if there was none. */
    public long firstTimeoutNs() {
        return firstTimeoutNs;
    }

    /** RTO with backoff, as TCP_INFO's. */
    public long rtoNs() {
        return timer.rtoNs();
    }

    public RecoveryState state() {
        return state.state;
    }

    /** Segments in flight: sent, less those delivered or lost, plus those sent again. */
    public int inFlight() {
        return board.inFlight();
    }

    // TCP_INFO, as Linux counts it, in segments.

    public int unacked() {
        return board.packetsOut;
    }

    public int sacked() {
        return board.sackedOut;
    }

    public int lost() {
        return board.lostOut;
    }

    /** Retransmitted and not yet delivered. */
    public int retransmitted() {
        return board.retransOut;
    }

    public int totalRetransmitted() {
        return state.totalRetransmitted;
    }

    public int reordering() {
        return state.reordering;
    }

    Scoreboard board() {
        return board;
    }
}
