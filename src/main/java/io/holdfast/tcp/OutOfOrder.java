package io.holdfast.tcp;

/**
 * Which bytes ahead of the next expected one have arrived: disjoint ranges in ascending order, and which of them SACK
 * reports first (RFC 2018 4: the newest). Offsets only; the bytes are in the receive buffer. Grows up to
 * {@link #MAX_RANGES} and never shrinks below its first size.
 */
final class OutOfOrder {
    /** Separate ranges held; what would need one more is dropped. */
    static final int MAX_RANGES = 1_024;
    private static final int FIRST_RANGES = 8;
    private static final int RECENT = 4;

    private long[] start;
    private long[] end;
    private int count;
    /** An offset in each of the ranges that changed last, newest first; may name ranges that have gone. */
    private long[] recent = new long[RECENT];
    private long[] spare = new long[RECENT];
    private int recentCount;
    /** What the last {@link #add} brought that was there already, its first stretch; equal if there was none. */
    private long overlapStart;
    private long overlapEnd;

    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    long firstStart() {
        return start[0];
    }

    long firstEnd() {
        return end[0];
    }

    /** End of the furthest range. */
    long lastEnd() {
        return end[count - 1];
    }

    /** What {@link #add} finds out. */
    enum Result {
        /** At least one byte was new. */
        NEW,
        /** All of it was there already. */
        DUPLICATE,
        /** {@link OutOfOrder#MAX_RANGES} reached; not added. */
        FULL
    }

    /** Adds {@code [from, to)}, {@code from < to}, merging with what it touches. */
    Result add(final long from, final long to) {
        int i = 0;
        overlapStart = 0;
        overlapEnd = 0;
        while (i < count && end[i] < from) {
            i++;
        }
        if (i < count && start[i] <= from && to <= end[i]) {
            touch(from);
            return Result.DUPLICATE;
        }
        int j = i;
        long newStart = from;
        long newEnd = to;
        while (j < count && start[j] <= to) {
            if (overlapStart == overlapEnd && Math.max(start[j], from) < Math.min(end[j], to)) {
                overlapStart = Math.max(start[j], from);
                overlapEnd = Math.min(end[j], to);
            }
            newStart = Math.min(newStart, start[j]);
            newEnd = Math.max(newEnd, end[j]);
            j++;
        }
        if (j == i) {
            if (count == MAX_RANGES) {
                return Result.FULL;
            }
            insert(i);
        } else if (j > i + 1) {
            System.arraycopy(start, j, start, i + 1, count - j);
            System.arraycopy(end, j, end, i + 1, count - j);
            count -= j - i - 1;
        }
        start[i] = newStart;
        end[i] = newEnd;
        touch(from);
        return Result.NEW;
    }

    /** Of what the last {@link #add} brought, the first stretch that was there already; empty if all was new. */
    long overlapStart() {
        return overlapStart;
    }

    long overlapEnd() {
        return overlapEnd;
    }

    /** Does {@code [from, to)} overlap anything held? */
    boolean overlaps(final long from, final long to) {
        for (int i = 0; i < count && start[i] < to; i++) {
            if (end[i] > from) {
                return true;
            }
        }
        return false;
    }

    /** Forgets ranges that {@code rcvNxt} has reached; returns the offset up to which the stream is now whole. */
    long advance(final long rcvNxt) {
        long next = rcvNxt;
        int gone = 0;
        while (gone < count && start[gone] <= next) {
            next = Math.max(next, end[gone]);
            gone++;
        }
        if (gone > 0) {
            System.arraycopy(start, gone, start, 0, count - gone);
            System.arraycopy(end, gone, end, 0, count - gone);
            count -= gone;
            if (count == 0) {
                recentCount = 0;
            }
        }
        return next;
    }

    /**
     * The ranges to report, newest first.
     *
     * @param starts filled from index {@code at}
     * @param most   ranges wanted
     * @return ranges filled in
     */
    int report(final long[] starts, final long[] ends, final int at, final int most) {
        int n = 0;
        for (int r = 0; r < recentCount && n < most; r++) {
            n = reportOne(indexOf(recent[r]), starts, ends, at, n);
        }
        for (int i = count - 1; i >= 0 && n < most; i--) {
            n = reportOne(i, starts, ends, at, n);
        }
        return n;
    }

    private int reportOne(final int i, final long[] starts, final long[] ends, final int at, final int n) {
        if (i < 0) {
            return n;
        }
        for (int k = 0; k < n; k++) {
            if (starts[at + k] == start[i]) {
                return n;
            }
        }
        starts[at + n] = start[i];
        ends[at + n] = end[i];
        return n + 1;
    }

    private int indexOf(final long offset) {
        for (int i = 0; i < count; i++) {
            if (start[i] <= offset && offset < end[i]) {
                return i;
            }
        }
        return -1;
    }

    /** Puts the range of {@code offset} first, and drops the names of ranges that have gone or merged into it. */
    private void touch(final long offset) {
        final int range = indexOf(offset);
        int kept = 0;
        spare[kept++] = offset;
        for (int r = 0; r < recentCount && kept < RECENT; r++) {
            final int other = indexOf(recent[r]);
            if (other >= 0 && other != range) {
                spare[kept++] = recent[r];
            }
        }
        final long[] old = recent;
        recent = spare;
        spare = old;
        recentCount = kept;
    }

    private void insert(final int i) {
        if (start == null) {
            start = new long[FIRST_RANGES];
            end = new long[FIRST_RANGES];
        } else if (count == start.length) {
            start = java.util.Arrays.copyOf(start, count * 2);
            end = java.util.Arrays.copyOf(end, count * 2);
        }
        System.arraycopy(start, i, start, i + 1, count - i);
        System.arraycopy(end, i, end, i + 1, count - i);
        count++;
    }

    void clear() {
        count = 0;
        recentCount = 0;
    }

    /** For a snapshot: the start of range {@code i}. */
    long startAt(final int i) {
        return start[i];
    }

    long endAt(final int i) {
        return end[i];
    }
}
