package io.holdfast.replication.log;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import io.holdfast.replication.codec.LogAckDecoder;
import io.holdfast.replication.codec.MessageHeaderEncoder;
import io.holdfast.replication.codec.SynchronizedEncoder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The primary's end of the log: moves the shard's records into the history, and from there into batches for the backup. The
 * replicator's thread only.
 *
 * <p>A session gives the backup the history first, then a Synchronized mark, then every record as it comes. Between the ring
 * and the batch a record is stored once, in the history. {@link #drain} and {@link #fill} are independent: what the channel
 * does not take waits in the history.
 */
public final class LogSender {
    /** Batches that may wait for their acknowledgement; no more are made until some are. A power of two. */
    static final int MAX_UNACKED_BATCHES = 4_096;
    private static final long NONE = -1;

    private final LogWriter writer;
    private final History history;
    private final Counters counters;
    private final MessageHandler drained = this::onRecord;
    private final BatchWriter batch = new BatchWriter();
    private final LogAckDecoder ack = new LogAckDecoder();
    private final UnsafeBuffer mark =
        new UnsafeBuffer(new byte[MessageHeaderEncoder.ENCODED_LENGTH + SynchronizedEncoder.BLOCK_LENGTH]);
    private final long[] unackedLast = new long[MAX_UNACKED_BATCHES];
    private final long[] unackedBytes = new long[MAX_UNACKED_BATCHES];

    private LogSenderState state = LogSenderState.DETACHED;
    private HistoryCursor cursor;
    private long epoch;
    private long attachedNs;
    /** Number of the record that last left the ring. */
    private long drainedSequence;
    private long sentSequence;
    private long committedSequence;
    private long sentBatch;
    private long ackedBatch;
    private long markBatch;
    private long inFlightBytes;
    private long roundTripNs;

    /** @param writer whose records come here from the first on */
    public LogSender(final LogWriter writer, final History history, final Counters counters) {
        this.writer = writer;
        this.history = history;
        this.counters = counters;
        new SynchronizedEncoder().wrapAndApplyHeader(mark, 0, new MessageHeaderEncoder()).connectionId(0);
    }

    /**
     * Moves records from the ring into the history. To be called whether there is a backup or not.
     *
     * @param limit most records
     * @return how many
     */
    public int drain(final int limit) {
        int n = writer.ring().read(drained, limit);
        if (n == 0 && writer.ring().size() > 0) {
            // The ring's end was padding.
            n = writer.ring().read(drained, limit);
        }
        if (n > 0) {
            counters.add(ReplicationCounter.RECORDS_DRAINED, n);
        }
        return n;
    }

    /** Begins a session with a backup that has nothing yet; ends one that there is. */
    public void attach(final long sessionEpoch, final long nowNs) {
        detach();
        counters.increment(ReplicationCounter.SESSIONS);
        epoch = sessionEpoch;
        attachedNs = nowNs;
        sentBatch = 0;
        ackedBatch = 0;
        markBatch = Long.MAX_VALUE;
        cursor = history.cursor();
        state = LogSenderState.CATCHING_UP;
    }

    /** Ends the session. */
    public void detach() {
        end(LogSenderState.DETACHED);
    }

    /**
     * Writes the next message for the backup.
     *
     * @param capacity  at least {@link LogMessages#MIN_BATCH_CAPACITY}
     * @param primaryNs this host's monotonic clock
     * @return its length; 0: there is nothing to send
     */
    public int fill(final MutableDirectBuffer dst, final int offset, final int capacity, final long primaryNs) {
        if (capacity < LogMessages.MIN_BATCH_CAPACITY) {
            throw new IllegalArgumentException("capacity = " + capacity + ": at least " + LogMessages.MIN_BATCH_CAPACITY);
        }
        if (cursor == null || sentBatch - ackedBatch >= MAX_UNACKED_BATCHES) {
            return 0;
        }
        batch.begin(dst, offset, capacity);
        if (state == LogSenderState.CATCHING_UP) {
            return fillHistory(primaryNs);
        }
        return fillLive(primaryNs);
    }

    /**
     * Takes an acknowledgement of the backup.
     *
     * @param offset where the message begins, with its type
     * @return the number of the last record that the backup has now, if that is news while in sync; otherwise -1
     */
    public long onAck(final DirectBuffer buffer, final int offset, final int length, final long nowNs) {
        if (cursor == null || !decodeAck(buffer, offset, length)) {
            counters.increment(ReplicationCounter.ACKS_REFUSED);
            return NONE;
        }
        counters.increment(ReplicationCounter.ACKS);
        while (ackedBatch < ack.batchNumber()) {
            ackedBatch++;
            inFlightBytes -= unackedBytes[slot(ackedBatch)];
        }
        roundTripNs = nowNs - ack.primaryNs();
        if (ackedBatch < markBatch) {
            return NONE;
        }
        state = LogSenderState.IN_SYNC;
        if (ack.lastSequence() <= committedSequence) {
            return NONE;
        }
        committedSequence = ack.lastSequence();
        return committedSequence;
    }

    /** Of the session. */
    public long epoch() {
        return epoch;
    }

    public LogSenderState state() {
        return state;
    }

    /** Has the backup all history, and do its acknowledgements count? */
    public boolean inSync() {
        return state == LogSenderState.IN_SYNC;
    }

    /** Number of the last record that a backup in sync has acknowledged, in any session. */
    public long committedSequence() {
        return committedSequence;
    }

    /** Number of the last record taken from the ring. */
    public long drainedSequence() {
        return drainedSequence;
    }

    /** Bytes that the backup does not have: in the ring, in the history, on their way. 0 without a session. */
    public long lagBytes() {
        return cursor == null ? 0 : writer.ring().size() + history.bytesAfter(cursor) + inFlightBytes;
    }

    /** Records taken from the ring that no backup in sync has acknowledged. */
    public long lagRecords() {
        return drainedSequence - committedSequence;
    }

    /** From a batch's making to its acknowledgement, the last one's; 0: none yet. */
    public long roundTripNs() {
        return roundTripNs;
    }

    /** When the session began. */
    public long attachedNs() {
        return attachedNs;
    }

    private void onRecord(final int templateId, final MutableDirectBuffer buffer, final int index, final int length) {
        drainedSequence++;
        if (state != LogSenderState.SYNCHRONIZING && state != LogSenderState.IN_SYNC) {
            history.append(buffer, index, length);
            return;
        }
        // The backup counts: each record must be there for the cursor, also what the history does not keep.
        final boolean stored = history.keeps(templateId) && history.append(buffer, index, length);
        if (!stored) {
            if (!history.pass(buffer, index, length)) {
                fail();
            }
            if (!history.keeps(templateId)) {
                history.append(buffer, index, length);
            }
        }
    }

    private int fillHistory(final long primaryNs) {
        while (history.next(cursor, batch, Integer.MAX_VALUE) == 0) {
            if (history.atEnd(cursor)) {
                return fillMark(primaryNs);
            }
        }
        return sent(LogMessages.HISTORY_BATCH, 0, 0, primaryNs);
    }

    private int fillMark(final long primaryNs) {
        batch.onRecord(LiveRecordIndex.NO_CONNECTION, mark, 0, mark.capacity());
        cursor.exact = true;
        cursor.damaged = false;
        state = LogSenderState.SYNCHRONIZING;
        sentSequence = drainedSequence;
        markBatch = sentBatch + 1;
        return sent(LogMessages.HISTORY_BATCH, sentSequence, sentSequence, primaryNs);
    }

    private int fillLive(final long primaryNs) {
        final int records = history.next(cursor, batch, Integer.MAX_VALUE);
        if (cursor.damaged) {
            fail();
            return 0;
        }
        if (records == 0) {
            return 0;
        }
        final long first = sentSequence + 1;
        sentSequence += records;
        return sent(LogMessages.LOG_BATCH, first, sentSequence, primaryNs);
    }

    private int sent(final byte type, final long firstSequence, final long lastSequence, final long primaryNs) {
        sentBatch++;
        final int length = batch.finish(type, epoch, sentBatch, firstSequence, lastSequence, primaryNs);
        unackedLast[slot(sentBatch)] = lastSequence;
        unackedBytes[slot(sentBatch)] = length;
        inFlightBytes += length;
        counters.increment(ReplicationCounter.BATCHES_SENT);
        counters.add(ReplicationCounter.RECORDS_SENT, batch.records());
        counters.add(ReplicationCounter.BYTES_SENT, length);
        return length;
    }

    private boolean decodeAck(final DirectBuffer buffer, final int offset, final int length) {
        if (offset < 0 || length < LogMessages.ACK_BYTES || offset > buffer.capacity() - length
            || buffer.getByte(offset) != LogMessages.LOG_ACK
            || !LogMessages.hasHeader(buffer, offset + 1, length - 1, LogAckDecoder.TEMPLATE_ID, LogAckDecoder.BLOCK_LENGTH)) {
            return false;
        }
        ack.wrap(buffer, offset + 1 + RecordLayout.HEADER_BYTES, RecordLayout.blockLength(buffer, offset + 1),
            RecordLayout.version(buffer, offset + 1));
        return ack.epoch() == epoch && ack.batchNumber() > ackedBatch && ack.batchNumber() <= sentBatch
            && ack.lastSequence() == unackedLast[slot(ack.batchNumber())];
    }

    private void fail() {
        counters.increment(ReplicationCounter.SESSIONS_FAILED);
        end(LogSenderState.FAILED);
    }

    private void end(final LogSenderState newState) {
        state = newState;
        inFlightBytes = 0;
        if (cursor != null) {
            cursor.close();
            cursor = null;
        }
    }

    private static int slot(final long batchNumber) {
        return (int) batchNumber & MAX_UNACKED_BATCHES - 1;
    }
}
