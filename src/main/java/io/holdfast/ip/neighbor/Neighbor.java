package io.holdfast.ip.neighbor;

import io.holdfast.util.Deadline;

/** One neighbour: plain data, written by {@link NeighborCache} alone. Shard's thread only. */
public final class Neighbor {
    final long hi;
    final long lo;
    NeighborState state = NeighborState.FAILED;
    long mac;
    /** Time until which {@link NeighborState#REACHABLE} holds. */
    long reachableUntilNs;
    /** When the timer is wanted: next request, end of DELAY. {@link Deadline#NONE} in the quiet states. */
    long deadlineNs = Deadline.NONE;
    /** Time before which FAILED is not retried. */
    long retryAfterNs;
    int requests;
    /** Source to ask from. */
    long askFromLo;
    /** Place in the list of entries with a deadline, -1 if there is none. */
    int activeIndex = -1;
    /** Place in the list of all entries. */
    int index;
    final HeldPackets held = new HeldPackets();

    Neighbor(final long hi, final long lo) {
        this.hi = hi;
        this.lo = lo;
    }

    public long hi() {
        return hi;
    }

    public long lo() {
        return lo;
    }

    public NeighborState state() {
        return state;
    }

    /** Meaningful in REACHABLE, STALE, DELAY and PROBE. */
    public long mac() {
        return mac;
    }

    /** The address of ours that requests for this neighbour name as sender. */
    public long askFromLo() {
        return askFromLo;
    }

    public HeldPackets held() {
        return held;
    }
}
