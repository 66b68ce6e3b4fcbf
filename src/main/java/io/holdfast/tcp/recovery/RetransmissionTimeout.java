package io.holdfast.tcp.recovery;

import io.holdfast.tcp.congestion.CongestionControl;

/**
 * Nothing was acknowledged for an RTO: data in flight counts as lost, and the window starts again at one segment (RFC 5681
 * 3.1, RFC 5682 for F-RTO, RFC 2018 8 for a peer that takes its SACKs back). Owner's thread only.
 */
final class RetransmissionTimeout {
    private final SenderState state;
    private final Scoreboard board;
    private final Rack rack;
    private final WindowReduction reduction;
    private final Undo undo;

    RetransmissionTimeout(final SenderState state, final Scoreboard board, final Rack rack, final WindowReduction reduction,
        final Undo undo) {
        this.state = state;
        this.board = board;
        this.rack = rack;
        this.reduction = reduction;
        this.undo = undo;
    }

    /** Handles the timeout. Afterwards the head may be sent again, and the other records marked lost as the window grows. */
    void enterLoss(final CongestionControl congestion, final long nowNs) {
        final RecoveryState before = state.state;
        markAllLost(nowNs);
        // Once a window: not again for what a reduction has dealt with.
        if (before.code() <= RecoveryState.DISORDER.code() || state.highSeq <= state.sndUna
            || before == RecoveryState.LOSS && state.timeouts == 0) {
            state.priorSsthresh = reduction.currentSsthresh(congestion);
            state.priorCwnd = congestion.cwnd();
            congestion.ssthresh(congestion.ssthreshOnCongestion(nowNs, board.inFlight()));
            undo.begin();
        }
        congestion.cwnd(board.inFlight() + 1);
        state.cwndStampNs = nowNs;
        // Many duplicates, and yet a timeout: reordering was believed to be larger than it is.
        if (before.code() <= RecoveryState.DISORDER.code() && board.sackedOut >= SenderState.DUP_THRESH) {
            state.reordering = Math.min(state.reordering, SenderState.DUP_THRESH);
        }
        congestion.onTimeout(nowNs);
        state.state = RecoveryState.LOSS;
        state.highSeq = state.sndNxt;
        state.tlpHighSeq = SenderState.NONE;
        state.frto = before.code() < RecoveryState.RECOVERY.code() || state.timeouts > 0;
    }

    private void markAllLost(final long nowNs) {
        final boolean reneged = (board.flags[board.slotAt(0)] & Scoreboard.SACKED) != 0;
        if (reneged) {
            state.count(RecoveryEvent.SACK_RENEGING, 1);
        } else if (!state.sack) {
            board.sackedOut = 0;
        }
        for (int index = 0; index < board.count(); index++) {
            final int slot = board.slotAt(index);
            if (reneged) {
                board.clearSacked(slot);
            } else if (index > 0 && rack.remainingNs(slot, 0, nowNs) > 0) {
                // Sent a moment ago: its acknowledgement may be on its way.
                continue;
            }
            state.count(RecoveryEvent.LOST_RETRANSMIT, board.markLost(slot));
        }
    }
}
