package io.holdfast.replication.log;

/** What the history knows of one connection. Plain data, and the list of its shares. */
final class TrackedConnection {
    final long id;
    /** Of its first record; what stands before is of no connection. */
    long first = HistoryPosition.NONE;
    /** Of the records of which only the last counts. */
    long lastProgress = HistoryPosition.NONE;
    long lastCheckpoint = HistoryPosition.NONE;
    long lastSecrets = HistoryPosition.NONE;
    int lastProgressBytes;
    int lastCheckpointBytes;
    int lastSecretsBytes;
    /** Input that ends here or before is garbage. */
    long readOffset;
    /** Output that ends here or before is garbage. */
    long ackedOffset;
    /** Nothing is left but a Closed, for a cursor that has given older records of it. */
    boolean tombstone;
    /** It is gone, and kept for a cursor of its own. */
    boolean gone;
    /** Scratch of a compaction: it is on the list of those whose shares change. */
    boolean touched;

    SegmentUsage firstShare;
    SegmentUsage lastShare;
    private SegmentUsage cached;

    TrackedConnection(final long id) {
        this.id = id;
    }

    /** Its share of that segment, or null. */
    SegmentUsage usage(final LogSegment segment) {
        if (cached != null && cached.segment == segment) {
            return cached;
        }
        if (lastShare != null && lastShare.segment == segment) {
            cached = lastShare;
            return lastShare;
        }
        for (SegmentUsage usage = firstShare; usage != null && usage.segment.id <= segment.id; usage = usage.next) {
            if (usage.segment == segment) {
                cached = usage;
                return usage;
            }
        }
        return null;
    }

    /** Its share of the segment with that id, or null. */
    SegmentUsage usage(final long segmentId) {
        if (cached != null && cached.segment.id == segmentId) {
            return cached;
        }
        for (SegmentUsage usage = lastShare; usage != null && usage.segment.id >= segmentId; usage = usage.previous) {
            if (usage.segment.id == segmentId) {
                return usage;
            }
        }
        return null;
    }

    /** Its share of the newest segment, made if there is none. */
    SegmentUsage newestShare(final LogSegment segment) {
        if (lastShare != null && lastShare.segment == segment) {
            return lastShare;
        }
        final SegmentUsage usage = new SegmentUsage();
        usage.segment = segment;
        usage.previous = lastShare;
        if (lastShare == null) {
            firstShare = usage;
        } else {
            lastShare.next = usage;
        }
        lastShare = usage;
        return usage;
    }

    void unlink(final SegmentUsage usage) {
        if (usage.previous == null) {
            firstShare = usage.next;
        } else {
            usage.previous.next = usage.next;
        }
        if (usage.next == null) {
            lastShare = usage.previous;
        } else {
            usage.next.previous = usage.previous;
        }
        if (cached == usage) {
            cached = null;
        }
    }

    /**
     * The records of {@code from} go to the segment just before it. What it has there is counted anew; returns false if it
     * has nothing in {@code from}.
     */
    boolean moveShare(final LogSegment from, final LogSegment to) {
        final SegmentUsage usage = usage(from);
        if (usage == null) {
            return false;
        }
        if (usage.previous != null && usage.previous.segment == to) {
            unlink(usage);
        } else {
            usage.segment = to;
            usage.clear();
        }
        cached = null;
        return true;
    }
}
