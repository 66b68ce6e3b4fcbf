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

    Share firstShare;
    Share lastShare;
    private Share cached;

    TrackedConnection(final long id) {
        this.id = id;
    }

    /** Its share of that segment, or null. */
    Share share(final Segment segment) {
        if (cached != null && cached.segment == segment) {
            return cached;
        }
        if (lastShare != null && lastShare.segment == segment) {
            cached = lastShare;
            return lastShare;
        }
        for (Share share = firstShare; share != null && share.segment.id <= segment.id; share = share.next) {
            if (share.segment == segment) {
                cached = share;
                return share;
            }
        }
        return null;
    }

    /** Its share of the segment with that id, or null. */
    Share share(final long segmentId) {
        if (cached != null && cached.segment.id == segmentId) {
            return cached;
        }
        for (Share share = lastShare; share != null && share.segment.id >= segmentId; share = share.previous) {
            if (share.segment.id == segmentId) {
                return share;
            }
        }
        return null;
    }

    /** Its share of the newest segment, made if there is none. */
    Share newestShare(final Segment segment) {
        if (lastShare != null && lastShare.segment == segment) {
            return lastShare;
        }
        final Share share = new Share();
        share.segment = segment;
        share.previous = lastShare;
        if (lastShare == null) {
            firstShare = share;
        } else {
            lastShare.next = share;
        }
        lastShare = share;
        return share;
    }

    void unlink(final Share share) {
        if (share.previous == null) {
            firstShare = share.next;
        } else {
            share.previous.next = share.next;
        }
        if (share.next == null) {
            lastShare = share.previous;
        } else {
            share.next.previous = share.previous;
        }
        if (cached == share) {
            cached = null;
        }
    }

    /**
     * The records of {@code from} go to the segment just before it. What it has there is counted anew; returns false if it
     * has nothing in {@code from}.
     */
    boolean moveShare(final Segment from, final Segment to) {
        final Share share = share(from);
        if (share == null) {
            return false;
        }
        if (share.previous != null && share.previous.segment == to) {
            unlink(share);
        } else {
            share.segment = to;
            share.clear();
        }
        cached = null;
        return true;
    }
}
