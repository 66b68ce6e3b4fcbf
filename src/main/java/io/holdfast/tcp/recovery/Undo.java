package io.holdfast.tcp.recovery;

import io.holdfast.tcp.congestion.CongestionControl;

/**
 * Takes a window reduction back that loss did not justify: the echo is older than the first retransmission (Eifel, RFC
 * 3522 and 4015), every retransmission was reported as a duplicate (D-SACK, RFC 3708), or nothing was sent again at all.
 */
final class Undo {
    private final SenderState state;
    private final Scoreboard board;

    Undo(final SenderState state, final Scoreboard board) {
        this.state = state;
        this.board = board;
    }

    void begin() {
        state.undoMarker = state.sndUna;
        // Retransmissions still out may yet bring D-SACKs; 0 would mean that all have been reported.
        state.undoRetrans = board.retransOut
            + (state.tlpHighSeq != SenderState.NONE && state.tlpRetransmitted ? 1 : 0);
        if (state.undoRetrans == 0) {
            state.undoRetrans = -1;
        }
    }

    /** The retransmission was not what brought this acknowledgement. */
    boolean originalDelivered(final AckSample sample) {
        if (state.retransStamped) {
            return sample.echoBefore(state.retransStamp);
        }
        // No stamp: nothing was sent again in this episode, so the acknowledgement was merely late. Without SACK the stamp is
        // also forgotten while the state is held at its end, which says nothing.
        return state.sack || state.sndUna < state.highSeq;
    }

    boolean possible(final AckSample sample) {
        return state.undoMarker != SenderState.NONE && (state.undoRetrans == 0 || originalDelivered(sample));
    }

    /** Whether something in flight, or the head, was sent again. */
    boolean anyRetransmitted() {
        return board.retransOut > 0 || board.count() > 0
            && (board.flags[board.slotAt(0)] & Scoreboard.EVER_RETRANSMITTED) != 0;
    }

    void forgetStampIfNoneOut() {
        if (!anyRetransmitted()) {
            state.retransStamped = false;
        }
    }

    /** Restores window and threshold; {@code unmark}: also unmarks the records marked lost. */
    void undo(final CongestionControl congestion, final boolean unmark, final long nowNs) {
        if (unmark) {
            for (int index = 0; index < board.count(); index++) {
                board.clearLost(board.slotAt(index));
            }
            board.lostOut = 0;
        }
        if (state.priorSsthresh != 0) {
            congestion.cwnd(Math.max(congestion.cwnd(), state.priorCwnd));
            if (state.priorSsthresh > congestion.ssthresh()) {
                congestion.ssthresh(state.priorSsthresh);
            }
            congestion.undo();
        }
        state.cwndStampNs = nowNs;
        state.undoMarker = SenderState.NONE;
        state.rackAdvanced = true;
    }
}
