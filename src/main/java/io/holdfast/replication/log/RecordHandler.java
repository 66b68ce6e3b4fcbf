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
     * The application read once.
     *
     * @param bytes -1 at the end of the stream
     */
    void onRead(long sequence, long connectionId, int bytes);

    /** The application accepted the connection. */
    void onAccepted(long sequence, long connectionId);

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
