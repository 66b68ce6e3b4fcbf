package io.holdfast.tcp.recovery;

import io.holdfast.tcp.congestion.CongestionControl;

/**
 * The congestion state machine: what an acknowledgement that is not plain progress does to Open, Disorder, CWR, Recovery
 * and Loss (RFC 5681, 6582, 6675, 5682, 8985, in Linux's arrangement).
 */
final class AckResponder {
    /** Transmissions that an acknowledgement allows. */
    enum Then { NOTHING, LOST, NEW }

    private final SenderState state;
    private final Scoreboard board;
    private final RttEstimator rtt;
    private final Rack rack;
    private final Reordering reordering;
    private final WindowReduction reduction;
    private final Undo undo;
    private final LossTimer timer;
    private Then then = Then.NOTHING;

    AckResponder(final SenderState state, final Scoreboard board, final RttEstimator rtt, final Rack rack,
        final Reordering reordering, final WindowReduction reduction, final Undo undo, final LossTimer timer) {
        this.state = state;
        this.board = board;
        this.rtt = rtt;
        this.rack = rack;
        this.reordering = reordering;
        this.reduction = reduction;
        this.undo = undo;
        this.timer = timer;
    }

    Then respond(final CongestionControl congestion, final AckSample sample, final boolean duplicate,
        final boolean canSendNew) {
        then = Then.NOTHING;
        if (board.packetsOut == 0) {
            board.sackedOut = 0;
        }
        if (reneging(sample) || leave(congestion, sample)) {
            return then;
        }
        boolean enter;
        switch (state.state) {
            case RECOVERY:
                if (!inRecovery(congestion, sample, duplicate)) {
                    return then;
                }
                enter = state.state != RecoveryState.RECOVERY;
                break;
            case LOSS:
                inLoss(congestion, sample, duplicate, canSendNew);
                identifyLoss(sample);
                if (state.state != RecoveryState.OPEN && !sample.has(AckSample.LOST_RETRANS)) {
                    return then;
                }
                enter = elsewhere(congestion, sample, duplicate);
                break;
            default:
                enter = elsewhere(congestion, sample, duplicate);
                break;
        }
        if (enter) {
            if (board.lostOut == 0) {
                return then;
            }
            enterRecovery(congestion, sample.nowNs);
        } else if (state.state != RecoveryState.RECOVERY) {
            return then;
        }
        then = Then.LOST;
        return then;
    }

    /** The head is SACKed: the peer dropped data it had reported (RFC 2018 8). Waits a moment, then times out. */
    private boolean reneging(final AckSample sample) {
        if (!sample.has(AckSample.RENEGING) || !sample.has(AckSample.UNA_ADVANCED)) {
            return false;
        }
        timer.start(LossTimer.Kind.RETRANSMIT, sample.nowNs + Math.max(rtt.srttNs() >> 1, 10_000_000L));
        sample.flags &= ~AckSample.SET_TIMER;
        return true;
    }

    /** Leaves CWR or Recovery once all data in flight at its begin is acknowledged. Returns true if the handling ends here. */
    private boolean leave(final CongestionControl congestion, final AckSample sample) {
        if (state.state == RecoveryState.OPEN) {
            state.retransStamped = false;
        } else if (state.sndUna >= state.highSeq) {
            if (state.state == RecoveryState.CWR && state.sndUna != state.highSeq) {
                reduction.end(congestion, sample.nowNs);
                state.state = RecoveryState.OPEN;
            } else if (state.state == RecoveryState.RECOVERY) {
                if (!state.sack) {
                    reordering.forgetDuplicates();
                }
                if (undoRecovery(congestion, sample)) {
                    return true;
                }
                // The state is Open by now, and the window comes to the threshold unless it was undone.
                reduction.end(congestion, sample.nowNs);
            }
        }
        return false;
    }

    /** False if this acknowledgement allows no retransmission. */
    private boolean inRecovery(final CongestionControl congestion, final AckSample sample, final boolean duplicate) {
        if (!sample.has(AckSample.UNA_ADVANCED)) {
            if (!state.sack && duplicate) {
                reordering.addDuplicate();
            }
        } else if (undoPartial(congestion, sample)) {
            return false;
        }
        if (undoByDsack(congestion, sample.nowNs)) {
            tryToOpen();
        }
        identifyLoss(sample);
        return true;
    }

    /** Open, Disorder, CWR: true if it is time to recover. */
    private boolean elsewhere(final CongestionControl congestion, final AckSample sample, final boolean duplicate) {
        if (!state.sack) {
            if (sample.has(AckSample.UNA_ADVANCED)) {
                reordering.forgetDuplicates();
            }
            if (duplicate) {
                reordering.addDuplicate();
            }
        }
        if (state.state.code() <= RecoveryState.DISORDER.code()) {
            undoByDsack(congestion, sample.nowNs);
        }
        identifyLoss(sample);
        if (board.lostOut == 0) {
            tryToOpen();
            return false;
        }
        return true;
    }

    /** After a timeout, F-RTO (RFC 5682) decides between undoing it and repairing the records marked lost. */
    private void inLoss(final CongestionControl congestion, final AckSample sample, final boolean duplicate,
        final boolean canSendNew) {
        final boolean advanced = sample.has(AckSample.UNA_ADVANCED);
        final boolean recovered = state.sndUna >= state.highSeq;
        if (advanced && undoLoss(congestion, sample, false)) {
            return;
        }
        if (state.frto) {
            // Step 3.b: something that was never sent again arrived, so not all was lost.
            if (sample.has(AckSample.ORIG_DELIVERED) && undoLoss(congestion, sample, true)) {
                return;
            }
            if (state.sndNxt > state.highSeq) {
                if (sample.has(AckSample.SACKED) || duplicate) {
                    state.frto = false;
                }
            } else if (advanced && !recovered) {
                // Step 2.b: new data tells whether the rest of the old is on its way.
                state.highSeq = state.sndNxt;
                if (canSendNew) {
                    then = Then.NEW;
                    return;
                }
                state.frto = false;
            }
        }
        if (recovered) {
            undoRecovery(congestion, sample);
            return;
        }
        if (!state.sack) {
            if (state.sndNxt > state.highSeq && duplicate) {
                reordering.addDuplicate();
            } else if (advanced) {
                reordering.forgetDuplicates();
            }
        }
        then = Then.LOST;
    }

    private void identifyLoss(final AckSample sample) {
        if (board.count() == 0) {
            return;
        }
        if (!state.sack) {
            markHeadLost(sample.has(AckSample.UNA_ADVANCED));
            return;
        }
        final int before = board.retransOut;
        if (state.rackAdvanced) {
            state.rackAdvanced = false;
            final long waitNs = rack.detectLoss(sample.nowNs);
            if (waitNs > 0) {
                timer.startReordering(sample.nowNs, waitNs);
                sample.flags &= ~AckSample.SET_TIMER;
            }
        }
        if (before > board.retransOut) {
            sample.flags |= AckSample.LOST_RETRANS;
        }
    }

    /** Without SACK: three duplicates, or a partial acknowledgement in recovery, mean the head is lost (RFC 6582). */
    private void markHeadLost(final boolean advanced) {
        if (state.state.code() < RecoveryState.RECOVERY.code() && board.sackedOut >= state.reordering
            || state.state == RecoveryState.RECOVERY && advanced) {
            final int slot = board.slotAt(0);
            if ((board.flags[slot] & Scoreboard.LOST) != 0) {
                return;
            }
            final int size = board.segmentSize[slot];
            if (board.segments[slot] > 1 && board.bytesOf(slot) > size
                && !board.split(0, board.start[slot] + size, size)) {
                state.count(RecoveryEvent.SCOREBOARD_LIMIT, 1);
            }
            state.count(RecoveryEvent.LOST_RETRANSMIT, board.markLost(board.slotAt(0)));
        }
    }

    void enterRecovery(final CongestionControl congestion, final long nowNs) {
        state.count(state.sack ? RecoveryEvent.SACK_RECOVERY : RecoveryEvent.RENO_RECOVERY, 1);
        undo.forgetStampIfNoneOut();
        state.priorSsthresh = 0;
        undo.begin();
        if (!state.reducing()) {
            state.priorSsthresh = reduction.currentSsthresh(congestion);
            reduction.begin(congestion, nowNs);
        }
        state.state = RecoveryState.RECOVERY;
    }

    // --- undo ---

    private boolean undoByDsack(final CongestionControl congestion, final long nowNs) {
        if (state.undoMarker == SenderState.NONE || state.undoRetrans != 0) {
            return false;
        }
        state.rackPersist = Math.min(Rack.PERSIST_RECOVERIES, state.rackPersist + 1);
        undo.undo(congestion, false, nowNs);
        state.count(RecoveryEvent.DSACK_UNDO, 1);
        return true;
    }

    /** A partial acknowledgement that the original brought. True if nothing may be sent again now. */
    private boolean undoPartial(final CongestionControl congestion, final AckSample sample) {
        if (state.undoMarker == SenderState.NONE || !undo.originalDelivered(sample)) {
            return false;
        }
        reordering.onLate(sample.priorUna, RecoveryEvent.TS_REORDER);
        // While retransmissions are out, new data may be clocked out, but nothing is marked or sent again.
        if (board.retransOut > 0) {
            return true;
        }
        undo.forgetStampIfNoneOut();
        undo.undo(congestion, true, sample.nowNs);
        state.count(RecoveryEvent.PARTIAL_UNDO, 1);
        tryToKeepOpen();
        return false;
    }

    /** The end of recovery. True if the old state is held until something above is acknowledged (RFC 6582 3.2). */
    private boolean undoRecovery(final CongestionControl congestion, final AckSample sample) {
        if (undo.possible(sample)) {
            undo.undo(congestion, false, sample.nowNs);
            state.count(state.state == RecoveryState.LOSS ? RecoveryEvent.LOSS_UNDO : RecoveryEvent.FULL_UNDO, 1);
        } else if (state.rackPersist > 0) {
            state.rackPersist--;
        }
        if (heldWithoutSack()) {
            return true;
        }
        state.state = RecoveryState.OPEN;
        return false;
    }

    private boolean undoLoss(final CongestionControl congestion, final AckSample sample, final boolean byFrto) {
        if (!byFrto && !undo.possible(sample)) {
            return false;
        }
        undo.undo(congestion, true, sample.nowNs);
        state.count(RecoveryEvent.LOSS_UNDO, 1);
        if (byFrto) {
            state.count(RecoveryEvent.SPURIOUS_RTOS, 1);
        }
        state.timeouts = 0;
        if (!heldWithoutSack() && (byFrto || state.sack)) {
            state.state = RecoveryState.OPEN;
        }
        return true;
    }

    private boolean heldWithoutSack() {
        if (state.sndUna != state.highSeq || state.sack) {
            return false;
        }
        // Duplicates of data just repaired must not start another recovery.
        undo.forgetStampIfNoneOut();
        return true;
    }

    private void tryToOpen() {
        undo.forgetStampIfNoneOut();
        if (state.state != RecoveryState.CWR) {
            tryToKeepOpen();
        }
    }

    void tryToKeepOpen() {
        final RecoveryState next = board.sackedOut + board.lostOut > 0 || undo.anyRetransmitted() ? RecoveryState.DISORDER : RecoveryState.OPEN;
        if (state.state != next) {
            state.state = next;
            state.highSeq = state.sndNxt;
        }
    }
}
