package io.holdfast.tcp.recovery;

/** Takes SACK and D-SACK ranges into the scoreboard (RFC 2018, 2883, 6675), and finds reordering by them. */
final class SackTagger {
    private final SenderState state;
    private final Scoreboard board;
    private final Rack rack;
    private final Reordering reordering;
    private final long[] rangeStart = new long[5];
    private final long[] rangeEnd = new long[5];
    private final boolean[] rangeDuplicate = new boolean[5];

    SackTagger(final SenderState state, final Scoreboard board, final Rack rack, final Reordering reordering) {
        this.state = state;
        this.board = board;
        this.rack = rack;
        this.reordering = reordering;
    }

    void tag(final AckEvent event, final AckSample sample) {
        if (board.sackedOut == 0) {
            state.highestSack = state.sndUna;
        }
        final boolean duplicate = event.dsack && onDuplicate(event, sample);
        if (board.packetsOut > 0) {
            final int ranges = sort(event, duplicate);
            for (int i = 0; i < ranges; i++) {
                tagRange(rangeStart[i], rangeEnd[i], rangeDuplicate[i], sample);
            }
            if (state.state != RecoveryState.LOSS || state.undoMarker != SenderState.NONE) {
                reordering.onLate(sample.reordered, RecoveryEvent.SACK_REORDER);
            }
        }
        state.delivered += sample.sackDelivered;
    }

    /** D-SACK: which retransmission was needless? False if the report cannot be true. */
    private boolean onDuplicate(final AckEvent event, final AckSample sample) {
        final boolean below = event.dsackStart < event.ack;
        state.count(below ? RecoveryEvent.DSACK_RECEIVED : RecoveryEvent.DSACK_OFO_RECEIVED, 1);
        final long bytes = event.dsackEnd - event.dsackStart;
        if (bytes <= 0) {
            state.count(RecoveryEvent.DSACK_IGNORED_DUBIOUS, 1);
            return false;
        }
        final int segments = bytes > state.mss ? (int) Math.min((bytes + state.mss - 1) / state.mss, 1 << 20) : 1;
        if (bytes <= state.mss && state.tlpHighSeq == event.dsackEnd) {
            sample.flags |= AckSample.DSACK_OF_PROBE;
        }
        state.duplicatesReported += segments;
        if (state.duplicatesReported > state.totalRetransmitted) {
            state.count(RecoveryEvent.DSACK_IGNORED_DUBIOUS, 1);
            return false;
        }
        if (state.reorderingSeen && !sample.has(AckSample.DSACK_OF_PROBE)) {
            state.rackDsackSeen = true;
        }
        sample.flags |= AckSample.DSACK;
        sample.sackDelivered += segments;
        state.count(RecoveryEvent.DSACK_RECEIVED_SEGS, segments);
        if (state.undoMarker != SenderState.NONE && state.undoRetrans > 0 && event.dsackEnd <= sample.priorUna
            && event.dsackEnd > state.undoMarker) {
            state.undoRetrans = Math.max(0, state.undoRetrans - segments);
        }
        return true;
    }

    /** Ranges in ascending order, so that those of one acknowledgement do not look reordered among themselves. */
    private int sort(final AckEvent event, final boolean duplicate) {
        int count = 0;
        if (duplicate && event.dsackEnd > sampleFloor() && event.dsackEnd <= state.sndNxt) {
            count = insert(count, event.dsackStart, event.dsackEnd, true);
        }
        final int ranges = Math.min(event.sackCount, event.sackStart.length);
        for (int i = 0; i < ranges; i++) {
            final long from = event.sackStart[i];
            final long to = event.sackEnd[i];
            if (from >= to || to > state.sndNxt || from <= state.sndUna) {
                state.count(RecoveryEvent.SACK_DISCARDED, 1);
            } else {
                count = insert(count, from, to, false);
            }
        }
        return count;
    }

    /** Lowest offset that still has a record: what this acknowledgement covers has not been removed yet. */
    private long sampleFloor() {
        return board.count() == 0 ? state.sndNxt : board.start[board.slotAt(0)];
    }

    private int insert(final int count, final long from, final long to, final boolean duplicate) {
        int at = count;
        while (at > 0 && rangeStart[at - 1] > from) {
            rangeStart[at] = rangeStart[at - 1];
            rangeEnd[at] = rangeEnd[at - 1];
            rangeDuplicate[at] = rangeDuplicate[at - 1];
            at--;
        }
        rangeStart[at] = from;
        rangeEnd[at] = to;
        rangeDuplicate[at] = duplicate;
        return count + 1;
    }

    private void tagRange(final long from, final long to, final boolean duplicate, final AckSample sample) {
        int index = board.indexOf(from);
        while (index < board.count()) {
            final int slot = board.slotAt(index);
            if (board.start[slot] >= to) {
                return;
            }
            // A record SACKed before has nothing new to say, unless it is reported as a duplicate.
            if ((duplicate || (board.flags[slot] & Scoreboard.SACKED) == 0) && covered(index, from, to)) {
                final boolean fresh = (board.flags[slot] & Scoreboard.SACKED) == 0;
                tagRecord(slot, duplicate, sample);
                if (fresh && (board.flags[slot] & Scoreboard.SACKED) != 0) {
                    state.highestSack = Math.max(state.highestSack, board.end[slot]);
                    board.joinSacked(index + 1);
                    if (board.joinSacked(index)) {
                        index--;
                    }
                }
            }
            index++;
        }
    }

    /**
     * Returns whether the range covers the record, or the part that was cut off for it at a segment boundary. Cuts lie on
     * boundaries only, so that a range with other ends covers no more than the whole segments in it.
     */
    private boolean covered(final int index, final long from, final long to) {
        final int slot = board.slotAt(index);
        final long start = board.start[slot];
        final boolean startIn = from <= start;
        if (startIn && board.end[slot] <= to) {
            return true;
        }
        if (board.segments[slot] == 1) {
            return false;
        }
        final int size = board.segmentSize[slot];
        long bytes = startIn ? to - start : Math.max(from - start, size);
        if (bytes < size) {
            return false;
        }
        if (bytes > size) {
            final long whole = bytes / size * size;
            bytes = !startIn && whole < bytes ? whole + size : whole;
        }
        if (bytes >= board.end[slot] - start) {
            return startIn;
        }
        if (!board.split(index, start + bytes, size)) {
            state.count(RecoveryEvent.SCOREBOARD_LIMIT, 1);
            return false;
        }
        return startIn;
    }

    private void tagRecord(final int slot, final boolean duplicate, final AckSample sample) {
        final int ever = Scoreboard.RETRANSMITTED | Scoreboard.EVER_RETRANSMITTED;
        final int fate = board.flags[slot];
        final long start = board.start[slot];
        final long end = board.end[slot];
        if (duplicate && (fate & ever) != 0) {
            if (state.undoMarker != SenderState.NONE && state.undoRetrans > 0 && end > state.undoMarker) {
                state.undoRetrans = Math.max(0, state.undoRetrans - board.segments[slot]);
            }
            if ((fate & Scoreboard.SACKED) != 0) {
                sample.reordered = Math.min(sample.reordered, start);
            }
        }
        if (end <= state.sndUna) {
            return;
        }
        if ((fate & Scoreboard.SACKED) == 0) {
            rack.advance(slot, sample.nowNs);
            if ((fate & Scoreboard.RETRANSMITTED) != 0) {
                // Not marked lost: the retransmission counts as still in flight.
                if ((fate & Scoreboard.LOST) != 0) {
                    board.clearLost(slot);
                    board.clearRetransmitted(slot);
                }
            } else {
                if ((fate & ever) == 0) {
                    onOriginal(slot, sample);
                }
                board.clearLost(slot);
            }
            sample.rate(board, slot);
            board.deliveredAtSend[slot] = 0;
            board.markSacked(slot);
            sample.flags |= AckSample.SACKED;
            sample.sackDelivered += board.segments[slot];
        }
        if (duplicate) {
            board.clearRetransmitted(slot);
        }
    }

    private void onOriginal(final int slot, final AckSample sample) {
        final long start = board.start[slot];
        if (start < state.fack(board)) {
            sample.reordered = Math.min(sample.reordered, start);
        }
        if (board.end[slot] <= state.highSeq) {
            sample.flags |= AckSample.ORIG_DELIVERED;
        }
        final long sentNs = board.sentNs[slot];
        if (sample.firstSackedNs == SenderState.NONE) {
            sample.firstSackedNs = sentNs;
        }
        sample.lastSackedNs = sentNs;
    }
}
