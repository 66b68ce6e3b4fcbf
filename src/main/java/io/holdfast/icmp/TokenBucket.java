package io.holdfast.icmp;

import io.holdfast.util.RandomSource;
import java.util.concurrent.TimeUnit;

/**
 * A rate limit: a burst, and a rate per second in the long run. Each error takes a random number of one to three tokens, so that
 * an observer cannot count the errors sent to others (CVE-2020-25705). One thread.
 */
final class TokenBucket {
    private static final int MAX_TOKENS = 3;

    private final RandomSource random;
    private final int burst;
    private final long intervalNs;
    /** When the bucket will be full again, if nothing more is taken. */
    private long fullAtNs = Long.MIN_VALUE;

    TokenBucket(final RandomSource random, final int burst, final int perSecond) {
        this.random = random;
        this.burst = burst;
        intervalNs = TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    boolean take(final long nowNs) {
        final long from = Math.max(fullAtNs, nowNs);
        if (from - nowNs > (burst - 1) * intervalNs) {
            return false;
        }
        fullAtNs = from + (1 + random.nextInt(MAX_TOKENS)) * intervalNs;
        return true;
    }
}
