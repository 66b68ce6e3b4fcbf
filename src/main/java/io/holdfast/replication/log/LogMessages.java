package io.holdfast.replication.log;

import io.holdfast.replication.codec.BatchHeaderDecoder;
import io.holdfast.replication.codec.LogAckDecoder;
import io.holdfast.replication.codec.MessageHeaderDecoder;
import org.agrona.DirectBuffer;

/** The channel messages of the log: a byte that says which, then a header, then records, each behind its length. */
public final class LogMessages {
    /** First byte: live records. */
    public static final byte LOG_BATCH = 2;
    /** First byte: the backup's acknowledgement. */
    public static final byte LOG_ACK = 3;
    /** First byte: records of the history, for a backup that joins. */
    public static final byte HISTORY_BATCH = 4;
    /** First byte: the backup cannot carry a connection on. */
    public static final byte CONNECTION_LOST = 5;
    /** A batch's bytes before its first record. */
    public static final int BATCH_HEADER_BYTES = 1 + MessageHeaderDecoder.ENCODED_LENGTH + BatchHeaderDecoder.BLOCK_LENGTH;
    /** A batch with the longest record there may be; senders need room for this. */
    public static final int MIN_BATCH_CAPACITY = BATCH_HEADER_BYTES + Integer.BYTES + RecordLayout.MAX_RECORD_BYTES;
    public static final int ACK_BYTES = 1 + MessageHeaderDecoder.ENCODED_LENGTH + LogAckDecoder.BLOCK_LENGTH;

    private LogMessages() {
    }

    /** Is there this message's header at {@code offset}, of a version that can be read, with its whole block? */
    static boolean hasHeader(final DirectBuffer buffer, final int offset, final int length, final int templateId,
        final int blockLength) {
        return length >= MessageHeaderDecoder.ENCODED_LENGTH + blockLength
            && RecordLayout.schemaId(buffer, offset) == MessageHeaderDecoder.SCHEMA_ID
            && RecordLayout.templateId(buffer, offset) == templateId
            && RecordLayout.version(buffer, offset) != 0
            && !RecordCheck.laterGeneration(RecordLayout.version(buffer, offset))
            && RecordLayout.blockLength(buffer, offset) >= blockLength
            && RecordLayout.blockLength(buffer, offset) <= length - MessageHeaderDecoder.ENCODED_LENGTH;
    }
}
