package io.holdfast.replication.log;

/**
 * A place in the history as one number: segment and offset. Greater is later. A record's position changes only when
 * garbage before it is taken out.
 */
final class HistoryPosition {
    static final int OFFSET_BITS = 24;
    static final long NONE = -1;

    private HistoryPosition() {
    }

    static long of(final LogSegment segment, final int offset) {
        return segment.id << OFFSET_BITS | offset;
    }

    static long segmentId(final long position) {
        return position >>> OFFSET_BITS;
    }

    static int offset(final long position) {
        return (int) (position & (1 << OFFSET_BITS) - 1);
    }
}
