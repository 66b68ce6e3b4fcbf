package io.holdfast.buffer;

import static io.holdfast.buffer.ChunkPool.CHUNK_BYTES;
import static io.holdfast.buffer.ChunkPool.NONE;

import io.holdfast.util.Invariant;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Objects;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;

/**
 * A window on one direction of a byte stream, addressed by absolute stream offset: the buffer holds bytes {@code [head, tail)}.
 * One producer appends at the tail, one consumer releases at the head; the two may be different threads. Memory comes in chunks
 * as bytes arrive and goes as they are released, so that an empty buffer holds (next to) nothing. Memory never moves, so that a
 * device can gather from it.
 *
 * <p>Send direction: the application produces, the shard consumes (reads at any offset in {@code [head, tail)},
 * releases what was acknowledged). Receive direction: the shard produces, also ahead of the tail for segments out of
 * order, the application consumes.
 *
 * <p>How two threads share it without a lock: chunk {@code n} of the stream has a slot in a ring of addresses that the
 * producer alone writes. A chunk wholly before the tail belongs to the consumer, any other to the producer, except the
 * one that the tail stands in. That one the producer leaves to be freed by the consumer, should it come to the tail, by
 * publishing the tail with the mark {@link #SPARE}; before it writes to the chunk again it takes the mark back. Both do
 * so by compare-and-set on the word that holds tail and mark, so one of them gets the chunk. A ring that has become too
 * small is replaced, never changed under the consumer: what the consumer may look up stands in the old one as well.
 */
public final class StreamBuffer {
    /** Most bytes between head and the furthest byte held, in any configuration. */
    public static final int MAX_CAPACITY_BYTES = 16 * 1024 * 1024;

    private static final int CHUNK_SHIFT = Integer.numberOfTrailingZeros(CHUNK_BYTES);
    private static final int CHUNK_MASK = CHUNK_BYTES - 1;
    private static final int FIRST_SLOTS = 8;
    private static final long[] NO_SLOTS = new long[0];
    /** Mark in the tail's word: the chunk at the tail holds no bytes after the tail, and the producer is not writing there. */
    private static final long SPARE = 1;

    private static final VarHandle TAIL;
    private static final VarHandle HEAD;
    private static final VarHandle SLOTS;

    static {
        try {
            TAIL = MethodHandles.lookup().findVarHandle(StreamBuffer.class, "tailWord", long.class);
            HEAD = MethodHandles.lookup().findVarHandle(StreamBuffer.class, "head", long.class);
            SLOTS = MethodHandles.lookup().findVarHandle(StreamBuffer.class, "slots", long[].class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ChunkPool pool;
    private volatile int capacity;
    private volatile boolean held;

    // Written by the producer; the slots before the tail are read by the consumer after it has read the tail.
    /** Tail shifted left by one, and {@link #SPARE}. Written with release, except where the consumer takes the mark. */
    private long tailWord;
    private long[] slots = NO_SLOTS;
    /** The producer left {@link #SPARE} in the tail's word; whether it still is there only a compare-and-set tells. */
    private boolean offered;
    /** Offset after the furthest byte ever put. */
    private long furthest;
    /** The last append ended for want of memory, not of room. */
    private boolean lackedMemory;
    /** Last chunk whose slot is in use: 0 there means no memory. Slots after it hold remains of older chunks. */
    private long lastSlot = -1;

    // Written by the consumer.
    private long head;

    /**
     * @param capacityBytes first limit on bytes held, see {@link #capacity(int)}
     */
    public StreamBuffer(final ChunkPool pool, final int capacityBytes) {
        this.pool = pool;
        capacity(capacityBytes);
    }

    // --- any thread -------------------------------------------------------------------------------------------

    /** Offset of the first byte held (acquire). */
    public long head() {
        return (long) HEAD.getAcquire(this);
    }

    /** Offset after the last byte published (acquire). */
    public long tail() {
        return (long) TAIL.getAcquire(this) >> 1;
    }

    /** {@code tail - head}; to a third thread, which sees the two at different times, an estimate. */
    public int size() {
        final long t = tail();
        return (int) Math.max(0, t - head());
    }

    public int capacity() {
        return capacity;
    }

    /** Sets the limit on {@code tail - head}; never drops bytes in the buffer. At most {@link #MAX_CAPACITY_BYTES}. */
    public void capacity(final int bytes) {
        if (bytes < 0 || bytes > MAX_CAPACITY_BYTES) {
            throw new IllegalArgumentException("capacity out of range: " + bytes);
        }
        capacity = bytes;
    }

    /** Held, it has no room, however much of it is released. An append that has begun goes on. */
    public void hold(final boolean value) {
        held = value;
    }

    /** Bytes that may be appended: capacity less size, never negative; 0 while it is held. */
    public int free() {
        return held ? 0 : Math.max(0, capacity() - size());
    }

    // --- producer ---------------------------------------------------------------------------------------------

    /**
     * Appends as much of {@code src} as there is room and memory for, and publishes it.
     *
     * @return bytes taken
     */
    public int append(final ByteBuffer src) {
        final int position = src.position();
        final int length = src.remaining();
        // The program's buffer may be changed by another thread of it between the two.
        Objects.checkFromIndexSize(position, length, src.capacity());
        final byte[] array = src.isDirect() ? null : BufferUtil.array(src);
        final long address = array == null
            ? BufferUtil.address(src) + position
            : BufferUtil.ARRAY_BASE_OFFSET + BufferUtil.arrayOffset(src) + position;
        final int taken = append(array, address, length);
        src.position(position + taken);
        return taken;
    }

    /** Like {@link #append(ByteBuffer)}, from an Agrona buffer. */
    public int append(final DirectBuffer src, final int offset, final int length) {
        src.boundsCheck(offset, length);
        return append(src.byteArray(), src.addressOffset() + offset, length);
    }

    private int append(final byte[] base, final long address, final int length) {
        final int wanted = Math.min(length, free());
        lackedMemory = false;
        if (wanted <= 0) {
            return 0;
        }
        final long from = tailWord >> 1;
        if (!ensureSlots((from + wanted - 1) >> CHUNK_SHIFT)) {
            lackedMemory = true;
            return 0;
        }
        claimTailChunk();
        final long[] ring = slots;
        int done = 0;
        while (done < wanted) {
            final long position = from + done;
            final int slot = slot(ring, position >> CHUNK_SHIFT);
            if (ring[slot] == NONE) {
                final long chunk = pool.take();
                if (chunk == NONE) {
                    lackedMemory = true;
                    break;
                }
                ring[slot] = chunk;
            }
            final int inChunk = (int) position & CHUNK_MASK;
            final int n = Math.min(wanted - done, CHUNK_BYTES - inChunk);
            UnsafeApi.copyMemory(base, address + done, null, pool.check(ring[slot], inChunk, n), n);
            done += n;
        }
        if (done > 0) {
            furthest = Math.max(furthest, from + done);
            publish(from + done);
        }
        return done;
    }

    /**
     * The last append took less than there was room for, because the pool had no memory. Looking for room afterwards
     * does not tell: the consumer may have made some since.
     */
    public boolean lackedMemory() {
        return lackedMemory;
    }

    /**
     * Copies bytes to a place at or after the tail without publishing them. Bytes not yet published may be overwritten.
     *
     * @param position {@code >= tail()} and {@code position + length <= head() + MAX_CAPACITY_BYTES}
     * @return false, and nothing stored, if the pool has no memory left
     */
    public boolean put(final long position, final DirectBuffer src, final int offset, final int length) {
        src.boundsCheck(offset, length);
        final long end = position + length;
        Invariant.check(position >= tailWord >> 1, "put before the tail");
        Invariant.check(end <= head() + MAX_CAPACITY_BYTES, "put beyond the largest window");
        if (length == 0) {
            return true;
        }
        final long firstChunk = position >> CHUNK_SHIFT;
        final long lastChunk = (end - 1) >> CHUNK_SHIFT;
        if (!ensureSlots(lastChunk) || !provide(firstChunk, lastChunk)) {
            return false;
        }
        final long[] ring = slots;
        final byte[] base = src.byteArray();
        final long address = src.addressOffset() + offset;
        int done = 0;
        while (done < length) {
            final int inChunk = (int) (position + done) & CHUNK_MASK;
            final int n = Math.min(length - done, CHUNK_BYTES - inChunk);
            final long chunk = ring[slot(ring, (position + done) >> CHUNK_SHIFT)];
            UnsafeApi.copyMemory(base, address + done, null, pool.check(chunk, inChunk, n), n);
            done += n;
        }
        furthest = Math.max(furthest, end);
        return true;
    }

    /** Moves the tail to {@code newTail}; every byte before it has been put. */
    public void publish(final long newTail) {
        final long tail = tailWord >> 1;
        if (newTail == tail) {
            return;
        }
        Invariant.check(newTail > tail && newTail <= furthest && !offered, "publish of bytes that were not put");
        // Tail and mark become visible at once: a consumer that reaches this tail either finds the mark, or will be
        // back, because bytes are waiting to be published.
        offered = newTail == furthest && (newTail & CHUNK_MASK) != 0;
        TAIL.setRelease(this, newTail << 1 | (offered ? SPARE : 0));
    }

    /**
     * Forgets the bytes that were put but not published, and gives their memory back, so that bytes out of order cannot
     * keep those in order from being stored (RFC 2018 8, reneging). The chunk at the tail stays until the tail moves on.
     */
    public void discardUnpublished() {
        final long tail = tailWord >> 1;
        if (furthest == tail) {
            return;
        }
        final long[] ring = slots;
        for (long c = (tail + CHUNK_MASK) >> CHUNK_SHIFT; c <= lastSlot; c++) {
            final int slot = slot(ring, c);
            if (ring[slot] != NONE) {
                pool.give(ring[slot]);
                ring[slot] = NONE;
            }
        }
        furthest = tail;
    }

    /** Takes the chunk at the tail, if still there, out of the consumer's reach until the next {@link #publish}. */
    private void claimTailChunk() {
        if (offered) {
            offered = false;
            final long word = tailWord & ~SPARE;
            if (!TAIL.compareAndSet(this, word | SPARE, word)) {
                // The consumer came to the tail and freed it.
                slots[slot(slots, word >> (1 + CHUNK_SHIFT))] = NONE;
            }
        }
    }

    /** Gets memory for all of these chunks, or leaves everything as it is. Their slots are in use. */
    private boolean provide(final long firstChunk, final long lastChunk) {
        final long[] ring = slots;
        int missing = 0;
        for (long c = firstChunk; c <= lastChunk; c++) {
            if (ring[slot(ring, c)] == NONE) {
                missing++;
            }
        }
        long chain = NONE;
        if (missing > 0) {
            chain = pool.takeChain(missing);
            if (chain == NONE) {
                return false;
            }
        }
        // The chunk at the tail is claimed last, so that nothing has to be undone when memory is short.
        if (offered && firstChunk == tailWord >> (1 + CHUNK_SHIFT)) {
            claimTailChunk();
            if (ring[slot(ring, firstChunk)] == NONE) {
                final long chunk = pool.take();
                if (chunk == NONE) {
                    pool.giveChain(chain);
                    return false;
                }
                ring[slot(ring, firstChunk)] = chunk;
            }
        }
        for (long c = firstChunk; chain != NONE; c++) {
            final int slot = slot(ring, c);
            if (ring[slot] == NONE) {
                final long chunk = chain;
                chain = ChunkPool.next(chunk);
                ring[slot] = chunk;
            }
        }
        return true;
    }

    /** Brings the slots up to that of {@code chunk} into use. False, and all is as before, if the heap has no room for them. */
    private boolean ensureSlots(final long chunk) {
        if (chunk <= lastSlot) {
            return true;
        }
        final long headChunk = head() >> CHUNK_SHIFT;
        final long span = chunk - headChunk + 1;
        if (span > slots.length && !growSlots(headChunk, (int) span)) {
            return false;
        }
        final long[] ring = slots;
        for (long c = lastSlot + 1; c <= chunk; c++) {
            ring[slot(ring, c)] = NONE;
        }
        lastSlot = chunk;
        return true;
    }

    private boolean growSlots(final long headChunk, final int span) {
        final long[] old = slots;
        final long[] grown;
        try {
            grown = new long[BitUtil.findNextPositivePowerOfTwo(Math.max(span, FIRST_SLOTS))];
        } catch (final OutOfMemoryError e) {
            return false;
        }
        for (long c = headChunk; c <= lastSlot; c++) {
            grown[slot(grown, c)] = old[slot(old, c)];
        }
        SLOTS.setRelease(this, grown);
        return true;
    }

    private static int slot(final long[] ring, final long chunk) {
        return (int) chunk & (ring.length - 1);
    }

    // --- consumer ---------------------------------------------------------------------------------------------

    /**
     * Reads from the head into {@code dst} and releases the bytes read.
     *
     * @return bytes read, 0 if there are none
     */
    public int read(final ByteBuffer dst) {
        final long from = head;
        final int length = (int) Math.min(dst.remaining(), tail() - from);
        if (length == 0) {
            return 0;
        }
        copy(from, dst, length);
        release(from + length);
        return length;
    }

    /** Copies {@code length} bytes from {@code position}, all of them in {@code [head, tail)}, releasing nothing. */
    public void copy(final long position, final ByteBuffer dst, final int length) {
        if (dst.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        if (length > dst.remaining()) {
            throw new BufferOverflowException();
        }
        checkHeld(position, length);
        final int at = dst.position();
        Objects.checkFromIndexSize(at, length, dst.capacity());
        final byte[] array = dst.isDirect() ? null : BufferUtil.array(dst);
        final long address = array == null
            ? BufferUtil.address(dst) + at
            : BufferUtil.ARRAY_BASE_OFFSET + BufferUtil.arrayOffset(dst) + at;
        final long[] ring = (long[]) SLOTS.getAcquire(this);
        int done = 0;
        while (done < length) {
            final int inChunk = (int) (position + done) & CHUNK_MASK;
            final int n = Math.min(length - done, CHUNK_BYTES - inChunk);
            final long chunk = ring[slot(ring, (position + done) >> CHUNK_SHIFT)];
            UnsafeApi.copyMemory(null, pool.check(chunk, inChunk, n), array, address + done, n);
            done += n;
        }
        dst.position(at + length);
    }

    /**
     * Finds the memory of {@code [position, position + length)}, within {@code [head, tail)}.
     *
     * @param addresses filled with native addresses
     * @param lengths   filled with the lengths of the parts
     * @param from      first index to fill
     * @return parts filled
     */
    public int parts(
        final long position, final int length, final long[] addresses, final int[] lengths, final int from) {
        checkHeld(position, length);
        final long[] ring = (long[]) SLOTS.getAcquire(this);
        int part = from;
        int done = 0;
        while (done < length) {
            final int inChunk = (int) (position + done) & CHUNK_MASK;
            final int n = Math.min(length - done, CHUNK_BYTES - inChunk);
            addresses[part] = pool.check(ring[slot(ring, (position + done) >> CHUNK_SHIFT)], inChunk, n);
            lengths[part] = n;
            part++;
            done += n;
        }
        return part - from;
    }

    /** Reads the tail. The read also orders memory: slots of bytes before the tail are visible after it. */
    private void checkHeld(final long position, final int length) {
        final long t = tail();
        Invariant.check(length >= 0 && position >= head && position + length <= t, "bytes that are not held");
    }

    /** Moves the head; memory before it goes back to the pool. {@code newHead <= tail()}. */
    public void release(final long newHead) {
        final long from = head;
        final long word = (long) TAIL.getAcquire(this);
        Invariant.check(newHead >= from && newHead <= word >> 1, "release of bytes that are not held");
        if (newHead == from) {
            return;
        }
        final long[] ring = (long[]) SLOTS.getAcquire(this);
        final long end = newHead >> CHUNK_SHIFT;
        for (long c = from >> CHUNK_SHIFT; c < end; c++) {
            pool.give(ring[slot(ring, c)]);
        }
        // Read before the head moves: afterwards the producer may use the slots before it for other chunks.
        final long chunk = word == (newHead << 1 | SPARE) ? ring[slot(ring, end)] : NONE;
        HEAD.setRelease(this, newHead);
        if (chunk != NONE && TAIL.compareAndSet(this, word, newHead << 1)) {
            pool.give(chunk);
        }
    }

    /**
     * Gives all memory back; {@code [head, tail)} is empty afterwards, at {@code position}. May be called only when neither side
     * uses the buffer any more; then also more than once, and the buffer may be used again.
     */
    public void free(final long position) {
        claimTailChunk();
        final long[] ring = slots;
        for (long c = head >> CHUNK_SHIFT; c <= lastSlot; c++) {
            final long chunk = ring[slot(ring, c)];
            if (chunk != NONE) {
                pool.give(chunk);
            }
        }
        slots = NO_SLOTS;
        lastSlot = (position >> CHUNK_SHIFT) - 1;
        furthest = position;
        HEAD.setVolatile(this, position);
        TAIL.setVolatile(this, position << 1);
    }
}
