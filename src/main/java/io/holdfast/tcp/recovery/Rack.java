package io.holdfast.tcp.recovery;

/**
 * RACK (RFC 8985): a segment is lost if another that was sent sufficiently later has been delivered. The reordering
 * window is a quarter of the minimum RTT, grows with D-SACKs and shrinks after 16 recoveries without.
 */
final class Rack {
    static final int PERSIST_RECOVERIES = 16;
    private static final int MAX_STEPS = 255;

    private final SenderState state;
    private final Scoreboard board;
    private final RttEstimator rtt;

    Rack(final SenderState state, final Scoreboard board, final RttEstimator rtt) {
        this.state = state;
        this.board = board;
        this.rtt = rtt;
    }

    static boolean sentAfter(final long sentNs, final long otherSentNs, final long end, final long otherEnd) {
        return sentNs > otherSentNs || sentNs == otherSentNs && end > otherEnd;
    }

    /** A record was delivered (RFC 8985 6.2, step 2). */
    void advance(final int slot, final long nowNs) {
        final long sentNs = board.sentNs[slot];
        final long end = board.end[slot];
        final long rttNs = nowNs - sentNs;
        if ((board.flags[slot] & (Scoreboard.RETRANSMITTED | Scoreboard.EVER_RETRANSMITTED)) != 0
            && rttNs / 1_000 < rtt.minRttUs()) {
            // Faster than the path: it was the original that arrived.
            return;
        }
        state.rackAdvanced = true;
        state.rackRttNs = rttNs;
        if (sentAfter(sentNs, state.rackSentNs, end, state.rackEnd)) {
            state.rackSentNs = sentNs;
            state.rackEnd = end;
        }
    }

    /** Step 4: how long to wait for late originals. */
    long reorderingWindowNs() {
        if (!state.reorderingSeen) {
            if (state.state.code() >= RecoveryState.RECOVERY.code()) {
                return 0;
            }
            if (board.sackedOut >= state.reordering) {
                return 0;
            }
        }
        final long smoothed = rtt.srtt8Us() >> 3;
        final long least = rtt.minRttUs();
        final long window = least == RttEstimator.UNKNOWN_US ? smoothed : (least >> 2) * state.rackSteps;
        return Math.min(window, smoothed) * 1_000;
    }

    /** Time until the record counts as lost; not positive if it does. */
    long remainingNs(final int slot, final long windowNs, final long nowNs) {
        return state.rackRttNs + windowNs - (nowNs - board.sentNs[slot]);
    }

    /**
     * Step 5: marks lost records.
     *
     * @return the longest time until another record may count as lost; 0 if there is none to wait for
     */
    long detectLoss(final long nowNs) {
        final long windowNs = reorderingWindowNs();
        long timeoutNs = 0;
        int slot = board.firstSent();
        while (slot != Scoreboard.NIL) {
            final int next = board.nextSent(slot);
            final int fate = board.flags[slot];
            if ((fate & Scoreboard.LOST) == 0 || (fate & Scoreboard.RETRANSMITTED) != 0) {
                if (!sentAfter(state.rackSentNs, board.sentNs[slot], state.rackEnd, board.end[slot])) {
                    break;
                }
                final long remaining = remainingNs(slot, windowNs, nowNs);
                if (remaining <= 0) {
                    state.count(RecoveryEvent.LOST_RETRANSMIT, board.markLost(slot));
                    board.unlink(slot);
                } else {
                    timeoutNs = Math.max(timeoutNs, remaining);
                }
            }
            slot = next;
        }
        return timeoutNs;
    }

    /** Adapts the reordering window, once a round trip (step 4, RACK_update_reo_wnd). */
    void updateWindow(final AckSample sample) {
        if (sample.priorDelivered == 0) {
            return;
        }
        if (sample.priorDelivered < state.rackLastDelivered) {
            state.rackDsackSeen = false;
        }
        if (state.rackDsackSeen) {
            state.rackSteps = Math.min(MAX_STEPS, state.rackSteps + 1);
            state.rackDsackSeen = false;
            state.rackLastDelivered = state.delivered;
            state.rackPersist = PERSIST_RECOVERIES;
        } else if (state.rackPersist == 0) {
            state.rackSteps = 1;
        }
    }
}
