package io.holdfast.replication.log;

import io.holdfast.tcp.TcbProgress;
import org.agrona.DirectBuffer;

/**
 * Takes the records of the log, in its order. Buffers and carriers are valid during the call only. Called by the thread that
 * decodes: the replicator's.
 *
 * <p>{@code sequence} is the record's number in the primary's log, or 0 if it comes from the history.
 */
public interface RecordHandler {
    /**
     * A connection came to be.
     *
     * @param mode   0 off, 1 hot, 2 cold, 3 resume
     * @param offset where its control block (TcbSnapshot) begins
     */
    void onOpened(long sequence, long connectionId, int mode, DirectBuffer buffer, int offset, int length);

    /**
     * Bytes of the client.
     *
     * @param streamOffset position of the first
     */
    void onInput(long sequence, long connectionId, long streamOffset, DirectBuffer buffer, int offset, int length);

    /** A control block changed. */
    void onProgress(long sequence, TcbProgress progress);

    /**
     * The application did or learned something on the connection.
     *
     * @param order its place among the events of all connections, accepts included: later events have higher ones
     * @param kind  of {@link io.holdfast.replay.EventKind}, which says what {@code value} is
     */
    void onEvent(long sequence, long connectionId, long order, int kind, long value);

    /**
     * The application accepted the connection.
     *
     * @param order as of {@link #onEvent}
     */
    void onAccepted(long sequence, long connectionId, long order);

    /** The connection left the table. */
    void onClosed(long sequence, long connectionId);

    /**
     * The application used a clock or randomness.
     *
     * @param connectionId 0 if for no connection
     */
    void onChoice(long sequence, long connectionId, int kind, long value, DirectBuffer buffer, int offset, int length);

    /** The keys that initial sequence numbers, timestamps and cookies come from. */
    void onSecrets(long sequence, DirectBuffer buffer, int offset, int length);

    /** The application's state, tied to positions of both streams; a joining backup may get no input before them. */
    void onCheckpoint(long sequence, long connectionId, long readOffset, long writeOffset, DirectBuffer buffer, int offset,
        int length);

    /**
     * Bytes of the server.
     *
     * @param streamOffset position of the first
     */
    void onOutput(long sequence, long connectionId, long streamOffset, DirectBuffer buffer, int offset, int length);

    /** The history has ended: what follows is live. */
    void onSynchronized(long sequence);
}
