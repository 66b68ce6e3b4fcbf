package io.holdfast.replication.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A run of the history's records, in memory or in a file. Plain data; the records stand one behind the other, each as
 * {checksum, length, record, padding to eight bytes}.
 */
final class LogSegment {
    static final int CHECKSUM_OFFSET = 0;
    static final int LENGTH_OFFSET = 4;
    static final int RECORD_OFFSET = 8;

    /** Grows along the list; never used again. */
    final long id;
    LogSegment previous;
    LogSegment next;
    /** Null while on disk alone. */
    Image image;
    /** Bytes written. */
    int used;
    /** Of these, bytes of records that a joining backup needs; a little more where a checkpoint lies within a segment. */
    int live;
    /** Grows when the records move or the bytes on disk change. */
    int generation;
    boolean freed;
    /** It is being written to disk: nobody may change it until that is done. */
    boolean spilling;

    LogSegment(final long id) {
        this.id = id;
    }

    /** Memory of a segment, and its two views. */
    static final class Image {
        final ByteBuffer bytes;
        final UnsafeBuffer buffer;

        Image(final int capacity) {
            bytes = ByteBuffer.allocateDirect(capacity);
            buffer = new UnsafeBuffer(bytes);
        }

        void free() {
            BufferUtil.free(bytes);
        }

        int length(final int at) {
            return buffer.getInt(at + LENGTH_OFFSET, ByteOrder.LITTLE_ENDIAN);
        }

        void length(final int at, final int length) {
            buffer.putInt(at + LENGTH_OFFSET, length, ByteOrder.LITTLE_ENDIAN);
        }
    }

    /** What a record of that length takes. */
    static int framed(final int length) {
        return BitUtil.align(RECORD_OFFSET + length, Long.BYTES);
    }
}
