package io.holdfast.ip;

import io.holdfast.counters.Counters;
import io.holdfast.counters.IpCounter;
import io.holdfast.util.Deadline;
import io.holdfast.util.LongPairMap;
import java.util.concurrent.TimeUnit;

/**
 * Path MTUs learnt from "fragmentation needed" (RFC 1191, 8201). The caller has validated each report against a connection (RFC
 * 5927). A report still only lowers the MTU, never below a floor, and is forgotten after a while, so that a path that became
 * wider is found. Shard's thread only.
 */
public final class PathMtuCache {
    /** Smallest path MTU believed: below it a forger could make us send dust (Linux: {@code min_pmtu}). */
    public static final int MIN_MTU = 552;
    /** RFC 1191 6.3 recommends ten minutes. */
    public static final long MAX_AGE_NS = TimeUnit.MINUTES.toNanos(10);
    /** Most destinations remembered. */
    public static final int MAX_ENTRIES = 4096;
    /** Common MTUs (RFC 1191 7.1), for routers that do not say theirs. */
    private static final int[] PLATEAUS = {32_000, 17_914, 8_166, 4_352, 2_002, 1_492, 1_006, MIN_MTU};

    private static final class Entry {
        int mtu;
        boolean locked;
        long untilNs;
    }

    private final LongPairMap<Entry> entries;
    private final Counters counters;

    /**
     * @param key random bits for the hash
     */
    public PathMtuCache(final Counters counters, final long key) {
        this.counters = counters;
        entries = new LongPairMap<>(MAX_ENTRIES, key);
    }

    /** Returns the path's known MTU at that time, at most {@code linkMtu}. */
    public int mtu(final long hi, final long lo, final int linkMtu, final long nowNs) {
        final Entry entry = entries.find(hi, lo);
        return entry == null || entry.untilNs <= nowNs ? linkMtu : Math.min(entry.mtu, linkMtu);
    }

    /**
     * A router asked for less than {@link #MIN_MTU}: packets of that size go without "don't fragment", so that the path
     * works if the router was honest (Linux: a locked MTU).
     */
    public boolean locked(final long hi, final long lo, final long nowNs) {
        final Entry entry = entries.find(hi, lo);
        return entry != null && entry.locked && entry.untilNs > nowNs;
    }

    /** When {@link #mtu} changes by itself; {@link Deadline#NONE} if it does not. */
    public long untilNs(final long hi, final long lo, final long nowNs) {
        final Entry entry = entries.find(hi, lo);
        return entry == null || entry.untilNs <= nowNs ? Deadline.NONE : entry.untilNs;
    }

    /**
     * A router said that packets do not fit.
     *
     * @param nextHopMtu as it said, 0 if it did not
     * @param sentBytes  total length of the packet that did not fit
     * @param current    the path MTU used so far
     * @return the path MTU now, lower than {@code current} only if this was news
     */
    public int lower(
        final long hi, final long lo, final int nextHopMtu, final int sentBytes, final int current, final long nowNs) {
        int mtu = nextHopMtu;
        if (mtu == 0) {
            mtu = plateauBelow(Math.min(sentBytes, current));
        }
        mtu = Math.max(mtu, MIN_MTU);
        final boolean locked = nextHopMtu > 0 && nextHopMtu < MIN_MTU;
        if (mtu > current || mtu == current && !locked) {
            return current;
        }
        Entry entry = entries.find(hi, lo);
        if (entry == null) {
            if (entries.isFull()) {
                counters.increment(IpCounter.PATH_MTU_TABLE_FULL);
                entries.clear();
            }
            entry = new Entry();
            entries.put(hi, lo, entry);
        }
        entry.mtu = mtu;
        entry.locked = locked;
        entry.untilNs = nowNs + MAX_AGE_NS;
        counters.increment(IpCounter.PATH_MTU_LOWERED);
        return mtu;
    }

    private static int plateauBelow(final int bytes) {
        for (final int plateau : PLATEAUS) {
            if (plateau < bytes) {
                return plateau;
            }
        }
        return MIN_MTU;
    }
}
