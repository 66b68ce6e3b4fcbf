package io.holdfast.replication.log;

import io.holdfast.replication.codec.BatchHeaderEncoder;
import io.holdfast.replication.codec.MessageHeaderEncoder;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Puts records into a channel message, as long as they fit. */
final class BatchWriter implements RecordConsumer {
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final BatchHeaderEncoder batch = new BatchHeaderEncoder();
    private MutableDirectBuffer destination;
    private int start;
    private int at;
    private int end;
    private int records;

    void begin(final MutableDirectBuffer buffer, final int offset, final int capacity) {
        destination = buffer;
        start = offset;
        at = offset + LogMessages.BATCH_HEADER_BYTES;
        end = offset + capacity;
        records = 0;
    }

    @Override
    public boolean onRecord(final long connectionId, final DirectBuffer buffer, final int offset, final int length) {
        if (length > end - at - Integer.BYTES) {
            return false;
        }
        destination.putInt(at, length, ByteOrder.LITTLE_ENDIAN);
        destination.putBytes(at + Integer.BYTES, buffer, offset, length);
        at += Integer.BYTES + length;
        records++;
        return true;
    }

    int records() {
        return records;
    }

    /** Puts the header before the records; the message's length. */
    int finish(final byte type, final long epoch, final long batchNumber, final long firstSequence, final long lastSequence,
        final long primaryNs) {
        destination.putByte(start, type);
        batch.wrapAndApplyHeader(destination, start + 1, header).epoch(epoch).batchNumber(batchNumber)
            .firstSequence(firstSequence).lastSequence(lastSequence).primaryNs(primaryNs).records(records)
            .recordBytes(at - start - LogMessages.BATCH_HEADER_BYTES);
        return at - start;
    }
}
