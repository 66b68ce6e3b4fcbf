package io.holdfast.buffer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.BufferUtil;
import org.agrona.UnsafeApi;

/**
 * Fixed-size off-heap chunks for stream buffers, within a limit for the whole stack. Any thread.
 *
 * <p>Memory is taken from the system in slabs when it is first needed and kept for reuse. Free chunks form a lock-free
 * stack, the one that was freed last (whose lines are still in a cache) on top; each free chunk holds the address of
 * the next in its first bytes. The stack's top is one word: a page number and a tag that changes with each operation,
 * so that a compare-and-set cannot mistake a chunk that left and came back.
 */
public final class ChunkPool {
    /** Bytes of a chunk: what an active connection holds at least, an idle one holds none. */
    public static final int CHUNK_BYTES = 16 * 1024;

    /** Chunks of the first slab; later ones double up to {@link #MAX_SLAB_CHUNKS}. */
    static final int FIRST_SLAB_CHUNKS = 8;
    static final int MAX_SLAB_CHUNKS = 64;
    /** {@link #take()} has no memory left. */
    static final long NONE = 0;

    private static final int PAGE_BITS = 12;
    /** Page numbers of 48-bit addresses; the other 28 bits of the top's word are its tag. */
    private static final int PAGE_NUMBER_BITS = 36;
    private static final long PAGE_NUMBER_MASK = (1L << PAGE_NUMBER_BITS) - 1;

    private static final AtomicLong TOTAL_ALLOCATED_BYTES = new AtomicLong();
    private static final VarHandle TOP;
    private static final VarHandle USED_CHUNKS;

    static {
        try {
            TOP = MethodHandles.lookup().findVarHandle(ChunkPool.class, "top", long.class);
            USED_CHUNKS = MethodHandles.lookup().findVarHandle(ChunkPool.class, "usedChunks", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long limitBytes;
    /** Keeps the slabs from the collector, which would free their memory; guarded by this. */
    private final List<ByteBuffer> slabs = new ArrayList<>();
    private int nextSlabChunks = FIRST_SLAB_CHUNKS;
    /** Chunks that may still be taken from the system; written under the lock. */
    private volatile long growableChunks;
    private volatile long allocatedBytes;

    @SuppressWarnings("unused")
    private volatile long top;
    @SuppressWarnings("unused")
    private volatile long usedChunks;

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
        return usedChunks * CHUNK_BYTES;
    }

    public long limitBytes() {
        return limitBytes;
    }

    /** Bytes that this pool has taken from the system, handed out or not; they go back when the pool is collected. */
    public long allocatedBytes() {
        return allocatedBytes;
    }

    /** Bytes that all pools of the process have ever taken from the system, for counters. */
    public static long totalAllocatedBytes() {
        return TOTAL_ALLOCATED_BYTES.get();
    }

    /** The address of a chunk with arbitrary content, or {@link #NONE}. */
    long take() {
        long chunk = pop();
        if (chunk == NONE) {
            if (growableChunks == 0) {
                return NONE;
            }
            chunk = grow();
            if (chunk == NONE) {
                return NONE;
            }
        }
        USED_CHUNKS.getAndAdd(this, 1L);
        return chunk;
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
        USED_CHUNKS.getAndAdd(this, -1L);
        push(chunk);
    }

    private void push(final long chunk) {
        while (true) {
            final long seen = top;
            UnsafeApi.putLong(chunk, (seen & PAGE_NUMBER_MASK) << PAGE_BITS);
            if (TOP.compareAndSet(this, seen, word(seen, chunk))) {
                return;
            }
        }
    }

    private long pop() {
        while (true) {
            final long seen = top;
            final long chunk = (seen & PAGE_NUMBER_MASK) << PAGE_BITS;
            if (chunk == NONE) {
                return NONE;
            }
            // Another thread may have this chunk by now and be writing to it. Then what is read here is no address, but
            // the tag has changed as well and the exchange fails; slabs stay mapped, so the read itself is safe.
            final long next = UnsafeApi.getLong(chunk);
            if (TOP.compareAndSet(this, seen, word(seen, next))) {
                return chunk;
            }
        }
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
        try {
            slab = BufferUtil.allocateDirectAligned(bytes, 1 << PAGE_BITS);
        } catch (final OutOfMemoryError e) {
            // The JVM's own limit (-XX:MaxDirectMemorySize) is below ours. Each further attempt would run the collector
            // several times, so there is none.
            growableChunks = 0;
            return NONE;
        }
        slabs.add(slab);
        final long address = BufferUtil.address(slab);
        if (address >>> PAGE_BITS + PAGE_NUMBER_BITS != 0) {
            throw new IllegalStateException("address beyond 48 bits: " + Long.toHexString(address));
        }
        for (int i = chunks - 1; i > 0; i--) {
            push(address + (long) i * CHUNK_BYTES);
        }
        nextSlabChunks = Math.min(nextSlabChunks * 2, MAX_SLAB_CHUNKS);
        allocatedBytes += bytes;
        TOTAL_ALLOCATED_BYTES.addAndGet(bytes);
        growableChunks -= chunks;
        return address;
    }
}
