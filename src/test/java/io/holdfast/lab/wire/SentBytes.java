package io.holdfast.lab.wire;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Every byte of a stream that was seen, to be compared when its offset is sent again. */
final class SentBytes {
    private static final int CHUNK_BYTES = 1 << 16;

    private final Map<Long, byte[]> chunks = new HashMap<>();
    /** Start to end (exclusive) of what is known; neither overlapping nor touching. */
    private final TreeMap<Long, Long> known = new TreeMap<>();

    /**
     * How an arrival compares with what was known.
     *
     * @param differsAt first offset that differs, -1 if none does
     * @param repeated  bytes that were there before
     */
    record Outcome(long differsAt, int repeated) {
    }

    Outcome add(final long offset, final byte[] source, final int from, final int length) {
        if (length == 0) {
            return new Outcome(-1, 0);
        }
        final long end = offset + length;
        long differsAt = -1;
        int repeated = 0;
        final Long before = known.floorKey(offset);
        for (final var range : known.subMap(before == null ? offset : before, true, end, false).entrySet()) {
            final long start = Math.max(offset, range.getKey());
            final long stop = Math.min(end, range.getValue());
            if (start < stop) {
                repeated += (int) (stop - start);
                final long different = mismatch(start, source, from + (int) (start - offset), (int) (stop - start));
                differsAt = differsAt < 0 ? different : differsAt;
            }
        }
        if (repeated < length && differsAt < 0) { // what was seen first stays
            store(offset, source, from, length);
            merge(offset, end);
        }
        return new Outcome(differsAt, repeated);
    }

    private long mismatch(final long offset, final byte[] source, final int from, final int length) {
        int done = 0;
        while (done < length) {
            final int at = (int) ((offset + done) % CHUNK_BYTES);
            final int piece = Math.min(length - done, CHUNK_BYTES - at);
            final int different = Arrays.mismatch(chunks.get((offset + done) / CHUNK_BYTES), at, at + piece,
                source, from + done, from + done + piece);
            if (different >= 0) {
                return offset + done + different;
            }
            done += piece;
        }
        return -1;
    }

    private void store(final long offset, final byte[] source, final int from, final int length) {
        int done = 0;
        while (done < length) {
            final int at = (int) ((offset + done) % CHUNK_BYTES);
            final int piece = Math.min(length - done, CHUNK_BYTES - at);
            final byte[] chunk = chunks.computeIfAbsent((offset + done) / CHUNK_BYTES, i -> new byte[CHUNK_BYTES]);
            System.arraycopy(source, from + done, chunk, at, piece);
            done += piece;
        }
    }

    private void merge(final long start, final long end) {
        long first = start;
        long last = end;
        var range = known.floorEntry(end);
        while (range != null && range.getValue() >= start) {
            first = Math.min(first, range.getKey());
            last = Math.max(last, range.getValue());
            known.remove(range.getKey());
            range = known.floorEntry(end);
        }
        known.put(first, last);
    }
}
