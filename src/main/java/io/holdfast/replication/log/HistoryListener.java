package io.holdfast.replication.log;

/**
 * Hears which connections the history could not keep: a backup that joins later does not get them. Called inside a call of
 * the history, which must not be called from here.
 */
public interface HistoryListener {
    /**
     * The history is full.
     *
     * @param connectionId 0: choices of no connection are missing
     */
    void overLimit(long connectionId);

    /** A file of the history is damaged, and records of this connection are gone with it. */
    void lost(long connectionId);
}
