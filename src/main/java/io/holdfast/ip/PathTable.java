package io.holdfast.ip;

import io.holdfast.util.LongPairMap;

/**
 * A cache of {@link Path}s by destination, direct mapped: a collision costs a new look-up of route and neighbour,
 * nothing is ever full, and nothing is allocated once a place has been used. Shard's thread only.
 */
final class PathTable {
    private static final int SLOTS = 1024;

    private final Path[] paths = new Path[SLOTS];
    private final long key;
    private Path last;

    /**
     * @param key random bits for the hash
     */
    PathTable(final long key) {
        this.key = key;
        last = new Path();
    }

    /** Returns the destination's entry. An entry of another destination is forgotten: {@code generation} is then -1. */
    Path at(final long hi, final long lo) {
        if (last.lo == lo && last.hi == hi) {
            return last;
        }
        final int slot = (int) LongPairMap.hash(hi, lo, key) & SLOTS - 1;
        Path path = paths[slot];
        if (path == null) {
            path = new Path();
            paths[slot] = path;
        }
        if (path.lo != lo || path.hi != hi) {
            path.hi = hi;
            path.lo = lo;
            path.generation = -1;
            path.neighbor = null;
        }
        last = path;
        return path;
    }
}
