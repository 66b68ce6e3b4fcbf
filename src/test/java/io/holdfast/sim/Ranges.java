package io.holdfast.sim;

import java.util.Map;
import java.util.TreeMap;

/** Ranges of a stream that have come. */
final class Ranges {
    private final TreeMap<Long, Long> ranges = new TreeMap<>();

    void add(final long from, final long to) {
        long start = from;
        long end = to;
        for (Map.Entry<Long, Long> e = ranges.floorEntry(end); e != null && e.getValue() >= start; e = ranges.floorEntry(end)) {
            start = Math.min(start, e.getKey());
            end = Math.max(end, e.getValue());
            ranges.remove(e.getKey());
        }
        ranges.put(start, end);
    }

    void clear() {
        ranges.clear();
    }

    boolean contains(final long from, final long to) {
        final Map.Entry<Long, Long> e = ranges.floorEntry(from);
        return e != null && e.getValue() >= to;
    }

    /** All before this has come. */
    long contiguous() {
        final Long end = ranges.get(0L);
        return end == null ? 0 : end;
    }

    @Override
    public String toString() {
        return ranges.toString();
    }
}
