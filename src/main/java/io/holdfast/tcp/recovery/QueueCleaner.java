package io.holdfast.tcp.recovery;

import io.holdfast.tcp.congestion.CongestionControl;

/** Takes acknowledged records off the scoreboard, and the RTT sample that comes with them (RFC 6298, Karn's rule). */
final class QueueCleaner {
    /** Echoes have millisecond grain: a sample below one says nothing finer. */
    private static final long ECHO_GRAIN_US = 1_000;

    private final SenderState state;
    private final Scoreboard board;
    private final RttEstimator rtt;
    private final Rack rack;
    private final Reordering reordering;
    private final LossTimer timer;

    QueueCleaner(final SenderState state, final Scoreboard board, final RttEstimator rtt, final Rack rack,
        final Reordering reordering, final LossTimer timer) {
        this.state = state;
        this.board = board;
        this.rtt = rtt;
        this.rack = rack;
        this.reordering = reordering;
        this.timer = timer;
    }

    void clean(final AckSample sample, final CongestionControl congestion) {
        long firstAckedNs = SenderState.NONE;
        long lastAckedNs = SenderState.NONE;
        long reordered = state.sndNxt;
        int acked = 0;
        boolean whole = true;
        while (board.count() > 0 && whole) {
            final int slot = board.slotAt(0);
            final long start = board.start[slot];
            final long end = board.end[slot];
            final int fate = board.flags[slot];
            int segments = board.segments[slot];
            if (end > state.sndUna) {
                if (segments == 1 || state.sndUna <= start) {
                    break;
                }
                segments -= board.segmentsOf(state.sndUna, end, board.segmentSize[slot]);
                if (segments <= 0) {
                    break;
                }
                whole = false;
            }
            if ((fate & (Scoreboard.RETRANSMITTED | Scoreboard.EVER_RETRANSMITTED)) != 0) {
                sample.flags |= AckSample.RETRANS_ACKED;
            } else if ((fate & Scoreboard.SACKED) == 0) {
                lastAckedNs = board.sentNs[slot];
                if (firstAckedNs == SenderState.NONE) {
                    firstAckedNs = lastAckedNs;
                }
                reordered = Math.min(reordered, start);
                if (end <= state.highSeq) {
                    sample.flags |= AckSample.ORIG_DELIVERED;
                }
            }
            if (state.sack && (fate & Scoreboard.SACKED) == 0) {
                state.delivered += segments;
                // An echo older than the retransmission: the original arrived, at a time that RACK does not know.
                if ((fate & Scoreboard.EVER_RETRANSMITTED) == 0 || !sample.echoBefore(board.tsVal[slot])) {
                    rack.advance(slot, sample.nowNs);
                }
            }
            acked += segments;
            sample.rate(board, slot);
            sample.flags |= AckSample.ACKED;
            if (whole) {
                board.removeHead();
            } else {
                board.trimHead(state.sndUna);
            }
        }
        if (board.count() > 0 && (board.flags[board.slotAt(0)] & Scoreboard.SACKED) != 0) {
            sample.flags |= AckSample.RENEGING;
        }
        final boolean sampled = sampleRtt(sample, firstAckedNs, lastAckedNs, acked == 1 && whole);
        if (sample.has(AckSample.ACKED)) {
            sample.flags |= AckSample.SET_TIMER;
            if (!state.sack) {
                reordering.removeDuplicates(acked);
                // Without SACK a cumulative acknowledgement does not tell an original from its retransmission.
                if (sample.has(AckSample.RETRANS_ACKED)) {
                    sample.flags &= ~AckSample.ORIG_DELIVERED;
                }
            } else if (reordered < sample.priorFack) {
                reordering.onLate(reordered, RecoveryEvent.SACK_REORDER);
            }
        } else if (sampled && board.count() > 0 && sample.firstSackedNs != SenderState.NONE
            && sample.firstSackedNs < board.sentNs[board.slotAt(0)]) {
            // Progress by SACK alone postpones the timeout only if the head was sent (again) later than the SACKed records.
            sample.flags |= AckSample.SET_TIMER;
        }
        if (sample.rttUs >= 0) {
            congestion.onRttSample(sample.nowNs, Math.max(1, sample.rttUs) * 1_000, state.sndUna, state.sndNxt);
        }
    }

    private boolean sampleRtt(final AckSample sample, final long firstAckedNs, final long lastAckedNs,
        final boolean lone) {
        final long nowNs = sample.nowNs;
        long smoothedUs = -1;
        long latestUs = -1;
        if (firstAckedNs != SenderState.NONE && !sample.has(AckSample.RETRANS_ACKED)) {
            smoothedUs = (nowNs - firstAckedNs) / 1_000;
            latestUs = (nowNs - lastAckedNs) / 1_000;
            if (lone && sample.priorSacked == 0 && state.sndUna - sample.priorUna < state.mss
                && sample.priorDelivered + 1 == state.delivered
                && !sample.has(AckSample.SACKED | AckSample.DSACK)) {
                sample.flags |= AckSample.MAYBE_DELAYED;
            }
        }
        if (sample.firstSackedNs != SenderState.NONE) {
            latestUs = (nowNs - sample.lastSackedNs) / 1_000;
            if (smoothedUs < 0) {
                smoothedUs = (nowNs - sample.firstSackedNs) / 1_000;
            }
        }
        if (smoothedUs < 0 && sample.echoed && sample.has(AckSample.ACKED)) {
            smoothedUs = Math.max(ECHO_GRAIN_US, (nowNs - sample.echoSentNs) / 1_000);
            latestUs = smoothedUs;
        }
        sample.rttUs = latestUs;
        if (smoothedUs < 0) {
            return false;
        }
        // A lone small segment's acknowledgement was probably delayed: it must not raise the minimum.
        if (!sample.has(AckSample.MAYBE_DELAYED) || latestUs <= rtt.minRttUs()) {
            rtt.onMinimum(latestUs, nowNs);
        }
        rtt.onSampleUs(smoothedUs, state.sndUna, state.sndNxt);
        timer.onRttSample();
        return true;
    }
}
