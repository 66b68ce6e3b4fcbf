package io.holdfast.tcp.recovery;

/** The degree of reordering seen on the path, in segments, for peers with SACK and without. */
final class Reordering {
    private final SenderState state;
    private final Scoreboard board;

    Reordering(final SenderState state, final Scoreboard board) {
        this.state = state;
        this.board = board;
    }

    /** Data at {@code offset}, sent once, arrived after data above it. */
    void onLate(final long offset, final RecoveryEvent how) {
        final long fack = state.fack(board);
        if (offset >= fack) {
            return;
        }
        final long distance = fack - offset;
        if (distance > (long) state.reordering * state.mss) {
            state.reordering = (int) Math.min((distance + state.mss - 1) / state.mss, SenderState.MAX_REORDERING);
        }
        state.reorderingSeen = true;
        state.count(how, 1);
    }

    // --- without SACK, duplicate acknowledgements stand for SACKed segments ---

    /** A duplicate acknowledgement: some segment above the hole arrived. */
    void addDuplicate() {
        final int before = board.sackedOut;
        board.sackedOut++;
        checkDuplicates(0);
        state.delivered += Math.max(0, board.sackedOut - before);
    }

    /** {@code acked} segments were acknowledged: one was the hole, the rest had sent duplicates before. */
    void removeDuplicates(final int acked) {
        if (acked > 0) {
            state.delivered += Math.max(acked - board.sackedOut, 1);
            board.sackedOut = Math.max(0, board.sackedOut - (acked - 1));
        }
        checkDuplicates(acked);
    }

    void forgetDuplicates() {
        board.sackedOut = 0;
    }

    /** Limits duplicates to the segments in flight, less the holes; more duplicates mean that segments were reordered. */
    boolean limitDuplicates() {
        final int holes = Math.min(Math.max(board.lostOut, 1), board.packetsOut);
        if (board.sackedOut + holes > board.packetsOut) {
            board.sackedOut = board.packetsOut - holes;
            return true;
        }
        return false;
    }

    private void checkDuplicates(final int addend) {
        if (limitDuplicates()) {
            state.reordering = Math.min(board.packetsOut + addend, SenderState.MAX_REORDERING);
            state.reorderingSeen = true;
            state.count(RecoveryEvent.RENO_REORDER, 1);
        }
    }
}
