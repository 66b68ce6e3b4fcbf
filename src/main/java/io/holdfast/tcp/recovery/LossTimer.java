package io.holdfast.tcp.recovery;

import io.holdfast.util.Deadline;

/**
 * The only timer of the transmit side. At any time it is one of three: retransmission timeout (RFC 6298), tail loss
 * probe or reordering timeout (RFC 8985).
 */
final class LossTimer {
    /** Meaning of the timer's deadline. */
    enum Kind { NONE, RETRANSMIT, PROBE, REORDER }

    /** Slack for an acknowledgement that is about to come. */
    static final long MIN_TIMEOUT_NS = 2_000_000;
    static final int MAX_BACKOFF = 63;

    private final SenderState state;
    private final Scoreboard board;
    private final RttEstimator rtt;
    private Kind kind = Kind.NONE;
    private long deadlineNs = Deadline.NONE;
    private long rtoNs = RttEstimator.INITIAL_RTO_NS;
    private int backoff;

    LossTimer(final SenderState state, final Scoreboard board, final RttEstimator rtt) {
        this.state = state;
        this.board = board;
        this.rtt = rtt;
    }

    Kind kind() {
        return kind;
    }

    long deadlineNs() {
        return deadlineNs;
    }

    /** RTO, backed off. */
    long rtoNs() {
        return rtoNs;
    }

    int backoff() {
        return backoff;
    }

    /** Sets RTO and backoff by a valid sample (RFC 6298 5.7 and Karn). */
    void onRttSample() {
        rtoNs = rtt.rtoNs();
        backoff = 0;
    }

    /** Doubles the RTO and starts it (RFC 6298 5.5, 5.6). */
    void backOff(final long nowNs) {
        backoff = Math.min(backoff + 1, MAX_BACKOFF);
        rtoNs = Math.min(rtoNs << 1, RttEstimator.MAX_RTO_NS);
        start(Kind.RETRANSMIT, nowNs + rtoNs);
    }

    void stop() {
        kind = Kind.NONE;
        deadlineNs = Deadline.NONE;
    }

    /** A wait of one kind is over or no longer counts: {@link #rearm} starts from now. */
    void forgetKind() {
        kind = Kind.NONE;
    }

    void start(final Kind what, final long atNs) {
        kind = what;
        deadlineNs = atNs;
    }

    /** Starts the RTO: from the head's transmission if a probe or reordering timeout was pending, else from now. */
    void rearm(final long nowNs) {
        if (board.packetsOut == 0) {
            stop();
            return;
        }
        long waitNs = rtoNs;
        if (kind == Kind.PROBE || kind == Kind.REORDER) {
            waitNs = Math.max(1_000, headTimeoutNs() - nowNs);
        }
        start(Kind.RETRANSMIT, nowNs + waitNs);
    }

    /** Arms the timer after progress: for a probe if one may be sent, else for the RTO. */
    void restart(final long nowNs) {
        if (!scheduleProbe(nowNs, true)) {
            rearm(nowNs);
        }
    }

    void startReordering(final long nowNs, final long waitNs) {
        start(Kind.REORDER, nowNs + Math.min(waitNs + MIN_TIMEOUT_NS, rtoNs));
    }

    /**
     * Tail loss probe after two RTTs, and the peer's delayed acknowledgement if only one segment is out (RFC 8985 7.2).
     *
     * @param progress the RTO would start now, rather than run from the head's transmission
     */
    boolean scheduleProbe(final long nowNs, final boolean progress) {
        if (!state.sack || board.packetsOut == 0
            || state.state != RecoveryState.OPEN && state.state != RecoveryState.CWR) {
            return false;
        }
        long waitNs = RttEstimator.INITIAL_RTO_NS;
        if (rtt.hasSample()) {
            waitNs = (rtt.srtt8Us() >> 2) * 1_000 + (board.packetsOut == 1 ? rtt.minRtoNs() : MIN_TIMEOUT_NS);
        }
        final long rtoLeftNs = progress ? rtoNs : headTimeoutNs() - nowNs;
        if (rtoLeftNs > 0) {
            waitNs = Math.min(waitNs, rtoLeftNs);
        }
        start(Kind.PROBE, nowNs + Math.min(waitNs, rtoNs));
        return true;
    }

    private long headTimeoutNs() {
        return board.sentNs[board.slotAt(0)] + rtoNs;
    }
}
