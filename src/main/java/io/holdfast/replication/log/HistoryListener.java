package io.holdfast.replication.log;

import java.io.IOException;

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

    /** A segment could not be written to disk; it stays in memory, and what finds memory full is refused. */
    default void writeFailed(final IOException cause) {
    }

    /** A file of the history is damaged, and records of this connection are gone with it. */
    void lost(long connectionId);
}
