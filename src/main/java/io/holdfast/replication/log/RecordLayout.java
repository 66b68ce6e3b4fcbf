package io.holdfast.replication.log;

import io.holdfast.replication.codec.InputDecoder;
import io.holdfast.replication.codec.MessageHeaderDecoder;
import io.holdfast.replication.codec.OpenedDecoder;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/** Where things lie in a record, and how large one may be. */
public final class RecordLayout {
    /** Most bytes of a client's or server's stream in one record. */
    public static final int MAX_STREAM_BYTES = 64 * 1024;
    /** Most bytes of any other kind in one record: snapshots, checkpoints, keys, choices. */
    public static final int MAX_BLOB_BYTES = 256 * 1024;
    /** No record is longer: header, the longest block, the length of its bytes, its bytes. */
    public static final int MAX_RECORD_BYTES = MAX_BLOB_BYTES + 256;

    static final int HEADER_BYTES = MessageHeaderDecoder.ENCODED_LENGTH;
    static final int BYTES_LENGTH_BYTES = OpenedDecoder.snapshotHeaderLength();

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private RecordLayout() {
    }

    /** The template of a record that holds at least its header. */
    static int templateId(final DirectBuffer buffer, final int offset) {
        return buffer.getShort(offset + MessageHeaderDecoder.templateIdEncodingOffset(), ORDER) & 0xFFFF;
    }

    static int blockLength(final DirectBuffer buffer, final int offset) {
        return buffer.getShort(offset + MessageHeaderDecoder.blockLengthEncodingOffset(), ORDER) & 0xFFFF;
    }

    static int schemaId(final DirectBuffer buffer, final int offset) {
        return buffer.getShort(offset + MessageHeaderDecoder.schemaIdEncodingOffset(), ORDER) & 0xFFFF;
    }

    static int version(final DirectBuffer buffer, final int offset) {
        return buffer.getShort(offset + MessageHeaderDecoder.versionEncodingOffset(), ORDER) & 0xFFFF;
    }

    /** The connection of a well-formed record: the first field of each. */
    static long connectionId(final DirectBuffer buffer, final int offset) {
        return buffer.getLong(offset + HEADER_BYTES, ORDER);
    }

    /** Of a well-formed Input or Output: the position behind its last byte. */
    static long streamEnd(final DirectBuffer buffer, final int offset) {
        final int block = offset + HEADER_BYTES;
        return buffer.getLong(block + InputDecoder.streamOffsetEncodingOffset(), ORDER)
            + buffer.getInt(block + blockLength(buffer, offset), ORDER);
    }
}
