package io.holdfast.buffer;

/**
 * Fixed-size off-heap chunks for stream buffers, within a limit for the whole stack. Any thread.
 */
public final class ChunkPool {
    /** Bytes of a chunk: what an active connection holds at least, an idle one holds none. */
    public static final int CHUNK_BYTES = 16 * 1024;

    /**
     * @param limitBytes most memory that chunks may take together
     */
    public ChunkPool(final long limitBytes) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Bytes handed out now. */
    public long usedBytes() {
        throw new UnsupportedOperationException("contract only");
    }

    public long limitBytes() {
        throw new UnsupportedOperationException("contract only");
    }
}
