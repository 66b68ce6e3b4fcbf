package io.holdfast.tcp.recovery;

import io.holdfast.tcp.congestion.CongestionControl;

/** Is the congestion window used? An unused one neither grows nor stays (RFC 7661 in spirit, RFC 5681 4.1, as Linux). */
final class WindowUse {
    private final SenderState state;
    private final Scoreboard board;
    private final CongestionControl congestion;
    private final RetransmitTimer timer;

    WindowUse(final SenderState state, final Scoreboard board, final CongestionControl congestion,
        final RetransmitTimer timer) {
        this.state = state;
        this.board = board;
        this.congestion = congestion;
        this.timer = timer;
    }

    /** The threshold that remembers what the path once bore. */
    int currentSsthresh() {
        return state.reducing() ? congestion.ssthresh()
            : Math.max(congestion.ssthresh(), (congestion.cwnd() >> 1) + (congestion.cwnd() >> 2));
    }

    boolean limited() {
        if (state.cwndLimited) {
            return true;
        }
        return congestion.inSlowStart() && congestion.cwnd() < 2 * state.maxPacketsOut;
    }

    /** A burst has left. */
    void onSent(final boolean cwndLimited, final long nowNs) {
        if (state.sndUna >= state.usageSeq || cwndLimited
            || !state.cwndLimited && board.packetsOut > state.maxPacketsOut) {
            state.cwndLimited = cwndLimited;
            state.maxPacketsOut = board.packetsOut;
            state.usageSeq = state.sndNxt;
        }
        if (limited()) {
            state.cwndUsed = 0;
            state.cwndStampNs = nowNs;
            return;
        }
        state.cwndUsed = Math.max(state.cwndUsed, board.packetsOut);
        if (state.slowStartAfterIdle && nowNs - state.cwndStampNs >= timer.rtoNs()) {
            onStarved(nowNs);
        }
    }

    private void onStarved(final long nowNs) {
        if (state.state == LossRecovery.State.OPEN) {
            final int used = Math.max(state.cwndUsed, state.initialWindow);
            if (used < congestion.cwnd()) {
                congestion.ssthresh(currentSsthresh());
                congestion.cwnd(congestion.cwnd() + used >> 1);
            }
            state.cwndUsed = 0;
        }
        state.cwndStampNs = nowNs;
    }

    /** The application has data again: after a pause the window is not believed any more. */
    void onApplicationData(final long nowNs) {
        if (!state.slowStartAfterIdle || board.packetsOut > 0 || state.lastSentNs == 0) {
            return;
        }
        long idleNs = nowNs - state.lastSentNs;
        final long rtoNs = timer.rtoNs();
        if (idleNs <= rtoNs) {
            return;
        }
        congestion.onIdleRestart(nowNs, idleNs);
        congestion.ssthresh(currentSsthresh());
        int cwnd = congestion.cwnd();
        final int least = Math.min(state.initialWindow, cwnd);
        for (idleNs -= rtoNs; idleNs > 0 && cwnd > least; idleNs -= rtoNs) {
            cwnd >>= 1;
        }
        congestion.cwnd(Math.max(cwnd, least));
        state.cwndStampNs = nowNs;
        state.cwndUsed = 0;
        // Once for each pause.
        state.lastSentNs = nowNs;
    }
}
