package io.holdfast.replication;

import io.holdfast.replay.EventKind;
import io.holdfast.replication.log.LogWriter;
import java.util.concurrent.locks.LockSupport;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * What applications' threads did, learned and chose, on its way to the log: each notes it here before it can act on it, the shard
 * moves it into the log before it lets anything leave that was written afterwards.
 *
 * <p>What holds: events get numbers in the order in which they were noted. Before an event's record stands, for every connection
 * whose output has grown since the last one, how far it had come. What grew and was followed by no event needs no record.
 */
final class ApplicationLog {
    /** A note of {@link #MAX_BYTES} must be an eighth of the ring at most. */
    private static final int MIN_CAPACITY_BYTES = 1 << 16;
    private static final int EVENT = 1;
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
    /** What an event takes in the log. */
    private static final int EVENT_ROOM = 64;
    /** Connections whose output has grown that wait for an event at most. */
    private static final int MOST_GROWN = 256;
    private static final long NONE = -1;

    private final ManyToOneRingBuffer ring;
    private final MessageHandler handler = this::onMessage;
    /** Where the output of connections was when it was noted last, and no event has come since. Shard only. */
    private final Long2LongHashMap grown = new Long2LongHashMap(NONE);
    private LogWriter writer;
    private long lastCause;
    private long order;

    /** @param capacityBytes about how much may wait for the shard */
    ApplicationLog(final int capacityBytes) {
        final int capacity = BitUtil.findNextPositivePowerOfTwo(Math.max(capacityBytes, MIN_CAPACITY_BYTES));
        ring = new ManyToOneRingBuffer(new UnsafeBuffer(BufferUtil.allocateDirectAligned(
            capacity + RingBufferDescriptor.TRAILER_LENGTH, BitUtil.CACHE_LINE_LENGTH)));
    }

    /** Events get numbers from there on, unless they have come further. Shard only. */
    void orderFrom(final long value) {
        order = Math.max(order, value);
        grown.clear();
    }

    /** The next event's number. Shard only. */
    long nextOrder() {
        return ++order;
    }

    /** Where the notes made so far end. Any thread. */
    long end() {
        return ring.producerPosition();
    }

    /** False if there is no room now. Any thread. */
    boolean event(final long connectionId, final int kind, final long value) {
        final int index = ring.tryClaim(EVENT, KIND_AT + Integer.BYTES);
        if (index < 0) {
            return false;
        }
        ring.buffer().putLong(index, connectionId);
        ring.buffer().putLong(index + VALUE_AT, value);
        ring.buffer().putInt(index + KIND_AT, kind);
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

    /** A connection's output has come so far; what happens later comes after that. Shard only. */
    void written(final long connectionId, final long offset) {
        if (grown.get(connectionId) < offset) {
            grown.put(connectionId, offset);
        }
    }

    /**
     * Moves what was noted up to there into the log. Shard only. Waits for a note that another thread is about to make
     * before one that it has made: who made that one may have written what depends on it.
     *
     * @return false if the log has no room for all
     */
    boolean drain(final LogWriter to, final long end) {
        writer = to;
        int spins = 0;
        while (ring.consumerPosition() < end) {
            if (to.freeBytes() < NOTE_ROOM + (long) EVENT_ROOM * grown.size()) {
                return false;
            }
            if (ring.read(handler, 1) > 0) {
                spins = 0;
            } else if (++spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(PARK_NS);
            }
        }
        return true;
    }

    /** The sequence of the last record that output depends on; 0 if there was none. Shard only. */
    long lastCause() {
        return lastCause;
    }

    /** Output that has grown goes into the log: before an event. False if there is no room. Shard only. */
    boolean tellGrown(final LogWriter to) {
        if (to.freeBytes() < (long) EVENT_ROOM * grown.size()) {
            return false;
        }
        final Long2LongHashMap.EntryIterator all = grown.entrySet().iterator();
        while (all.hasNext()) {
            all.next();
            to.event(all.getLongKey(), nextOrder(), EventKind.WRITTEN, all.getLongValue());
        }
        grown.clear();
        return true;
    }

    private void onMessage(final int type, final MutableDirectBuffer buffer, final int index, final int length) {
        final long id = buffer.getLong(index);
        final long value = buffer.getLong(index + VALUE_AT);
        final int kind = buffer.getInt(index + KIND_AT);
        if (type == EVENT) {
            onEvent(id, kind, value);
            return;
        }
        byte[] bytes = null;
        if (length > BYTES_AT) {
            bytes = new byte[length - BYTES_AT];
            buffer.getBytes(index + BYTES_AT, bytes);
        }
        lastCause = writer.choice(id, kind, value, bytes);
    }

    private void onEvent(final long id, final int kind, final long value) {
        if (kind == EventKind.WRITTEN) {
            written(id, value);
            if (grown.size() > MOST_GROWN) {
                tellGrown(writer);
            }
            return;
        }
        if (kind != EventKind.AVAILABLE || value > 0) {
            tellGrown(writer);
        }
        lastCause = writer.event(id, nextOrder(), kind, value);
    }
}
