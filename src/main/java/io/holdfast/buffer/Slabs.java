package io.holdfast.buffer;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The memory that a {@link ChunkPool} has taken from the system, by address; keeps it from the collector, which would free it.
 * Immutable.
 */
final class Slabs {
    static final Slabs NONE = new Slabs(new ByteBuffer[0], new long[0], new long[0]);

    private final ByteBuffer[] memory;
    /** Ascending; the ends belong to the starts of the same index. */
    private final long[] starts;
    private final long[] ends;

    private Slabs(final ByteBuffer[] memory, final long[] starts, final long[] ends) {
        this.memory = memory;
        this.starts = starts;
        this.ends = ends;
    }

    /** These and one more. */
    Slabs with(final ByteBuffer slab, final long start, final int bytes) {
        final int at = -1 - Arrays.binarySearch(starts, start);
        final ByteBuffer[] moreMemory = Arrays.copyOf(memory, memory.length + 1);
        moreMemory[memory.length] = slab;
        return new Slabs(moreMemory, inserted(starts, at, start), inserted(ends, at, start + bytes));
    }

    private static long[] inserted(final long[] values, final int at, final long value) {
        final long[] more = new long[values.length + 1];
        System.arraycopy(values, 0, more, 0, at);
        more[at] = value;
        System.arraycopy(values, at, more, at + 1, values.length - at);
        return more;
    }

    /** Returns whether a chunk begins at that address. */
    boolean hold(final long chunk) {
        int from = 0;
        int to = starts.length;
        while (from < to) {
            final int middle = from + to >>> 1;
            if (starts[middle] <= chunk) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from > 0 && chunk < ends[from - 1] && (chunk - starts[from - 1]) % ChunkPool.CHUNK_BYTES == 0;
    }
}
