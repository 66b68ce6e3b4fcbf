package io.holdfast.tcp.recovery;

import io.holdfast.tcp.congestion.CongestionControl;

/**
 * Whether the flow uses its window: only then may it grow, and an unused one decays (RFC 2861 and 7661 as Linux has
 * them, RFC 5681 4.1 after idle).
 */
final class CwndUsage {
    private final SenderState state;
    private final Scoreboard board;
    private final WindowReduction reduction;

    CwndUsage(final SenderState state, final Scoreboard board, final WindowReduction reduction) {
        this.state = state;
        this.board = board;
        this.reduction = reduction;
    }

    boolean limited(final CongestionControl congestion) {
        // In slow start the window may reach twice the data in flight.
        return state.cwndLimited || congestion.inSlowStart() && congestion.cwnd() < 2 * state.maxPacketsOut;
    }

    /** A burst has left; {@code full}: for lack of window nothing more does. */
    void validate(final CongestionControl congestion, final boolean full, final boolean bufferFull, final long rtoNs,
        final long nowNs) {
        // The strongest sign within a window counts: limited at any moment, else the most that was out.
        if (state.sndUna >= state.usageSeq || full || !state.cwndLimited && board.packetsOut > state.maxPacketsOut) {
            state.cwndLimited = full;
            state.maxPacketsOut = board.packetsOut;
            state.usageSeq = state.sndNxt;
        }
        if (limited(congestion)) {
            state.cwndUsed = 0;
            state.cwndStampNs = nowNs;
            return;
        }
        state.cwndUsed = Math.max(state.cwndUsed, board.packetsOut);
        if (state.slowStartAfterIdle && nowNs - state.cwndStampNs >= rtoNs) {
            decay(congestion, bufferFull, nowNs);
        }
    }

    private void decay(final CongestionControl congestion, final boolean bufferFull, final long nowNs) {
        if (state.state == RecoveryState.OPEN && !bufferFull) {
            final int used = Math.max(state.cwndUsed, state.initialWindow);
            if (used < congestion.cwnd()) {
                congestion.ssthresh(reduction.currentSsthresh(congestion));
                congestion.cwnd(congestion.cwnd() + used >> 1);
            }
            state.cwndUsed = 0;
        }
        state.cwndStampNs = nowNs;
    }

    /** Data comes after {@code idleNs} without any: halves the window for each RTO of it, down to the initial one. */
    void restart(final CongestionControl congestion, final long idleNs, final long rtoNs, final long nowNs) {
        int cwnd = congestion.cwnd();
        final int floor = Math.min(state.initialWindow, cwnd);
        congestion.ssthresh(reduction.currentSsthresh(congestion));
        long left = idleNs - rtoNs;
        while (left > 0 && cwnd > floor) {
            cwnd >>= 1;
            left -= rtoNs;
        }
        congestion.cwnd(Math.max(cwnd, floor));
        state.cwndStampNs = nowNs;
        state.cwndUsed = 0;
    }
}
