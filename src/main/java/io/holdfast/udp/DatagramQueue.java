package io.holdfast.udp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Received datagrams of one socket, copied into a ring of bytes: one producer (the shard), one consumer at a time (the
 * application). Its memory is allocated with the first datagram, and never grows.
 */
final class DatagramQueue {
    /** A ring holds two of the largest records, so that one always fits when it is empty, wherever it begins. */
    static final int MIN_RING_BYTES = 256 * 1024;
    static final int MAX_RING_BYTES = 16 * 1024 * 1024;
    /** length, port, source, destination. */
    private static final int HEADER_BYTES = 40;
    private static final int PADDING = -1;
    private static final VarHandle HEAD;
    private static final VarHandle TAIL;

    static {
        try {
            HEAD = MethodHandles.lookup().findVarHandle(DatagramQueue.class, "head", long.class);
            TAIL = MethodHandles.lookup().findVarHandle(DatagramQueue.class, "tail", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile UnsafeBuffer ring;
    private volatile int limitBytes;
    /** Bytes consumed and produced since the beginning, padding included. */
    @SuppressWarnings("unused")
    private long head;
    @SuppressWarnings("unused")
    private long tail;

    DatagramQueue(final int limitBytes) {
        limit(limitBytes);
    }

    /** Most bytes queued, headers included; a datagram always fits into an empty queue. Any thread. */
    void limit(final int bytes) {
        limitBytes = Math.max(1, Math.min(bytes, MAX_RING_BYTES));
    }

    int limit() {
        return limitBytes;
    }

    boolean isEmpty() {
        return (long) HEAD.getAcquire(this) == (long) TAIL.getAcquire(this);
    }

    // --- producer ----------------------------------------------------------------------------------------------

    /** Appends a datagram. Returns false if there is no room: the datagram is lost. */
    boolean offer(
        final long sourceHi,
        final long sourceLo,
        final int sourcePort,
        final long destinationHi,
        final long destinationLo,
        final DirectBuffer buffer,
        final int offset,
        final int length) {
        UnsafeBuffer bytes = ring;
        if (bytes == null) {
            final int size = Math.max(MIN_RING_BYTES, BitUtil.findNextPositivePowerOfTwo(limitBytes));
            bytes = new UnsafeBuffer(ByteBuffer.allocateDirect(size));
            ring = bytes;
        }
        final int capacity = bytes.capacity();
        final long at = (long) TAIL.getOpaque(this);
        final int used = (int) (at - (long) HEAD.getAcquire(this));
        final int record = BitUtil.align(HEADER_BYTES + length, 8);
        int index = (int) at & capacity - 1;
        final int padding = capacity - index < record ? capacity - index : 0;
        if (used + padding + record > capacity || used > 0 && used + record > limitBytes) {
            return false;
        }
        if (padding > 0) {
            bytes.putInt(index, PADDING);
            index = 0;
        }
        bytes.putInt(index, length);
        bytes.putInt(index + 4, sourcePort);
        bytes.putLong(index + 8, sourceHi);
        bytes.putLong(index + 16, sourceLo);
        bytes.putLong(index + 24, destinationHi);
        bytes.putLong(index + 32, destinationLo);
        bytes.putBytes(index + HEADER_BYTES, buffer, offset, length);
        TAIL.setRelease(this, at + padding + record);
        return true;
    }

    // --- consumer ----------------------------------------------------------------------------------------------

    /**
     * Takes the oldest datagram; what does not fit into {@code target} is lost.
     *
     * @return false if there is none
     */
    boolean poll(final ByteBuffer target, final Datagram datagram) {
        final long at = (long) HEAD.getOpaque(this);
        if (at == (long) TAIL.getAcquire(this)) {
            return false;
        }
        final UnsafeBuffer bytes = ring;
        final int capacity = bytes.capacity();
        int index = (int) at & capacity - 1;
        int padding = 0;
        if (bytes.getInt(index) == PADDING) {
            padding = capacity - index;
            index = 0;
        }
        final int length = bytes.getInt(index);
        datagram.length = length;
        datagram.sourcePort = bytes.getInt(index + 4);
        datagram.sourceHi = bytes.getLong(index + 8);
        datagram.sourceLo = bytes.getLong(index + 16);
        datagram.destinationHi = bytes.getLong(index + 24);
        datagram.destinationLo = bytes.getLong(index + 32);
        bytes.getBytes(index + HEADER_BYTES, target, Math.min(length, target.remaining()));
        HEAD.setRelease(this, at + padding + BitUtil.align(HEADER_BYTES + length, 8));
        return true;
    }
}
