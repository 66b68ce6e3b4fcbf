package io.holdfast.tcp.recovery;

import io.holdfast.tcp.congestion.CongestionControl;

/** Reduces the window over a round trip: Proportional Rate Reduction (RFC 6937 with the later slow start reduction bound). */
final class WindowReduction {
    private final SenderState state;
    private final Scoreboard board;

    WindowReduction(final SenderState state, final Scoreboard board) {
        this.state = state;
        this.board = board;
    }

    void begin(final CongestionControl congestion, final long nowNs) {
        state.highSeq = state.sndNxt;
        state.tlpHighSeq = SenderState.NONE;
        state.priorCwnd = congestion.cwnd();
        state.prrDelivered = 0;
        state.prrOut = 0;
        congestion.ssthresh(congestion.ssthreshOnCongestion(nowNs, board.inFlight()));
    }

    /** Handles an acknowledgement during the reduction: the window follows data in flight towards the threshold. */
    void reduce(final CongestionControl congestion, final int delivered, final boolean newlyLost,
        final boolean advanced) {
        if (delivered <= 0 || state.priorCwnd == 0) {
            return;
        }
        final int inFlight = board.inFlight();
        final int room = congestion.ssthresh() - inFlight;
        state.prrDelivered += delivered;
        int send;
        if (room < 0) {
            final long share = ((long) congestion.ssthresh() * state.prrDelivered + state.priorCwnd - 1)
                / state.priorCwnd;
            send = (int) (share - state.prrOut);
        } else {
            send = Math.max(state.prrDelivered - state.prrOut, delivered);
            if (advanced && !newlyLost) {
                send++;
            }
            send = Math.min(room, send);
        }
        // The first retransmission leaves at once.
        send = Math.max(send, state.prrOut == 0 ? 1 : 0);
        congestion.cwnd(inFlight + send);
    }

    void end(final CongestionControl congestion, final long nowNs) {
        if (congestion.ssthresh() < Integer.MAX_VALUE
            && (state.state == RecoveryState.CWR || state.undoMarker != SenderState.NONE)) {
            congestion.cwnd(congestion.ssthresh());
            state.cwndStampNs = nowNs;
        }
        congestion.onRecoveryExit(nowNs);
    }

    /** The threshold a reduction may go back to: in a reduction the one reached already, else three quarters of cwnd. */
    int currentSsthresh(final CongestionControl congestion) {
        final int cwnd = congestion.cwnd();
        return state.reducing() ? congestion.ssthresh() : Math.max(congestion.ssthresh(), (cwnd >> 1) + (cwnd >> 2));
    }
}
