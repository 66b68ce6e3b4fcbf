package io.holdfast.replication.log;

import java.nio.file.Path;

/**
 * How much a {@link History} keeps, and where.
 *
 * @param cluster      name of the cluster: files of another one are left alone
 * @param segmentBytes memory and files are taken in pieces of this
 * @param memoryBytes  most memory; rounded down to whole segments, of which there are at least two. A few more are
 *                     needed while segments on disk are read
 * @param limitBytes   most bytes in memory and on disk together, garbage that is not yet taken out included
 * @param directory    where files go; null: nothing goes to disk, and memory is the limit
 */
public record HistoryLimits(String cluster, int segmentBytes, long memoryBytes, long limitBytes, Path directory) {
    public static final int DEFAULT_SEGMENT_BYTES = 4 * 1024 * 1024;
    public static final long DEFAULT_MEMORY_BYTES = 256L * 1024 * 1024;
    public static final long DEFAULT_LIMIT_BYTES = 8L * 1024 * 1024 * 1024;
    /** A position's offset has so many bits. */
    static final int MAX_SEGMENT_BYTES = 1 << HistoryPosition.OFFSET_BITS - 1;
    /** A segment holds at least one record of any length. */
    static final int MIN_SEGMENT_BYTES = 512 * 1024;

    public HistoryLimits {
        if (segmentBytes < MIN_SEGMENT_BYTES || segmentBytes > MAX_SEGMENT_BYTES || segmentBytes % Long.BYTES != 0) {
            throw new IllegalArgumentException("segmentBytes = " + segmentBytes + ": a multiple of 8 from " + MIN_SEGMENT_BYTES
                + " to " + MAX_SEGMENT_BYTES);
        }
        if (memoryBytes < 2L * segmentBytes) {
            throw new IllegalArgumentException("history_memory = " + memoryBytes + ": at least " + 2L * segmentBytes);
        }
        if (limitBytes < memoryBytes) {
            throw new IllegalArgumentException("history_limit = " + limitBytes + " is less than history_memory = " + memoryBytes);
        }
    }

    int memorySegments() {
        return (int) Math.min(memoryBytes / segmentBytes, Integer.MAX_VALUE);
    }
}
