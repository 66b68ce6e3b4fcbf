package io.holdfast.util;

import java.util.Arrays;

/**
 * A map from pairs of longs to objects, with a fixed limit and a keyed hash, so that an attacker cannot choose keys that
 * collide. Open addressing; allocates only in the constructor. One thread.
 *
 * @param <V> type of the values
 */
public final class LongPairMap<V> {
    private final long[] his;
    private final long[] los;
    private final Object[] values;
    private final int mask;
    private final int limit;
    private final long key;
    private int size;

    /**
     * @param limit most entries
     * @param key   random bits for the hash
     */
    public LongPairMap(final int limit, final long key) {
        final int slots = Integer.highestOneBit(Math.max(4, limit * 2 - 1)) << 1;
        this.limit = limit;
        this.key = key;
        mask = slots - 1;
        his = new long[slots];
        los = new long[slots];
        values = new Object[slots];
    }

    /** A keyed hash of a pair of longs, all of whose bits are good. */
    public static long hash(final long hi, final long lo, final long key) {
        long h = mix(lo ^ key);
        if (hi != 0) {
            h = mix(h ^ hi);
        }
        return h;
    }

    private static long mix(final long value) {
        long h = value * 0x9E37_79B9_7F4A_7C15L;
        h = (h ^ h >>> 32) * 0xD6E8_FEB8_6659_FD93L;
        return h ^ h >>> 32;
    }

    @SuppressWarnings("unchecked")
    public V find(final long hi, final long lo) {
        int i = slot(hi, lo);
        while (values[i] != null) {
            if (los[i] == lo && his[i] == hi) {
                return (V) values[i];
            }
            i = i + 1 & mask;
        }
        return null;
    }

    /** Maps the pair to a value, replacing an earlier one. Returns false, without a change, if the map is full. */
    public boolean put(final long hi, final long lo, final V value) {
        int i = slot(hi, lo);
        while (values[i] != null) {
            if (los[i] == lo && his[i] == hi) {
                values[i] = value;
                return true;
            }
            i = i + 1 & mask;
        }
        if (size == limit) {
            return false;
        }
        his[i] = hi;
        los[i] = lo;
        values[i] = value;
        size++;
        return true;
    }

    public boolean remove(final long hi, final long lo) {
        int i = slot(hi, lo);
        while (values[i] != null) {
            if (los[i] == lo && his[i] == hi) {
                close(i);
                size--;
                return true;
            }
            i = i + 1 & mask;
        }
        return false;
    }

    /** Moves later entries of the run back, so that no search stops early at the hole. */
    private void close(final int from) {
        int hole = from;
        int i = hole + 1 & mask;
        while (values[i] != null) {
            final int home = slot(his[i], los[i]);
            if ((i - home & mask) >= (i - hole & mask)) {
                his[hole] = his[i];
                los[hole] = los[i];
                values[hole] = values[i];
                hole = i;
            }
            i = i + 1 & mask;
        }
        values[hole] = null;
    }

    private int slot(final long hi, final long lo) {
        return (int) hash(hi, lo, key) & mask;
    }

    public int size() {
        return size;
    }

    public boolean isFull() {
        return size == limit;
    }

    public void clear() {
        Arrays.fill(values, null);
        size = 0;
    }
}
