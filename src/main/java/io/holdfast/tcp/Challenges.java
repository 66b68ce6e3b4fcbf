package io.holdfast.tcp;

import io.holdfast.counters.Counters;
import io.holdfast.counters.TcpCounter;

/** Rate limits on answers to odd segments, for all connections of a stack together (RFC 5961 7). */
final class Challenges {
    /** At most one such answer in this time to one connection's segments without data: as Linux, against ACK loops. */
    static final long PER_CONNECTION_NS = 500_000_000L;
    private static final long WINDOW_NS = 1_000_000_000L;

    private final int limit;
    private final Counters counters;
    private long windowStartNs = Long.MIN_VALUE / 2;
    private int used;

    Challenges(final int limit, final Counters counters) {
        this.limit = limit;
        this.counters = counters;
    }

    /** Takes one of this second's answers. */
    boolean allowed(final long nowNs) {
        if (nowNs - windowStartNs >= WINDOW_NS) {
            windowStartNs = nowNs;
            used = 0;
        }
        if (used >= limit) {
            counters.increment(TcpCounter.CHALLENGE_ACKS_LIMITED);
            return false;
        }
        used++;
        return true;
    }
}
