package io.holdfast.replication.log;

/**
 * A place in the history from which records are read on. It stays valid whatever is appended, dropped or compacted; close it
 * when done. The history's thread only.
 *
 * <p>A cursor passes over what is garbage by then. An <i>exact</i> one gives every record that was stored behind it, garbage
 * or not; what it has yet to read stays as it is. One <i>of a connection</i> gives that connection's records alone, of which none
 * is dropped while the cursor is open, even if the connection is gone meanwhile.
 */
public final class HistoryCursor implements AutoCloseable {
    LogSegment segment;
    int offset;
    boolean exact;
    /** Gives this connection's records alone; {@link LiveRecordIndex#NO_CONNECTION} for all. */
    long only = LiveRecordIndex.NO_CONNECTION;
    /** Records that it had yet to give are gone. */
    boolean damaged;
    /** Scratch of a compaction: has its new place. */
    boolean moved;
    boolean closed;
    private final History history;

    HistoryCursor(final History history, final LogSegment segment) {
        this.history = history;
        this.segment = segment;
    }

    @Override
    public void close() {
        history.close(this);
    }

    /** Whose place is earlier; how far is a segment. */
    public long segment() {
        return segment.id;
    }

    /** Does somebody wait to hear of a connection that it gave records of, and that is gone? */
    boolean wantsTombstones() {
        return !exact && only == LiveRecordIndex.NO_CONNECTION;
    }

    long position() {
        return HistoryPosition.of(segment, offset);
    }
}
