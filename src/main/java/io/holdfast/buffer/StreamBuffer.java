package io.holdfast.buffer;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;

/**
 * A window on one direction of a byte stream, addressed by absolute stream offset: bytes {@code [head, tail)} are
 * there. One producer appends at the tail, one consumer releases at the head; the two may be different threads. Memory
 * comes in chunks as bytes come and goes as they are released, so that an empty buffer holds (next to) nothing, and
 * never moves, so that a device can gather from it.
 *
 * <p>Send direction: the application produces, the shard consumes (reads at any offset in {@code [head, tail)}, releases
 * what was acknowledged). Receive direction: the shard produces, also ahead of the tail for segments out of order, the
 * application consumes.
 */
public final class StreamBuffer {
    /** Most bytes between head and the furthest byte held, in any configuration. */
    public static final int MAX_CAPACITY_BYTES = 16 * 1024 * 1024;

    /**
     * @param capacityBytes first limit on bytes held, see {@link #capacity(int)}
     */
    public StreamBuffer(final ChunkPool pool, final int capacityBytes) {
        throw new UnsupportedOperationException("contract only");
    }

    // --- any thread -------------------------------------------------------------------------------------------

    /** Offset of the first byte held (acquire). */
    public long head() {
        throw new UnsupportedOperationException("contract only");
    }

    /** Offset after the last byte published (acquire). */
    public long tail() {
        throw new UnsupportedOperationException("contract only");
    }

    /** {@code tail - head}. */
    public int size() {
        return (int) (tail() - head());
    }

    public int capacity() {
        throw new UnsupportedOperationException("contract only");
    }

    /** Sets the limit on {@code tail - head}; never takes back what is there. At most {@link #MAX_CAPACITY_BYTES}. */
    public void capacity(final int bytes) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Bytes that may be appended: capacity less size, never negative. */
    public int free() {
        return Math.max(0, capacity() - size());
    }

    // --- producer ---------------------------------------------------------------------------------------------

    /**
     * Appends as much of {@code src} as there is room and memory for, and publishes it.
     *
     * @return bytes taken
     */
    public int append(final ByteBuffer src) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Like {@link #append(ByteBuffer)}, from an Agrona buffer. */
    public int append(final DirectBuffer src, final int offset, final int length) {
        throw new UnsupportedOperationException("contract only");
    }

    /**
     * Copies bytes to a place at or after the tail without publishing them. Bytes not yet published may be overwritten.
     *
     * @param position {@code >= tail()} and {@code position + length <= head() + MAX_CAPACITY_BYTES}
     * @return false, and nothing stored, if the pool has no memory left
     */
    public boolean put(final long position, final DirectBuffer src, final int offset, final int length) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Moves the tail to {@code newTail}; every byte before it has been put. */
    public void publish(final long newTail) {
        throw new UnsupportedOperationException("contract only");
    }

    // --- consumer ---------------------------------------------------------------------------------------------

    /**
     * Reads from the head into {@code dst} and releases what was read.
     *
     * @return bytes read, 0 if there are none
     */
    public int read(final ByteBuffer dst) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Copies {@code length} bytes from {@code position}, all of them in {@code [head, tail)}, releasing nothing. */
    public void copy(final long position, final ByteBuffer dst, final int length) {
        throw new UnsupportedOperationException("contract only");
    }

    /**
     * Finds the memory of {@code [position, position + length)}, within {@code [head, tail)}.
     *
     * @param addresses filled with native addresses
     * @param lengths   filled with the lengths of the parts
     * @param from      first index to fill
     * @return parts filled
     */
    public int parts(final long position, final int length, final long[] addresses, final int[] lengths, final int from) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Moves the head; memory before it goes back to the pool. {@code newHead <= tail()}. */
    public void release(final long newHead) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Gives all memory back; {@code [head, tail)} is empty afterwards. Only when neither side uses the buffer any more. */
    public void free(final long position) {
        throw new UnsupportedOperationException("contract only");
    }
}
