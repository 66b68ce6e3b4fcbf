package io.holdfast.replication.log;

/**
 * A place in the history from which records are read on. It stays valid whatever is appended, dropped or compacted; close it
 * when done. The history's thread only.
 *
 * <p>A cursor passes over what is garbage by then. An <i>exact</i> one gives every record that was stored behind it, garbage
 * or not; what it has yet to read stays as it is.
 */
public final class HistoryCursor implements AutoCloseable {
    Segment segment;
    int offset;
    boolean exact;
    /** Records that it had yet to give are gone. */
    boolean damaged;
    /** Scratch of a compaction: has its new place. */
    boolean moved;
    boolean closed;
    private final History history;

    HistoryCursor(final History history, final Segment segment) {
        this.history = history;
        this.segment = segment;
    }

    @Override
    public void close() {
        history.close(this);
    }

    long position() {
        return HistoryPosition.of(segment, offset);
    }
}
