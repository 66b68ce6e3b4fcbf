package io.holdfast.tcp;

/**
 * C5 of the replication contract: the ranges ahead of a gap that the backup holds too, which alone may be reported. Two
 * snapshots take turns: one that is stored, one on its way; changes meanwhile wait for the next. Shard's thread only.
 */
final class StoredRanges {
    private static final int MOST = 4;

    private long[] start = new long[MOST];
    private long[] end = new long[MOST];
    private int count;
    private long[] nextStart = new long[MOST];
    private long[] nextEnd = new long[MOST];
    private int nextCount;
    /** Log sequence with which the next snapshot is stored; 0 if there is none under way. */
    private long nextSequence;
    /** Ranges changed since the last snapshot was taken. */
    private boolean changed;
    /** The stored snapshot has not been reported yet. */
    private boolean news;

    /** Something arrived ahead of a gap. */
    void onChange() {
        changed = true;
    }

    /** What was kept ahead of the gap had to be given up. */
    void clear() {
        count = 0;
        nextCount = 0;
        nextSequence = 0;
        changed = false;
        news = false;
    }

    /** All that has come so far is in the log up to {@code sequence}. */
    void mark(final long sequence, final long committed, final OutOfOrder ranges) {
        if (changed && nextSequence == 0) {
            changed = false;
            nextCount = ranges.isEmpty() ? 0 : ranges.report(nextStart, nextEnd, 0, MOST);
            nextSequence = sequence;
            onCommitted(committed);
        }
    }

    /** The backup has stored the log up to there. Returns true if there is something new to report. */
    boolean onCommitted(final long committed) {
        if (nextSequence == 0 || nextSequence > committed) {
            return false;
        }
        final long[] oldStart = start;
        final long[] oldEnd = end;
        start = nextStart;
        end = nextEnd;
        count = nextCount;
        nextStart = oldStart;
        nextEnd = oldEnd;
        nextSequence = 0;
        news = true;
        return true;
    }

    void onReported() {
        news = false;
    }

    /** There are changes, but none that may be reported yet. */
    boolean newsHeld() {
        return !news && (changed || nextSequence != 0);
    }

    boolean any() {
        return count > 0;
    }

    /** As {@link OutOfOrder#report}; only what lies beyond the acknowledgement. */
    int report(final long[] starts, final long[] ends, final int at, final int most, final long ack) {
        int kept = 0;
        int n = 0;
        for (int i = 0; i < count; i++) {
            if (start[i] <= ack) {
                continue;
            }
            start[kept] = start[i];
            end[kept++] = end[i];
            if (n < most) {
                starts[at + n] = start[i];
                ends[at + n] = end[i];
                n++;
            }
        }
        count = kept;
        return n;
    }
}
