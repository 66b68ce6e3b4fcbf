package io.holdfast.tcp.recovery;

import io.holdfast.tcp.congestion.CongestionControl;
import io.holdfast.util.Deadline;

/**
 * Everything the sender does about loss, from the handshake's end on: scoreboard, RTO with backoff, RACK-TLP (RFC 8985),
 * PRR (RFC 6937), recovery without SACK (RFC 6582), limited transmit (RFC 3042), F-RTO (RFC 5682), undo by timestamps
 * (RFC 3522, 4015) and by D-SACK. Behaves as Linux does where the RFCs leave a choice.
 *
 * <p>The connection asks {@link #hasRetransmission()} and {@link #newSegmentQuota()} whenever it may transmit, reports
 * what it sent, and calls {@link #onDeadline} when {@link #deadlineNs()} has come. SYN and persist timers are the
 * connection's own business. Owner's thread only.
 */
public final class LossRecovery {
    /** What the sender is doing about loss; numbers are Linux's {@code tcpi_ca_state}. */
    public enum State {
        /** Nothing is amiss. */
        OPEN(0),
        /** Duplicates or SACK ranges arrived; not yet a loss. */
        DISORDER(1),
        /** The window is being reduced without a loss to repair. */
        CWR(2),
        /** Fast recovery. */
        RECOVERY(3),
        /** After a retransmission timeout. */
        LOSS(4);

        private final int code;

        State(final int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }
    }

    private final CongestionControl congestion;
    private final RttEstimator rtt;
    private final SenderState state = new SenderState();
    private final Scoreboard board = new Scoreboard();
    private final Rack rack;
    private final Reordering reordering;
    private final SackTagger tagger;
    private final RetransmitTimer timer;
    private final AckCleaner cleaner;
    private final Undo undo;
    private final WindowUse use;
    private final AckSample sample = new AckSample();

    private long nowNs;
    private boolean probeDue;
    /** F-RTO's step 2.b: new data goes first, what was marked lost waits for the next acknowledgement. */
    private boolean newDataFirst;
    private boolean canSendNew;
    /** Something new left since {@link #onTransmitIdle}. */
    private boolean sentInBurst;
    private long firstTimeoutNs = Deadline.NONE;

    public LossRecovery(final CongestionControl congestion, final RttEstimator rtt) {
        this.congestion = congestion;
        this.rtt = rtt;
        rack = new Rack(state, board, rtt);
        reordering = new Reordering(state, board);
        tagger = new SackTagger(state, board, rack, reordering);
        timer = new RetransmitTimer(state, board, rtt);
        cleaner = new AckCleaner(state, board, rack, rtt, reordering, timer);
        undo = new Undo(state, board, congestion);
        use = new WindowUse(state, board, congestion, timer);
    }

    // --- beginning ---

    /** Whether the window starts over after an idle time (RFC 5681 4.1); before {@link #onEstablished}. */
    public void slowStartAfterIdle(final boolean on) {
        state.slowStartAfterIdle = on;
    }

    /** Who counts what happens; before {@link #onEstablished}. */
    public void listener(final RecoveryListener listener) {
        state.listener = listener;
    }

    /**
     * The handshake is over; nothing is in flight, offsets start at {@code sndNxt}.
     *
     * @param mss        payload bytes of a full segment (options taken off)
     * @param sack       both sides permitted SACK
     * @param timestamps both sides use timestamps
     */
    public void onEstablished(final int mss, final boolean sack, final boolean timestamps, final long sndNxt,
        final long now) {
        state.mss = mss;
        state.sack = sack;
        state.sndUna = sndNxt;
        state.sndNxt = sndNxt;
        state.initialWindow = Math.max(congestion.cwnd(), 1);
        state.cwndStampNs = now;
        state.lastSentNs = now;
    }

    /** The handshake's round trip, where Karn's rule allows it; directly after {@link #onEstablished}. */
    public void onHandshakeRtt(final long rttNs, final long now) {
        rtt.onSample(rttNs, now);
    }

    /** The payload bytes of a full segment changed (path MTU); what is sent from now on is counted by it. */
    public void mss(final int mss) {
        state.mss = mss;
    }

    /** The application closed: the FIN takes that offset, which is no byte of a segment. */
    public void finOffset(final long offset) {
        board.finOffset(offset);
    }

    /**
     * A router said that full segments do not fit: those in flight above {@code mss} are lost and to be sent again at
     * once, without a reduction of the window (Linux's tcp_simple_retransmit). Implies {@link #mss(int)}.
     */
    public void onPathMtuReduced(final int mss, final long now) {
        state.mss = mss;
        final int before = board.lostOut;
        for (int i = 0; i < board.count(); i++) {
            final int slot = board.slotAt(i);
            final int whole = Math.min((int) board.bytesOf(slot), board.segmentSize[slot]);
            if (whole > mss && (board.flags[slot] & Scoreboard.SACKED) == 0) {
                board.clearRetransmitted(slot);
                board.markLost(slot);
            }
        }
        if (board.lostOut == before) {
            return;
        }
        if (!state.sack) {
            reordering.limitDuplicates();
        }
        if (state.state != State.LOSS) {
            state.highSeq = state.sndNxt;
            congestion.ssthresh(use.currentSsthresh());
            state.priorSsthresh = 0;
            state.undoMarker = SenderState.NONE;
            enter(State.LOSS);
        }
    }

    // --- departure ---

    /** The application wrote: after a pause the window may start over. */
    public void onApplicationData(final long now) {
        use.onApplicationData(now);
    }

    /** {@code [start, end)} was sent for the first time, {@code start} being the previous end; a FIN counts one. */
    public void onSent(final long start, final long end, final int tsVal, final long now) {
        final int before = board.packetsOut;
        final int slot = board.append(start, end, state.mss, tsVal, now, state.delivered);
        state.sndNxt = end;
        state.lastSentNs = now;
        if (probeDue) {
            onProbeSent(false, now);
            return;
        }
        if (before == 0 || timer.meaning() == RetransmitTimer.Meaning.PROBE) {
            timer.rearm(now);
        }
        if (state.reducing()) {
            state.prrOut += board.segments[slot];
        }
        sentInBurst = true;
    }

    /** {@code [start, end)}, as given by {@link #retransmitStart()} or shorter from its start, was sent again. */
    public void onRetransmitted(final long start, final long end, final int tsVal, final long now) {
        final int index = cutOut(start, end);
        final int slot = board.slotAt(index);
        if (probeDue) {
            board.resent(slot, board.segmentSize[slot], tsVal, now, state.delivered);
            state.totalRetransmitted += board.segments[slot];
            state.count(RecoveryEvent.RETRANS_SEGS, board.segments[slot]);
            onProbeSent(true, now);
            return;
        }
        board.resent(slot, state.mss, tsVal, now, state.delivered);
        board.markRetransmitted(slot);
        final int segments = board.segments[slot];
        state.totalRetransmitted += segments;
        state.count(RecoveryEvent.RETRANS_SEGS, segments);
        state.count(state.state == State.LOSS ? RecoveryEvent.SLOW_START_RETRANS : RecoveryEvent.FAST_RETRANS, segments);
        if (!state.retransStamped) {
            state.retransStamped = true;
            state.retransStamp = tsVal;
        }
        state.undoRetrans = Math.max(0, state.undoRetrans) + segments;
        if (state.reducing()) {
            state.prrOut += segments;
        }
        if (index == 0) {
            if (firstTimeoutNs == Deadline.NONE && state.timeouts > 0) {
                firstTimeoutNs = now;
            }
            if (timer.meaning() != RetransmitTimer.Meaning.REORDERING) {
                timer.set(RetransmitTimer.Meaning.RTO, now + timer.rtoNs());
            }
        }
    }

    /** The record of exactly {@code [start, end)}, cut out of a longer one if need be. */
    private int cutOut(final long start, final long end) {
        int index = board.indexOf(start);
        int slot = board.slotAt(index);
        if (board.start[slot] < start && board.split(index, start, board.segmentSize[slot])) {
            index++;
            slot = board.slotAt(index);
        }
        if (board.end[slot] > end) {
            board.split(index, end, board.segmentSize[slot]);
        }
        return index;
    }

    private void onProbeSent(final boolean retransmission, final long now) {
        probeDue = false;
        state.tlpRetransmitted = retransmission;
        state.tlpHighSeq = state.sndNxt;
        state.count(RecoveryEvent.LOSS_PROBES, 1);
        timer.set(RetransmitTimer.Meaning.RTO, now + timer.rtoNs());
    }

    /** Transmission stopped: true if for lack of data or peer window rather than of congestion window (RFC 7661). */
    public void onTransmitIdle(final boolean applicationLimited, final long now) {
        if (sentInBurst) {
            sentInBurst = false;
            timer.scheduleProbe(false, now);
            use.onSent(!applicationLimited || board.inFlight() >= congestion.cwnd(), now);
        }
        if (newDataFirst && state.sndNxt <= state.highSeq) {
            // There was no new data after all: recover as after any timeout.
            newDataFirst = false;
            state.frto = false;
        }
    }

    // --- what may leave ---

    /** Something marked lost may be retransmitted now, within the congestion window. */
    public boolean hasRetransmission() {
        return board.lostOut > 0 && !newDataFirst && quota() > 0 && board.nextLost() >= 0;
    }

    private int quota() {
        return congestion.cwnd() - board.inFlight();
    }

    /** The next range to retransmit (at most the length of one original transmission); valid if {@link #hasRetransmission()}. */
    public long retransmitStart() {
        return board.start[board.slotAt(board.nextLost())];
    }

    public long retransmitEnd() {
        final int slot = board.slotAt(board.nextLost());
        final long most = (long) quota() * Math.min(state.mss, board.segmentSize[slot]);
        final long end = board.end[slot];
        final long cut = board.start[slot] + most;
        // A FIN behind the last byte goes with it.
        return cut >= end - 1 ? end : cut;
    }

    /** Full segments of new data that may leave now: the window less what is in flight, limited transmit included. */
    public int newSegmentQuota() {
        return Math.max(0, quota());
    }

    /**
     * A tail loss probe is due: the connection sends one segment of new data if it has some and the peer's window
     * allows, and calls {@link #onSent}; otherwise it retransmits the last segment sent and calls {@link #onRetransmitted}.
     */
    public boolean probeDue() {
        return probeDue;
    }

    /** The range that a probe without new data retransmits: the last segment in flight. */
    public long probeStart() {
        final int slot = board.slotAt(board.count() - 1);
        return board.start[slot] + (long) (board.segments[slot] - 1) * board.segmentSize[slot];
    }

    public long probeEnd() {
        return board.end[board.slotAt(board.count() - 1)];
    }

    // --- timers ---

    /** The earliest of RTO, TLP and RACK's reordering timer; {@code Deadline.NONE} if nothing is in flight. */
    public long deadlineNs() {
        return timer.deadlineNs();
    }

    /** The deadline has come (an early call is ignored). Afterwards there may be something to retransmit or a probe to send. */
    public void onDeadline(final long now) {
        if (!Deadline.expired(timer.deadlineNs(), now)) {
            return;
        }
        nowNs = now;
        switch (timer.meaning()) {
            case PROBE -> onProbeTimer(now);
            case REORDERING -> onReorderingTimer(now);
            case RTO -> onTimeout(now);
            default -> timer.stop();
        }
    }

    private void onProbeTimer(final long now) {
        if (state.tlpHighSeq != SenderState.NONE || board.packetsOut == 0) {
            // One probe an episode.
            timer.rearm(now);
        } else {
            timer.set(RetransmitTimer.Meaning.RTO, now + timer.rtoNs());
            probeDue = true;
        }
    }

    private void onReorderingTimer(final long now) {
        final int before = board.inFlight();
        rack.detectLoss(now);
        if (before != board.inFlight()) {
            if (state.state != State.RECOVERY) {
                enterRecovery();
                reduce(1, 0, false);
            }
        }
        if (timer.meaning() != RetransmitTimer.Meaning.RTO) {
            timer.rearm(now);
        }
    }

    /** RFC 6298 5.4-5.7 and RFC 5681 3.1, with F-RTO's first step (RFC 5682 3.1). */
    private void onTimeout(final long now) {
        if (board.packetsOut == 0) {
            timer.stop();
            return;
        }
        state.count(RecoveryEvent.TIMEOUTS, 1);
        probeDue = false;
        newDataFirst = false;
        final boolean fresh = state.state.code() < State.RECOVERY.code();
        markLostByTimeout(now);
        if (state.state.code() <= State.DISORDER.code() || state.highSeq <= state.sndUna
            || state.state == State.LOSS && state.timeouts == 0) {
            state.priorSsthresh = use.currentSsthresh();
            state.priorCwnd = congestion.cwnd();
            congestion.ssthresh(congestion.ssthreshOnCongestion(now, board.inFlight()));
            congestion.onTimeout(now);
            undo.begin();
        }
        if (state.state.code() <= State.DISORDER.code() && board.sackedOut >= SenderState.DUP_THRESH) {
            state.reordering = Math.min(state.reordering, SenderState.DUP_THRESH);
        }
        congestion.cwnd(board.inFlight() + 1);
        enter(State.LOSS);
        state.highSeq = state.sndNxt;
        state.tlpHighSeq = SenderState.NONE;
        state.frto = fresh || state.timeouts > 0;
        state.timeouts++;
        timer.backOff();
        timer.set(RetransmitTimer.Meaning.RTO, now + timer.rtoNs());
    }

    private void markLostByTimeout(final long now) {
        final boolean reneging = (board.flags[board.slotAt(0)] & Scoreboard.SACKED) != 0;
        if (reneging) {
            state.count(RecoveryEvent.SACK_RENEGING, 1);
        } else if (!state.sack) {
            reordering.forgetDuplicates();
        }
        for (int i = 0; i < board.count(); i++) {
            final int slot = board.slotAt(i);
            if (reneging) {
                board.clearSacked(slot);
            } else if (i > 0 && state.sack && rack.remainingNs(slot, 0, now) > 0) {
                // Sent recently: not known to be lost yet.
                continue;
            }
            state.count(RecoveryEvent.LOST_RETRANSMIT, board.markLost(slot));
        }
    }

    // --- arrival ---

    /** An acceptable acknowledgement arrived (also one that acknowledges nothing new). */
    public void onAck(final AckEvent event, final long now) {
        nowNs = now;
        newDataFirst = false;
        canSendNew = event.canSendNew;
        sample.reset(event, state, board, now);
        final int packetsBefore = board.packetsOut;
        final long deliveredBefore = state.delivered;
        final long lostBefore = board.lostTotal;
        final boolean advanced = event.ack > state.sndUna;
        if (advanced) {
            sample.flags |= AckSample.UNA_ADVANCED;
            state.sndUna = event.ack;
            state.timeouts = 0;
            firstTimeoutNs = Deadline.NONE;
        }
        if (state.sack && (event.sackCount > 0 || event.dsack)) {
            tagger.tag(event, sample);
        }
        if (packetsBefore == 0) {
            if (sample.has(AckSample.DSACK)) {
                alert(0);
            }
            if (state.tlpHighSeq != SenderState.NONE) {
                onProbeAnswered(event.ack);
            }
            return;
        }
        cleaner.clean(sample, now);
        rack.updateWindow(sample);
        if (state.tlpHighSeq != SenderState.NONE) {
            onProbeAnswered(event.ack);
        }
        if (!sample.has(AckSample.NOT_DUPLICATE) || sample.has(AckSample.SACKED | AckSample.DSACK)
            || state.state != State.OPEN) {
            final boolean duplicate = !sample.has(AckSample.UNA_ADVANCED | AckSample.NOT_DUPLICATE | AckSample.DSACK);
            alert(duplicate ? 1 : 0);
        }
        if (sample.has(AckSample.SET_TIMER) && !timer.scheduleProbe(true, now)) {
            timer.rearm(now);
        }
        if (board.packetsOut == 0) {
            timer.stop();
            probeDue = false;
        }
        final int delivered = (int) (state.delivered - deliveredBefore);
        if (sample.rttUs >= 0) {
            congestion.onRttSample(now, sample.rttUs * 1_000, state.sndUna, state.sndNxt);
        }
        if (state.reducing()) {
            reduce(delivered, (int) (board.lostTotal - lostBefore), advanced);
        } else if (mayRaise() && use.limited()) {
            congestion.onAcked(now, delivered, sample.rttUs < 0 ? -1 : sample.rttUs * 1_000, state.sndUna, state.sndNxt);
        }
    }

    private boolean mayRaise() {
        return sample.has(state.reordering > SenderState.DUP_THRESH ? AckSample.PROGRESS : AckSample.ACKED);
    }

    /** What the tail loss probe's acknowledgement tells (RFC 8985 7.4). */
    private void onProbeAnswered(final long ack) {
        if (ack < state.tlpHighSeq) {
            return;
        }
        if (!state.tlpRetransmitted || sample.has(AckSample.DSACK_OF_PROBE)) {
            state.tlpHighSeq = SenderState.NONE;
        } else if (ack > state.tlpHighSeq) {
            // The probe repaired a loss: that counts as congestion all the same.
            beginReduction();
            enter(State.CWR);
            endReduction();
            keepOpen();
            state.count(RecoveryEvent.LOSS_PROBE_RECOVERY, 1);
        } else if (!sample.has(AckSample.UNA_ADVANCED | AckSample.NOT_DUPLICATE | AckSample.SACKED)) {
            state.tlpHighSeq = SenderState.NONE;
        }
    }

    // --- the state machine ---

    private void enter(final State next) {
        state.state = next;
    }

    /** The acknowledgement was suspicious, or the state is not OPEN: leave the state, then act in it. */
    private void alert(final int duplicates) {
        if (board.packetsOut == 0 && board.sackedOut > 0) {
            board.sackedOut = 0;
        }
        if (sample.has(AckSample.RENEGING)) {
            // The peer takes back what it reported: let a short timeout settle it.
            timer.set(RetransmitTimer.Meaning.RTO, nowNs + Math.max(rtt.srttNs() / 2, 10_000_000L));
            sample.flags &= ~AckSample.SET_TIMER;
            return;
        }
        if (state.state == State.OPEN) {
            state.retransStamped = false;
        } else if (state.sndUna >= state.highSeq && leave()) {
            return;
        }
        switch (state.state) {
            case RECOVERY -> inRecovery(duplicates);
            case LOSS -> inLoss(duplicates);
            default -> inOpen(duplicates);
        }
    }

    /** Everything that was in flight when the state began is acknowledged. Returns true if that is all for now. */
    private boolean leave() {
        switch (state.state) {
            case CWR -> {
                if (state.sndUna != state.highSeq) {
                    endReduction();
                    enter(State.OPEN);
                }
            }
            case RECOVERY -> {
                if (!state.sack) {
                    reordering.forgetDuplicates();
                }
                if (finishRecovery()) {
                    return true;
                }
                endReduction();
            }
            default -> {
            }
        }
        return false;
    }

    private void inRecovery(final int duplicates) {
        if (!sample.has(AckSample.UNA_ADVANCED)) {
            if (!state.sack && duplicates > 0) {
                reordering.addDuplicate();
            }
        } else if (undoPartial()) {
            return;
        }
        if (undo.byDuplicates()) {
            keepOpen();
        }
        identifyLoss();
        if (state.state != State.RECOVERY) {
            if (board.lostOut == 0) {
                tryOpen();
                return;
            }
            enterRecovery();
        }
    }

    private void inLoss(final int duplicates) {
        onLossAck(duplicates);
        identifyLoss();
        if (state.state != State.OPEN && !sample.has(AckSample.LOST_RETRANS)) {
            return;
        }
        if (state.state == State.OPEN && board.lostOut == 0) {
            tryOpen();
            return;
        }
        inOpen(duplicates);
    }

    private void inOpen(final int duplicates) {
        if (!state.sack) {
            if (sample.has(AckSample.UNA_ADVANCED)) {
                reordering.forgetDuplicates();
            }
            if (duplicates > 0) {
                reordering.addDuplicate();
            }
        }
        if (state.state.code() <= State.DISORDER.code()) {
            undo.byDuplicates();
        }
        identifyLoss();
        if (board.lostOut == 0) {
            tryOpen();
            return;
        }
        enterRecovery();
    }

    /** RFC 5682 3.1 after a timeout: spurious, or real and over, or go on. */
    private void onLossAck(final int duplicates) {
        final boolean recovered = state.sndUna >= state.highSeq;
        if (sample.has(AckSample.UNA_ADVANCED) && undoLoss(false)) {
            return;
        }
        if (state.frto) {
            if (sample.has(AckSample.ORIG_DELIVERED) && undoLoss(true)) {
                return;
            }
            if (state.sndNxt > state.highSeq) {
                if (sample.has(AckSample.SACKED) || duplicates > 0) {
                    state.frto = false;
                }
            } else if (sample.has(AckSample.UNA_ADVANCED) && !recovered) {
                state.highSeq = state.sndNxt;
                if (canSendNew) {
                    newDataFirst = true;
                    return;
                }
                state.frto = false;
            }
        }
        if (recovered) {
            finishRecovery();
            return;
        }
        if (!state.sack) {
            if (state.sndNxt > state.highSeq && duplicates > 0) {
                reordering.addDuplicate();
            } else if (sample.has(AckSample.UNA_ADVANCED)) {
                reordering.forgetDuplicates();
            }
        }
    }

    private boolean undoLoss(final boolean byForwardRto) {
        if (!byForwardRto && !undo.possible(sample)) {
            return false;
        }
        undo.undo(true);
        state.count(RecoveryEvent.LOSS_UNDO, 1);
        if (byForwardRto) {
            state.count(RecoveryEvent.SPURIOUS_RTOS, 1);
        }
        state.timeouts = 0;
        if (holdsState()) {
            return true;
        }
        if (byForwardRto || state.sack) {
            enter(State.OPEN);
        }
        return true;
    }

    /** Returns true if the state is to be held until more is acknowledged. */
    private boolean finishRecovery() {
        if (undo.possible(sample)) {
            state.count(state.state == State.LOSS ? RecoveryEvent.LOSS_UNDO : RecoveryEvent.FULL_UNDO, 1);
            undo.undo(false);
        } else if (state.rackPersist > 0) {
            state.rackPersist--;
        }
        if (holdsState()) {
            return true;
        }
        final boolean wasReducing = state.reducing();
        if (wasReducing) {
            endReduction();
        }
        enter(State.OPEN);
        congestion.onRecoveryExit(nowNs);
        return false;
    }

    /** Without SACK, duplicates of the last window must not start a second recovery (RFC 6582 4.1). */
    private boolean holdsState() {
        if (!state.sack && state.sndUna == state.highSeq) {
            undo.forgetStampIfUnused();
            return true;
        }
        return false;
    }

    /** A partial acknowledgement in recovery. Returns true if nothing more is to be marked lost now. */
    private boolean undoPartial() {
        if (state.undoMarker == SenderState.NONE || !undo.originalArrived(sample)) {
            return false;
        }
        reordering.onLate(sample.priorUna, RecoveryEvent.TS_REORDER);
        if (board.retransOut > 0) {
            return true;
        }
        undo.forgetStampIfUnused();
        state.count(RecoveryEvent.PARTIAL_UNDO, 1);
        undo.undo(true);
        keepOpen();
        return false;
    }

    private void identifyLoss() {
        if (board.count() == 0) {
            return;
        }
        if (!state.sack) {
            final boolean advanced = sample.has(AckSample.UNA_ADVANCED);
            if (state.state.code() < State.RECOVERY.code() && board.sackedOut >= state.reordering
                || state.state == State.RECOVERY && advanced) {
                markHeadLost();
            }
            return;
        }
        if (!state.rackAdvanced) {
            return;
        }
        state.rackAdvanced = false;
        final int before = board.retransOut;
        final long timeoutNs = rack.detectLoss(nowNs);
        if (timeoutNs > 0) {
            final long inNs = Math.min(timeoutNs + RetransmitTimer.SLACK_NS, timer.rtoNs());
            timer.set(RetransmitTimer.Meaning.REORDERING, nowNs + inNs);
            sample.flags &= ~AckSample.SET_TIMER;
        }
        if (before > board.retransOut) {
            sample.flags |= AckSample.LOST_RETRANS;
        }
    }

    /** NewReno: one segment a round trip (RFC 6582 3.2). */
    private void markHeadLost() {
        final int slot = board.slotAt(0);
        if ((board.flags[slot] & Scoreboard.LOST) != 0) {
            return;
        }
        if (board.segments[slot] > 1) {
            board.split(0, board.start[slot] + board.segmentSize[slot], board.segmentSize[slot]);
        }
        board.markLost(slot);
        reordering.limitDuplicates();
    }

    private void enterRecovery() {
        state.count(state.sack ? RecoveryEvent.SACK_RECOVERY : RecoveryEvent.RENO_RECOVERY, 1);
        undo.forgetStampIfUnused();
        state.priorSsthresh = 0;
        undo.begin();
        if (!state.reducing()) {
            state.priorSsthresh = use.currentSsthresh();
            beginReduction();
        }
        enter(State.RECOVERY);
    }

    // --- reduction of the window (RFC 6937) ---

    private void beginReduction() {
        state.highSeq = state.sndNxt;
        state.tlpHighSeq = SenderState.NONE;
        state.priorCwnd = congestion.cwnd();
        state.prrDelivered = 0;
        state.prrOut = 0;
        congestion.ssthresh(congestion.ssthreshOnCongestion(nowNs, board.inFlight()));
    }

    private void reduce(final int delivered, final int newlyLost, final boolean advanced) {
        if (delivered <= 0 || state.priorCwnd == 0) {
            return;
        }
        final int inFlight = board.inFlight();
        final int delta = congestion.ssthresh() - inFlight;
        state.prrDelivered += delivered;
        int send;
        if (delta < 0) {
            final long dividend = (long) congestion.ssthresh() * state.prrDelivered + state.priorCwnd - 1;
            send = (int) (dividend / state.priorCwnd) - state.prrOut;
        } else {
            send = Math.max(state.prrDelivered - state.prrOut, delivered);
            if (advanced && newlyLost == 0) {
                send++;
            }
            send = Math.min(delta, send);
        }
        // The first retransmission leaves at once.
        send = Math.max(send, state.prrOut > 0 ? 0 : 1);
        congestion.cwnd(inFlight + send);
    }

    private void endReduction() {
        if (congestion.ssthresh() < Integer.MAX_VALUE
            && (state.state == State.CWR || state.undoMarker != SenderState.NONE)) {
            congestion.cwnd(congestion.ssthresh());
            state.cwndStampNs = nowNs;
        }
        congestion.onRecoveryExit(nowNs);
    }

    private void tryOpen() {
        undo.forgetStampIfUnused();
        if (state.state != State.CWR) {
            keepOpen();
        }
    }

    private void keepOpen() {
        final boolean disorder = board.sackedOut + board.lostOut > 0 || undo.anyRetransmission();
        final State next = disorder ? State.DISORDER : State.OPEN;
        if (state.state != next) {
            enter(next);
            state.highSeq = state.sndNxt;
        }
    }

    // --- figures ---

    /** Consecutive timeouts without progress. */
    public int timeouts() {
        return state.timeouts;
    }

    /** Doublings of the timeout now in force (Karn: they outlast an acknowledgement that gave no sample). */
    public int backoff() {
        return timer.backoff();
    }

    /** When the first of the consecutive timeouts' retransmissions was sent; {@code Deadline.NONE} if there was none. */
    public long firstTimeoutNs() {
        return firstTimeoutNs;
    }

    /** The timeout in force, backoff included. */
    public long rtoNs() {
        return timer.rtoNs();
    }

    public State state() {
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
}
