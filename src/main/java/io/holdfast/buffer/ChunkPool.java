package io.holdfast.buffer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.agrona.BufferUtil;
import org.agrona.UnsafeApi;

/**
 * Fixed-size off-heap chunks for stream buffers, within a limit for the whole stack. Any thread.
 *
 * <p>Memory is taken from the system in slabs when it is first needed and kept for reuse. Free chunks form a lock-free
 * stack, the one that was freed last (whose lines are still in a cache) on top; each free chunk begins with the
 * address of the next, followed by how many there are from here down, so that no count has to be kept beside. The
 * stack's top is one word: a page number and a tag that changes with each operation, so that a compare-and-set cannot
 * mistake a chunk that left and came back.
 */
public final class ChunkPool {
    /** Bytes of a chunk: what an active connection holds at least, an idle one holds none. */
    public static final int CHUNK_BYTES = 16 * 1024;

    /** Chunks of the first slab; later ones double up to {@link #MAX_SLAB_CHUNKS}. */
    static final int FIRST_SLAB_CHUNKS = 8;
    static final int MAX_SLAB_CHUNKS = 64;
    /** {@link #take()} has no memory left. */
    static final long NONE = 0;

    private static final int DEPTH_OFFSET = Long.BYTES;

    private static final int PAGE_BITS = 12;
    /** Page numbers of 48-bit addresses; the other 28 bits of the top's word are its tag. */
    private static final int PAGE_NUMBER_BITS = 36;
    private static final long PAGE_NUMBER_MASK = (1L << PAGE_NUMBER_BITS) - 1;

    private static final VarHandle TOP;

    static {
        try {
            TOP = MethodHandles.lookup().findVarHandle(ChunkPool.class, "top", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile long limitBytes;
    /** Replaced under the lock, never changed. */
    private volatile Slabs slabs = Slabs.NONE;
    private int nextSlabChunks = FIRST_SLAB_CHUNKS;
    /** Chunks that may still be taken from the system; written under the lock. */
    private volatile long growableChunks;
    private volatile long allocatedBytes;

    @SuppressWarnings("unused")
    private volatile long top;

    /**
     * @param limitBytes most memory that chunks may take together; rounded down to whole chunks
     */
    public ChunkPool(final long limitBytes) {
        if (limitBytes < 0) {
            throw new IllegalArgumentException("limitBytes is negative: " + limitBytes);
        }
        this.growableChunks = limitBytes / CHUNK_BYTES;
        this.limitBytes = growableChunks * CHUNK_BYTES;
    }

    /** Bytes handed out now. */
    public long usedBytes() {
        while (true) {
            final long seen = top;
            final long free = depth(address(seen));
            final long used = allocatedBytes - free * CHUNK_BYTES;
            VarHandle.loadLoadFence();
            if (top == seen) {
                return used;
            }
        }
    }

    public long limitBytes() {
        return limitBytes;
    }

    /** Bytes that this pool has taken from the system, handed out or not; they go back when the pool is collected. */
    public long allocatedBytes() {
        return allocatedBytes;
    }

    /** The address of a chunk with arbitrary content, or {@link #NONE}. */
    long take() {
        final long chunk = pop();
        if (chunk != NONE) {
            return chunk;
        }
        // The thread that takes the last slab from the system first frees its chunks, then says that it was the last. So with
        // none left to come, chunks freed in the meantime must be looked for once more.
        return growableChunks == 0 ? pop() : grow();
    }

    /**
     * Takes {@code count} chunks or none.
     *
     * @return the first of them, whose first eight bytes hold the address of the next, and so on; the last holds
     *     {@link #NONE}, which is also the answer if there are not enough
     */
    long takeChain(final int count) {
        long first = NONE;
        for (int i = 0; i < count; i++) {
            final long chunk = take();
            if (chunk == NONE) {
                giveChain(first);
                return NONE;
            }
            UnsafeApi.putLong(chunk, first);
            first = chunk;
        }
        return first;
    }

    void giveChain(final long first) {
        long chunk = first;
        while (chunk != NONE) {
            final long next = UnsafeApi.getLong(chunk);
            give(chunk);
            chunk = next;
        }
    }

    /** The chunk after {@code chunk} in a chain of {@link #takeChain}. */
    static long next(final long chunk) {
        return UnsafeApi.getLong(chunk);
    }

    /** Takes back a chunk, once. */
    void give(final long chunk) {
        check(chunk, 0, DEPTH_OFFSET + Long.BYTES);
        while (true) {
            final long seen = top;
            final long next = address(seen);
            UnsafeApi.putLong(chunk, next);
            UnsafeApi.putLong(chunk + DEPTH_OFFSET, depth(next) + 1);
            if (TOP.compareAndSet(this, seen, word(seen, chunk))) {
                return;
            }
        }
    }

    private long pop() {
        while (true) {
            final long seen = top;
            final long chunk = address(seen);
            if (chunk == NONE) {
                return NONE;
            }
            // Another thread may have this chunk by now and be writing to it. Then the word read here is no address, but
            // the tag has changed as well and the exchange fails; slabs stay mapped, so the read itself is safe. The
            // same holds where a depth is read.
            final long next = UnsafeApi.getLong(chunk);
            if (TOP.compareAndSet(this, seen, word(seen, next))) {
                return chunk;
            }
        }
    }

    /**
     * Makes sure that a piece of memory lies in one chunk of this pool. Never switched off: every copy asks it first.
     *
     * @return the piece's address
     * @throws TornBufferError if it does not
     */
    long check(final long chunk, final int offset, final int length) {
        if ((offset | length) < 0 || offset > CHUNK_BYTES - length || !slabs.hold(chunk)) {
            throw new TornBufferError(chunk, offset, length);
        }
        return chunk + offset;
    }

    private static long address(final long word) {
        return (word & PAGE_NUMBER_MASK) << PAGE_BITS;
    }

    /** Free chunks from this one down. */
    private static long depth(final long chunk) {
        return chunk == NONE ? 0 : UnsafeApi.getLong(chunk + DEPTH_OFFSET);
    }

    private static long word(final long previous, final long chunk) {
        final long tag = (previous >>> PAGE_NUMBER_BITS) + 1;
        return tag << PAGE_NUMBER_BITS | chunk >>> PAGE_BITS & PAGE_NUMBER_MASK;
    }

    private synchronized long grow() {
        final long chunk = pop();
        if (chunk != NONE || growableChunks == 0) {
            return chunk;
        }
        final int chunks = (int) Math.min(nextSlabChunks, growableChunks);
        final int bytes = chunks * CHUNK_BYTES;
        final ByteBuffer slab;
        final Slabs more;
        try {
            slab = BufferUtil.allocateDirectAligned(bytes, 1 << PAGE_BITS);
            more = slabs.with(slab, BufferUtil.address(slab), bytes);
        } catch (final OutOfMemoryError e) {
            if (String.valueOf(e.getMessage()).contains("direct buffer memory")) {
                // The JVM's own limit (-XX:MaxDirectMemorySize) is below ours. Each further attempt would run the collector
                // several times, so there is none; and who waits for memory must not be told that there is some.
                growableChunks = 0;
                limitBytes = allocatedBytes;
            }
            // Also possible: the program has used up the heap, for now.
            return NONE;
        }
        slabs = more;
        final long address = BufferUtil.address(slab);
        if (address >>> PAGE_BITS + PAGE_NUMBER_BITS != 0) {
            throw new IllegalStateException("address beyond 48 bits: " + Long.toHexString(address));
        }
        allocatedBytes += bytes;
        for (int i = chunks - 1; i > 0; i--) {
            give(address + (long) i * CHUNK_BYTES);
        }
        nextSlabChunks = Math.min(nextSlabChunks * 2, MAX_SLAB_CHUNKS);
        growableChunks -= chunks;
        return address;
    }
}
