package io.holdfast.ip.neighbor;

import io.holdfast.counters.Counters;
import io.holdfast.counters.IpCounter;
import io.holdfast.util.Deadline;
import io.holdfast.util.LongPairMap;
import java.util.concurrent.TimeUnit;

/**
 * Addresses of the stations on the link, with the states of RFC 4861 7.3 and the pacing of RFC 1122 2.3.2.1. Entries
 * come to be only because we send to a neighbour, or because it asked for one of us: strangers fill nothing. Shard's
 * thread only.
 */
public final class NeighborCache {
    /** Most neighbours. */
    public static final int MAX_NEIGHBORS = 1024;
    /** Requests without an answer before a neighbour has failed (RFC 4861 10: MAX_MULTICAST_SOLICIT). */
    public static final int MAX_REQUESTS = 3;
    /** Between requests (RETRANS_TIMER; RFC 1122 allows one a second). */
    public static final long REQUEST_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);
    /** How long a confirmation is good for (REACHABLE_TIME). */
    public static final long REACHABLE_NS = TimeUnit.SECONDS.toNanos(30);
    /** How long a stale address may be used before it is asked for (DELAY_FIRST_PROBE_TIME). */
    public static final long DELAY_NS = TimeUnit.SECONDS.toNanos(5);
    /** Entries looked at for one to evict. */
    private static final int MAX_EVICTION_STEPS = 64;

    private final LongPairMap<Neighbor> map;
    private final Neighbor[] all = new Neighbor[MAX_NEIGHBORS];
    private int count;
    private int hand;
    private final Neighbor[] active = new Neighbor[MAX_NEIGHBORS];
    private int activeCount;
    private long nextDeadlineNs = Deadline.NONE;
    private final NeighborOutput output;
    private final Counters counters;

    /**
     * @param key random bits for the hash
     */
    public NeighborCache(final NeighborOutput output, final Counters counters, final long key) {
        this.output = output;
        this.counters = counters;
        map = new LongPairMap<>(MAX_NEIGHBORS, key);
    }

    /** The entry, or null. */
    public Neighbor find(final long hi, final long lo) {
        return map.find(hi, lo);
    }

    /** The entry, made if need be. Null if the table is full of entries in use. */
    public Neighbor obtain(final long hi, final long lo, final long nowNs) {
        final Neighbor known = map.find(hi, lo);
        if (known != null) {
            return known;
        }
        if (count == MAX_NEIGHBORS && !evict(nowNs)) {
            counters.increment(IpCounter.ARP_TABLE_FULL);
            return null;
        }
        final Neighbor neighbor = new Neighbor(hi, lo);
        neighbor.index = count;
        all[count++] = neighbor;
        map.put(hi, lo, neighbor);
        return neighbor;
    }

    /**
     * A packet is about to go to the neighbour. Starts asking for it where that is due.
     *
     * @param askFromLo source to ask from
     * @return true if {@link Neighbor#mac()} may be used; otherwise the packet may be held if the state is INCOMPLETE,
     *     and must be dropped if it is FAILED
     */
    public boolean use(final Neighbor neighbor, final long askFromLo, final long nowNs) {
        switch (neighbor.state) {
            case REACHABLE:
                if (nowNs < neighbor.reachableUntilNs) {
                    return true;
                }
                neighbor.askFromLo = askFromLo;
                enter(neighbor, NeighborState.DELAY, nowNs + DELAY_NS);
                return true;
            case STALE:
                neighbor.askFromLo = askFromLo;
                enter(neighbor, NeighborState.DELAY, nowNs + DELAY_NS);
                return true;
            case DELAY:
            case PROBE:
                return true;
            case FAILED:
                if (nowNs >= neighbor.retryAfterNs) {
                    neighbor.askFromLo = askFromLo;
                    neighbor.requests = 0;
                    enter(neighbor, NeighborState.INCOMPLETE, nowNs + REQUEST_INTERVAL_NS);
                    request(neighbor, nowNs);
                }
                return false;
            default:
                return false;
        }
    }

    /**
     * A station said where it is.
     *
     * @param forUs  the packet was addressed to us: then an entry is made for a station not known yet
     * @param answer the packet answers a request of ours, which also proves that the way there works
     */
    public void learn(
        final long hi, final long lo, final long mac, final boolean forUs, final boolean answer, final long nowNs) {
        Neighbor neighbor = map.find(hi, lo);
        if (neighbor == null) {
            if (!forUs || answer) {
                counters.increment(IpCounter.ARP_IN_STRANGER);
                return;
            }
            neighbor = obtain(hi, lo, nowNs);
            if (neighbor == null) {
                return;
            }
        }
        final boolean waiting = neighbor.state == NeighborState.INCOMPLETE;
        final boolean known = neighbor.state != NeighborState.FAILED && !waiting;
        final boolean changed = known && neighbor.mac != mac;
        if (changed) {
            counters.increment(IpCounter.ARP_CHANGED);
        }
        neighbor.mac = mac;
        if (answer && (waiting || neighbor.state == NeighborState.PROBE)) {
            reachable(neighbor, nowNs);
        } else if (changed || !known) {
            enter(neighbor, NeighborState.STALE, Deadline.NONE);
        }
        if (waiting) {
            output.onResolved(neighbor, nowNs);
        }
    }

    /** Progress above proves that the neighbour is there (RFC 4861 7.3.1). */
    public void confirm(final Neighbor neighbor, final long nowNs) {
        switch (neighbor.state) {
            case REACHABLE:
                neighbor.reachableUntilNs = nowNs + REACHABLE_NS;
                break;
            case STALE:
            case DELAY:
            case PROBE:
                reachable(neighbor, nowNs);
                break;
            default:
                break;
        }
    }

    public void onTimer(final long nowNs) {
        if (nowNs < nextDeadlineNs) {
            return;
        }
        // Backwards, because a handler removes entries from the list, or appends.
        for (int i = activeCount - 1; i >= 0; i--) {
            if (i < activeCount && active[i].deadlineNs <= nowNs) {
                onDeadline(active[i], nowNs);
            }
        }
        long next = Deadline.NONE;
        for (int i = 0; i < activeCount; i++) {
            next = Math.min(next, active[i].deadlineNs);
        }
        nextDeadlineNs = next;
    }

    /** Stops all requests until a packet is sent again; drops the packets that waited for answers. */
    public void quiet() {
        for (int i = activeCount - 1; i >= 0; i--) {
            final Neighbor neighbor = active[i];
            if (neighbor.state == NeighborState.INCOMPLETE) {
                neighbor.retryAfterNs = Long.MIN_VALUE;
                enter(neighbor, NeighborState.FAILED, Deadline.NONE);
                output.onAbandoned(neighbor);
            } else {
                enter(neighbor, NeighborState.STALE, Deadline.NONE);
            }
        }
        nextDeadlineNs = Deadline.NONE;
    }

    /** Returns the next deadline. May be too early, never too late. */
    public long nextDeadlineNs() {
        return nextDeadlineNs;
    }

    public int size() {
        return count;
    }

    private void onDeadline(final Neighbor neighbor, final long nowNs) {
        if (neighbor.state == NeighborState.DELAY) {
            neighbor.requests = 0;
            enter(neighbor, NeighborState.PROBE, nowNs + REQUEST_INTERVAL_NS);
            request(neighbor, nowNs);
        } else if (neighbor.requests < MAX_REQUESTS) {
            schedule(neighbor, nowNs + REQUEST_INTERVAL_NS);
            request(neighbor, nowNs);
        } else {
            counters.increment(IpCounter.ARP_FAILED);
            neighbor.retryAfterNs = nowNs + (neighbor.state == NeighborState.PROBE ? 0 : REQUEST_INTERVAL_NS);
            enter(neighbor, NeighborState.FAILED, Deadline.NONE);
            output.onFailed(neighbor, nowNs);
        }
    }

    private void request(final Neighbor neighbor, final long nowNs) {
        neighbor.requests++;
        output.solicit(neighbor, neighbor.state == NeighborState.PROBE, nowNs);
    }

    private void reachable(final Neighbor neighbor, final long nowNs) {
        neighbor.reachableUntilNs = nowNs + REACHABLE_NS;
        enter(neighbor, NeighborState.REACHABLE, Deadline.NONE);
    }

    private void enter(final Neighbor neighbor, final NeighborState state, final long deadlineNs) {
        neighbor.state = state;
        schedule(neighbor, deadlineNs);
    }

    private void schedule(final Neighbor neighbor, final long deadlineNs) {
        neighbor.deadlineNs = deadlineNs;
        if (deadlineNs == Deadline.NONE) {
            deactivate(neighbor);
            return;
        }
        if (neighbor.activeIndex < 0) {
            neighbor.activeIndex = activeCount;
            active[activeCount++] = neighbor;
        }
        nextDeadlineNs = Math.min(nextDeadlineNs, deadlineNs);
    }

    private void deactivate(final Neighbor neighbor) {
        final int i = neighbor.activeIndex;
        if (i >= 0) {
            final Neighbor last = active[--activeCount];
            active[activeCount] = null;
            if (last != neighbor) {
                active[i] = last;
                last.activeIndex = i;
            }
            neighbor.activeIndex = -1;
        }
    }

    /** Removes an entry that no packet waits for, beginning where the last search ended. */
    private boolean evict(final long nowNs) {
        for (int step = 0; step < MAX_EVICTION_STEPS; step++) {
            hand = hand + 1 < count ? hand + 1 : 0;
            final Neighbor candidate = all[hand];
            if (candidate.state == NeighborState.STALE || candidate.state == NeighborState.FAILED
                || candidate.state == NeighborState.REACHABLE && candidate.reachableUntilNs <= nowNs) {
                counters.increment(IpCounter.ARP_EVICTED);
                remove(candidate);
                return true;
            }
        }
        return false;
    }

    private void remove(final Neighbor neighbor) {
        deactivate(neighbor);
        map.remove(neighbor.hi, neighbor.lo);
        final Neighbor last = all[--count];
        all[count] = null;
        if (last != neighbor) {
            all[neighbor.index] = last;
            last.index = neighbor.index;
        }
        neighbor.state = NeighborState.REMOVED;
        neighbor.deadlineNs = Deadline.NONE;
    }
}
