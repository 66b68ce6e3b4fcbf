package io.holdfast.replication.log;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import io.holdfast.replication.codec.AcceptedDecoder;
import io.holdfast.replication.codec.BatchHeaderDecoder;
import io.holdfast.replication.codec.ChoiceDecoder;
import io.holdfast.replication.codec.ClosedDecoder;
import io.holdfast.replication.codec.EventDecoder;
import io.holdfast.replication.codec.LogAckEncoder;
import io.holdfast.replication.codec.MessageHeaderEncoder;
import io.holdfast.replication.codec.OpenedDecoder;
import io.holdfast.replication.codec.SynchronizedDecoder;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.LongHashSet;

/**
 * The backup's end of one session of the log: judges each batch as a whole, then stores its records and hands them on. The
 * replicator's thread only. No bytes make it fail.
 *
 * <p>The handler gets a connection's records only after its Opened: those of a connection that the primary's history could
 * not keep, and that are still live there, are skipped.
 */
public final class LogReceiver {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final long epoch;
    private final History history;
    private final RecordHandler handler;
    private final Counters counters;
    private final BatchHeaderDecoder header = new BatchHeaderDecoder();
    private final RecordDecoder decoder = new RecordDecoder();
    private final LongHashSet opened = new LongHashSet();
    /** The highest number of a connection that was opened in this session. */
    private long newest;
    private final MessageHeaderEncoder ackHeader = new MessageHeaderEncoder();
    private final LogAckEncoder ackEncoder = new LogAckEncoder();

    private long takenBatch;
    private long ackedBatch;
    private long lastSequence;
    private boolean live;
    private long lastBatchNs;
    private long lastPrimaryNs;

    /**
     * @param epoch   the session's: the primary's, as the members agreed on it
     * @param history empty, or without connections
     * @param handler may be null: the records are only stored
     */
    public LogReceiver(final long epoch, final History history, final RecordHandler handler, final Counters counters) {
        this.epoch = epoch;
        this.history = history;
        this.handler = handler;
        this.counters = counters;
    }

    /**
     * Takes a message of type {@link LogMessages#LOG_BATCH} or {@link LogMessages#HISTORY_BATCH}.
     *
     * @param offset where it begins, with its type
     * @return anything but {@link BatchResult#TAKEN}: nothing of it was stored, and the session is over
     */
    public BatchResult onBatch(final DirectBuffer buffer, final int offset, final int length, final long nowNs) {
        final BatchResult result = judge(buffer, offset, length);
        counters.increment(result.counter());
        if (result == BatchResult.TAKEN) {
            final int records = offset + 1 + RecordLayout.HEADER_BYTES + RecordLayout.blockLength(buffer, offset + 1);
            take(buffer, records, offset + length, nowNs);
        }
        return result;
    }

    /**
     * Writes an acknowledgement of everything taken, if the last one does not say it already.
     *
     * @param dst with room for {@link LogMessages#ACK_BYTES}
     * @return its length, or 0: nothing to acknowledge
     */
    public int ack(final MutableDirectBuffer dst, final int offset) {
        if (takenBatch == ackedBatch) {
            return 0;
        }
        ackedBatch = takenBatch;
        dst.putByte(offset, LogMessages.LOG_ACK);
        ackEncoder.wrapAndApplyHeader(dst, offset + 1, ackHeader).epoch(epoch).batchNumber(takenBatch)
            .lastSequence(lastSequence).primaryNs(lastPrimaryNs);
        return LogMessages.ACK_BYTES;
    }

    /** Of the session. */
    public long epoch() {
        return epoch;
    }

    /** Has the history come to its end, and are the records live since? */
    public boolean live() {
        return live;
    }

    /** Number of the last record, in the primary's log; 0 before {@link #live()}. */
    public long lastSequence() {
        return lastSequence;
    }

    /** When the last batch came; this host's clock. */
    public long lastBatchNs() {
        return lastBatchNs;
    }

    /** When the last batch was made; the primary's clock. */
    public long lastPrimaryNs() {
        return lastPrimaryNs;
    }

    private BatchResult judge(final DirectBuffer buffer, final int offset, final int length) {
        if (offset < 0 || length < 1 || offset > buffer.capacity() - length) {
            return BatchResult.TORN;
        }
        final byte type = buffer.getByte(offset);
        if (type != LogMessages.LOG_BATCH && type != LogMessages.HISTORY_BATCH) {
            return BatchResult.GARBAGE;
        }
        if (length < LogMessages.BATCH_HEADER_BYTES) {
            return BatchResult.TORN;
        }
        if (!LogMessages.hasHeader(buffer, offset + 1, length - 1, BatchHeaderDecoder.TEMPLATE_ID,
            BatchHeaderDecoder.BLOCK_LENGTH)) {
            return foreign(buffer, offset + 1);
        }
        final int blockLength = RecordLayout.blockLength(buffer, offset + 1);
        header.wrap(buffer, offset + 1 + RecordLayout.HEADER_BYTES, blockLength, RecordLayout.version(buffer, offset + 1));
        if (header.epoch() != epoch) {
            return header.epoch() < epoch ? BatchResult.LOWER_EPOCH : BatchResult.HIGHER_EPOCH;
        }
        if (header.batchNumber() != takenBatch + 1) {
            return header.batchNumber() <= takenBatch ? BatchResult.REPLAYED : BatchResult.REORDERED;
        }
        final int recordBytes = length - 1 - RecordLayout.HEADER_BYTES - blockLength;
        if (header.records() < 1 || header.recordBytes() < recordBytes) {
            return BatchResult.GARBAGE;
        }
        if (header.recordBytes() > recordBytes) {
            return BatchResult.TORN;
        }
        return judgeRecords(type, buffer, offset + length - recordBytes, offset + length);
    }

    private BatchResult judgeRecords(final byte type, final DirectBuffer buffer, final int begin, final int end) {
        int at = begin;
        int marks = 0;
        for (int i = 0; i < header.records(); i++) {
            final int length = end - at < Integer.BYTES ? -1 : buffer.getInt(at, ORDER);
            at += Integer.BYTES;
            if (length < 0 || length > end - at) {
                return BatchResult.TORN;
            }
            if (!RecordCheck.wellFormed(buffer, at, length)) {
                return length < RecordLayout.HEADER_BYTES ? BatchResult.GARBAGE : foreign(buffer, at);
            }
            if (RecordLayout.templateId(buffer, at) == SynchronizedDecoder.TEMPLATE_ID) {
                marks++;
            }
            at += length;
        }
        if (at != end) {
            return BatchResult.GARBAGE;
        }
        return follows(type, marks) ? BatchResult.TAKEN : BatchResult.SEQUENCE_GAP;
    }

    private boolean follows(final byte type, final int marks) {
        final long first = header.firstSequence();
        final long last = header.lastSequence();
        if (type == LogMessages.LOG_BATCH) {
            return live && first == lastSequence + 1 && last - first + 1 == header.records();
        }
        // The mark at the end of history stands alone, and says where the log is.
        return !live && first == last && first >= 0 && (marks == 0 ? first == 0 : header.records() == 1);
    }

    private static BatchResult foreign(final DirectBuffer buffer, final int offset) {
        return RecordLayout.schemaId(buffer, offset) == BatchHeaderDecoder.SCHEMA_ID
            && RecordCheck.laterGeneration(RecordLayout.version(buffer, offset))
            ? BatchResult.NEWER_SCHEMA : BatchResult.GARBAGE;
    }

    private void take(final DirectBuffer buffer, final int begin, final int end, final long nowNs) {
        final boolean endOfHistory = !live && RecordLayout.templateId(buffer, begin + Integer.BYTES)
            == SynchronizedDecoder.TEMPLATE_ID;
        // The number of the first record; those of the history have none.
        final long first = live || endOfHistory ? header.firstSequence() : 0;
        final int step = live ? 1 : 0;
        takenBatch++;
        live |= endOfHistory;
        lastSequence = header.lastSequence();
        lastBatchNs = nowNs;
        lastPrimaryNs = header.primaryNs();
        counters.add(ReplicationCounter.RECORDS_TAKEN, header.records());
        long sequence = first;
        for (int at = begin; at < end; at += buffer.getInt(at, ORDER) + Integer.BYTES) {
            final int length = buffer.getInt(at, ORDER);
            // One by one: whoever follows may begin to read the history just here.
            history.append(buffer, at + Integer.BYTES, length);
            hand(buffer, at + Integer.BYTES, length, sequence);
            sequence += step;
        }
    }

    private void hand(final DirectBuffer buffer, final int offset, final int length, final long sequence) {
        final long connectionId = RecordLayout.connectionId(buffer, offset);
        final int templateId = RecordLayout.templateId(buffer, offset);
        final boolean known = templateId == OpenedDecoder.TEMPLATE_ID ? opened.add(connectionId)
            : templateId == ClosedDecoder.TEMPLATE_ID ? opened.remove(connectionId)
            : connectionId == LiveRecordIndex.NO_CONNECTION || opened.contains(connectionId) || isLate(templateId, connectionId);
        if (templateId == OpenedDecoder.TEMPLATE_ID) {
            newest = Math.max(newest, connectionId);
        }
        if (!known) {
            counters.increment(ReplicationCounter.RECORDS_UNKNOWN);
            return;
        }
        if (handler != null) {
            decoder.decode(buffer, offset, length, sequence, handler);
        }
    }

    /** A connection has left the table, and its application goes on: reads what is left, is told of the end, closes. */
    private boolean isLate(final int templateId, final long connectionId) {
        return connectionId <= newest && (templateId == EventDecoder.TEMPLATE_ID || templateId == ChoiceDecoder.TEMPLATE_ID
            || templateId == AcceptedDecoder.TEMPLATE_ID);
    }
}
