package io.holdfast.tcp.congestion;

/**
 * Spreads a window over its round trip: says when the next segment may leave. The rate is twice cwnd/SRTT in slow start
 * and 1.2 times it later, so that pacing itself never holds the window back (as Linux). Plain data; nanoseconds and bytes.
 */
public final class Pacer {
    private static final int SLOW_START_PERCENT = 200;
    private static final int AVOIDANCE_PERCENT = 120;
    /** Burst that may leave early after a pause: the rate times a quarter of a millisecond. */
    private static final long CREDIT_NS = 250_000;

    private long earliestNs;
    /** Nanoseconds for 1024 bytes; 0: not paced. */
    private long costNs;

    /** Updates the rate; must be called after each acknowledgement. Unpaced until the first RTT sample. */
    public void update(final int cwnd, final int inFlight, final int mss, final long srttNs, final boolean slowStart) {
        if (srttNs <= 0) {
            costNs = 0;
            return;
        }
        final int percent = slowStart ? SLOW_START_PERCENT : AVOIDANCE_PERCENT;
        final long bytes = (long) Math.max(cwnd, inFlight) * mss * percent / 100;
        costNs = Math.max(1, srttNs * 1024 / Math.max(1, bytes));
    }

    /** Earliest departure of the next segment; in the past if it may leave at once. */
    public long earliestNs() {
        return earliestNs;
    }

    /** {@code bytes} have left. */
    public void onSent(final int bytes, final long nowNs) {
        if (costNs > 0) {
            earliestNs = Math.max(earliestNs, nowNs - CREDIT_NS) + (bytes * costNs >> 10);
        }
    }

    /** Bytes per second; {@link Long#MAX_VALUE} if not paced. */
    public long rateBytes() {
        return costNs == 0 ? Long.MAX_VALUE : 1_024_000_000_000L / costNs;
    }
}
