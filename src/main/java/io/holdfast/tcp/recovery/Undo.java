package io.holdfast.tcp.recovery;

import io.holdfast.tcp.congestion.CongestionControl;

/** Takes back reductions of the window that were needless (RFC 3522, 4015, 3708, 5682). */
final class Undo {
    private final SenderState state;
    private final Scoreboard board;
    private final CongestionControl congestion;

    Undo(final SenderState state, final Scoreboard board, final CongestionControl congestion) {
        this.state = state;
        this.board = board;
        this.congestion = congestion;
    }

    /** A reduction begins: from here it may be undone. */
    void begin() {
        state.undoMarker = state.sndUna;
        state.undoRetrans = board.retransOut > 0 ? board.retransOut : -1;
    }

    /** The segment that ended the hole was sent before the first retransmission. */
    boolean originalArrived(final AckSample sample) {
        return !state.retransStamped || sample.echoBefore(state.retransStamp);
    }

    boolean possible(final AckSample sample) {
        return state.undoMarker != SenderState.NONE && (state.undoRetrans == 0 || originalArrived(sample));
    }

    void undo(final boolean unmarkLoss) {
        if (unmarkLoss) {
            for (int i = 0; i < board.count(); i++) {
                board.clearLost(board.slotAt(i));
            }
        }
        if (state.priorSsthresh != 0) {
            congestion.undo();
            congestion.cwnd(Math.max(congestion.cwnd(), state.priorCwnd));
            congestion.ssthresh(Math.max(congestion.ssthresh(), state.priorSsthresh));
        }
        state.undoMarker = SenderState.NONE;
        state.rackAdvanced = true;
    }

    /** Every retransmission was reported as a duplicate. */
    boolean byDuplicates() {
        if (state.undoMarker == SenderState.NONE || state.undoRetrans != 0) {
            return false;
        }
        state.rackPersist = Math.min(Rack.PERSIST_RECOVERIES, state.rackPersist + 1);
        state.count(RecoveryEvent.DSACK_UNDO, 1);
        undo(false);
        return true;
    }

    boolean anyRetransmission() {
        return board.retransOut > 0
            || board.count() > 0 && (board.flags[board.slotAt(0)] & Scoreboard.EVER_RETRANSMITTED) != 0;
    }

    void forgetStampIfUnused() {
        if (!anyRetransmission()) {
            state.retransStamped = false;
        }
    }
}
