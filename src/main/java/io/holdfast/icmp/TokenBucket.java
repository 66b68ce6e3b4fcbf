package io.holdfast.icmp;

import java.util.concurrent.TimeUnit;

/** A rate limit: so many at once, so many a second in the long run. One thread. */
final class TokenBucket {
    private final int burst;
    private final long intervalNs;
    /** When the bucket will be full again, if nothing more is taken. */
    private long fullAtNs = Long.MIN_VALUE;

    TokenBucket(final int burst, final int perSecond) {
        this.burst = burst;
        intervalNs = TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    boolean take(final long nowNs) {
        final long from = Math.max(fullAtNs, nowNs);
        if (from - nowNs > (burst - 1) * intervalNs) {
            return false;
        }
        fullAtNs = from + intervalNs;
        return true;
    }
}
