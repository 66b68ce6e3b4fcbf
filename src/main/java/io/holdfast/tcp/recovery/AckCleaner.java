package io.holdfast.tcp.recovery;

/** Removes what was acknowledged cumulatively, and learns from it: RTT, RACK's newest delivery, reordering. */
final class AckCleaner {
    private final SenderState state;
    private final Scoreboard board;
    private final Rack rack;
    private final RttEstimator rtt;
    private final Reordering reordering;
    private final RetransmitTimer timer;

    AckCleaner(final SenderState state, final Scoreboard board, final Rack rack, final RttEstimator rtt,
        final Reordering reordering, final RetransmitTimer timer) {
        this.state = state;
        this.board = board;
        this.rack = rack;
        this.rtt = rtt;
        this.reordering = reordering;
        this.timer = timer;
    }

    /** {@link SenderState#sndUna} has been set; returns segments removed. */
    int clean(final AckSample sample, final long nowNs) {
        long firstNs = SenderState.NONE;
        long lastNs = SenderState.NONE;
        long late = state.sndNxt;
        int removed = 0;
        boolean whole = true;
        while (board.count() > 0 && whole) {
            final int slot = board.slotAt(0);
            final long start = board.start[slot];
            final long end = board.end[slot];
            if (state.sndUna < end) {
                if (board.segments[slot] == 1 || state.sndUna <= start) {
                    break;
                }
                whole = false;
            }
            final int fate = board.flags[slot];
            final int before = board.segments[slot];
            if ((fate & (Scoreboard.RETRANSMITTED | Scoreboard.EVER_RETRANSMITTED)) != 0) {
                sample.flags |= AckSample.RETRANS_ACKED;
            } else if ((fate & Scoreboard.SACKED) == 0) {
                lastNs = board.sentNs[slot];
                if (firstNs == SenderState.NONE) {
                    firstNs = lastNs;
                }
                late = Math.min(late, start);
                if (end <= state.highSeq) {
                    sample.flags |= AckSample.ORIG_DELIVERED;
                }
            }
            if (!whole) {
                final int size = board.segmentSize[slot];
                final long acked = start + (state.sndUna - start) / size * size;
                if (acked == start) {
                    break;
                }
                board.trimHead(acked);
            }
            final int acked = whole ? before : before - board.segments[slot];
            if ((fate & Scoreboard.SACKED) == 0 && state.sack) {
                state.delivered += acked;
                rack.advance(slot, nowNs);
            }
            removed += acked;
            sample.rate(board, slot);
            sample.flags |= AckSample.ACKED;
            if (whole) {
                board.removeHead();
            }
        }
        if (board.count() > 0 && board.start[board.slotAt(0)] < state.sndUna) {
            // Acknowledged in the middle of a segment: those bytes are gone, the segment still counts as one.
            board.trimBytes(board.slotAt(0), state.sndUna);
        }
        if (board.count() > 0 && (board.flags[board.slotAt(0)] & Scoreboard.SACKED) != 0) {
            sample.flags |= AckSample.RENEGING;
        }
        final boolean sampled = updateRtt(sample, firstNs, lastNs, removed, whole, nowNs);
        if (sample.has(AckSample.ACKED)) {
            sample.flags |= AckSample.SET_TIMER;
            if (!state.sack) {
                reordering.removeDuplicates(removed);
                if (sample.has(AckSample.RETRANS_ACKED)) {
                    sample.flags &= ~AckSample.ORIG_DELIVERED;
                }
            } else if (late < sample.priorFack) {
                reordering.onLate(late, RecoveryEvent.SACK_REORDER);
            }
        } else if (sampled && board.count() > 0 && sample.firstSackedNs != SenderState.NONE
            && nowNs - sample.firstSackedNs > nowNs - board.sentNs[board.slotAt(0)]) {
            // Only a sample from data sent before the head: otherwise the timeout would be put off for ever.
            sample.flags |= AckSample.SET_TIMER;
        }
        return removed;
    }

    private boolean updateRtt(final AckSample sample, final long firstNs, final long lastNs, final int removed,
        final boolean whole, final long nowNs) {
        long seqRttUs = -1;
        long pathRttUs = -1;
        if (firstNs != SenderState.NONE && !sample.has(AckSample.RETRANS_ACKED)) {
            seqRttUs = (nowNs - firstNs) / 1_000;
            pathRttUs = (nowNs - lastNs) / 1_000;
            if (removed == 1 && whole && sample.priorSacked == 0 && state.sndUna - sample.priorUna < state.mss
                && sample.priorDelivered + 1 == state.delivered && !sample.has(AckSample.SACKED | AckSample.DSACK)) {
                sample.flags |= AckSample.MAYBE_DELAYED;
            }
        }
        if (sample.firstSackedNs != SenderState.NONE) {
            pathRttUs = (nowNs - sample.lastSackedNs) / 1_000;
            if (seqRttUs < 0) {
                seqRttUs = (nowNs - sample.firstSackedNs) / 1_000;
            }
        }
        if (seqRttUs < 0 && sample.echoed && sample.has(AckSample.ACKED)) {
            seqRttUs = Math.max(1_000, (nowNs - sample.echoSentNs) / 1_000);
            pathRttUs = seqRttUs;
        }
        sample.rttUs = pathRttUs;
        if (seqRttUs < 0) {
            return false;
        }
        if (!sample.has(AckSample.MAYBE_DELAYED) || pathRttUs <= rtt.minRttUs()) {
            rtt.onMinimum(pathRttUs, nowNs);
        }
        rtt.onSampleUs(seqRttUs, state.sndUna, state.sndNxt);
        timer.resetBackoff();
        return true;
    }
}
