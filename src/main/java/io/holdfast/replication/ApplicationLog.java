package io.holdfast.replication;

import io.holdfast.replication.log.LogWriter;
import java.util.concurrent.locks.LockSupport;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * What applications' threads read and chose, on its way to the log: each notes it here before it can act on it, the shard
 * moves it into the log before it lets anything leave that was written afterwards.
 */
final class ApplicationLog {
    /** A note of {@link #MAX_BYTES} must be an eighth of the ring at most. */
    private static final int MIN_CAPACITY_BYTES = 1 << 16;
    private static final int READ = 1;
    private static final int CHOICE = 2;
    private static final int VALUE_AT = 8;
    private static final int KIND_AT = 16;
    private static final int BYTES_AT = 20;
    /** Bytes of a choice at most. */
    static final int MAX_BYTES = 4_096;
    /** Looks for a note that is being made before the processor is left to its maker, who may be waiting for it. */
    private static final int SPINS = 200;
    private static final long PARK_NS = 20_000;
    /** What a note takes in the log at most. */
    private static final int NOTE_ROOM = MAX_BYTES + 256;

    private final ManyToOneRingBuffer ring;
    private final MessageHandler handler = this::onMessage;
    private LogWriter writer;
    private long last;

    /** @param capacityBytes about how much may wait for the shard */
    ApplicationLog(final int capacityBytes) {
        final int capacity = BitUtil.findNextPositivePowerOfTwo(Math.max(capacityBytes, MIN_CAPACITY_BYTES));
        ring = new ManyToOneRingBuffer(new UnsafeBuffer(BufferUtil.allocateDirectAligned(
            capacity + RingBufferDescriptor.TRAILER_LENGTH, BitUtil.CACHE_LINE_LENGTH)));
    }

    /** False if there is no room now. Any thread. */
    boolean read(final long connectionId, final int bytes) {
        final int index = ring.tryClaim(READ, VALUE_AT + 4);
        if (index < 0) {
            return false;
        }
        ring.buffer().putLong(index, connectionId);
        ring.buffer().putInt(index + VALUE_AT, bytes);
        ring.commit(index);
        return true;
    }

    /** False if there is no room now. Any thread. {@code bytes} may be null. */
    boolean choice(final long connectionId, final int kind, final long value, final byte[] bytes) {
        final int length = bytes == null ? 0 : bytes.length;
        final int index = ring.tryClaim(CHOICE, BYTES_AT + length);
        if (index < 0) {
            return false;
        }
        ring.buffer().putLong(index, connectionId);
        ring.buffer().putLong(index + VALUE_AT, value);
        ring.buffer().putInt(index + KIND_AT, kind);
        if (length > 0) {
            ring.buffer().putBytes(index + BYTES_AT, bytes);
        }
        ring.commit(index);
        return true;
    }

    /**
     * Moves everything noted so far into the log. Shard only. Waits for a note that another thread is about to make
     * before one that it has made: who made that one may have written what depends on it.
     *
     * @return the last record's sequence, 0 if there was none, {@link LogWriter#FULL} if the log has no room for all
     */
    long drain(final LogWriter to) {
        writer = to;
        last = 0;
        final long end = ring.producerPosition();
        int spins = 0;
        while (ring.consumerPosition() < end) {
            if (to.freeBytes() < NOTE_ROOM) {
                return LogWriter.FULL;
            }
            if (ring.read(handler, 1) > 0) {
                spins = 0;
            } else if (++spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(PARK_NS);
            }
        }
        return last;
    }

    private void onMessage(final int type, final MutableDirectBuffer buffer, final int index, final int length) {
        final long id = buffer.getLong(index);
        if (type == READ) {
            last = writer.read(id, buffer.getInt(index + VALUE_AT));
            return;
        }
        byte[] bytes = null;
        if (length > BYTES_AT) {
            bytes = new byte[length - BYTES_AT];
            buffer.getBytes(index + BYTES_AT, bytes);
        }
        last = writer.choice(id, buffer.getInt(index + KIND_AT), buffer.getLong(index + VALUE_AT), bytes);
    }
}
