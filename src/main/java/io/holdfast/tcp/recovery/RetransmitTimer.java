package io.holdfast.tcp.recovery;

import io.holdfast.util.Deadline;

/** One timer with three meanings, as in Linux: RTO, tail loss probe, reordering window (RFC 6298 5, RFC 8985 7). */
final class RetransmitTimer {
    enum Meaning {
        NONE, RTO, PROBE, REORDERING
    }

    /** Added to short timers, so that the tick of the peer's clock does not look like a loss. */
    static final long SLACK_NS = 2_000_000L;

    private final SenderState state;
    private final Scoreboard board;
    private final RttEstimator rtt;
    private Meaning meaning = Meaning.NONE;
    private long deadlineNs = Deadline.NONE;
    /** Doublings of the RTO; back to 0 with the next valid RTT sample (Karn). */
    private int backoff;

    RetransmitTimer(final SenderState state, final Scoreboard board, final RttEstimator rtt) {
        this.state = state;
        this.board = board;
        this.rtt = rtt;
    }

    long deadlineNs() {
        return deadlineNs;
    }

    Meaning meaning() {
        return meaning;
    }

    int backoff() {
        return backoff;
    }

    void resetBackoff() {
        backoff = 0;
    }

    void backOff() {
        backoff++;
    }

    long rtoNs() {
        return Math.min(RttEstimator.MAX_RTO_NS, rtt.rtoNs() << Math.min(backoff, 16));
    }

    void set(final Meaning what, final long atNs) {
        meaning = what;
        deadlineNs = atNs;
    }

    void stop() {
        set(Meaning.NONE, Deadline.NONE);
    }

    /** Until the first record's own timeout. */
    private long headTimeoutNs() {
        return board.sentNs[board.slotAt(0)] + rtoNs();
    }

    /** RTO from now; or from the first record's transmission if another meaning had taken the timer meanwhile. */
    void rearm(final long nowNs) {
        if (board.packetsOut == 0) {
            stop();
        } else if (meaning == Meaning.REORDERING || meaning == Meaning.PROBE) {
            set(Meaning.RTO, Math.max(headTimeoutNs(), nowNs + 1_000));
        } else {
            set(Meaning.RTO, nowNs + rtoNs());
        }
    }

    /**
     * A probe two round trips from now, if one may be sent at all (RFC 8985 7.2).
     *
     * @param advancing the RTO would start over now too
     */
    boolean scheduleProbe(final boolean advancing, final long nowNs) {
        if (board.packetsOut == 0 || !state.sack
            || state.state != LossRecovery.State.OPEN && state.state != LossRecovery.State.CWR) {
            return false;
        }
        long timeoutNs = RttEstimator.INITIAL_RTO_NS;
        if (rtt.hasSample()) {
            timeoutNs = (rtt.srtt8Us() >> 2) * 1_000 + (board.packetsOut == 1 ? rtt.minRtoNs() : SLACK_NS);
        }
        final long rtoLeftNs = advancing ? rtoNs() : headTimeoutNs() - nowNs;
        if (rtoLeftNs > 0) {
            timeoutNs = Math.min(timeoutNs, rtoLeftNs);
        }
        set(Meaning.PROBE, nowNs + timeoutNs);
        return true;
    }
}
