package io.holdfast.tcp.congestion;

/**
 * HyStart++ (RFC 9406): leaves the first slow start before it loses, when the least RTT of a round trip rises over that
 * of the round before. Grows conservatively then, goes back if the rise was a false alarm, and ends slow start after five
 * rounds. One instance a connection; owner's thread only; times in nanoseconds.
 */
public final class HyStartPlusPlus {
    /** Bounds of the rise that counts (MIN_RTT_THRESH, MAX_RTT_THRESH), and its part of the RTT. */
    static final long MIN_RISE_NS = 4_000_000;
    static final long MAX_RISE_NS = 16_000_000;
    static final int RTT_DIVISOR = 8;
    /** Samples a round must have. */
    static final int SAMPLES = 8;
    /** Growth in conservative slow start is a quarter. */
    static final int GROWTH_DIVISOR = 4;
    /** Rounds of conservative slow start. */
    static final int ROUNDS = 5;
    private static final long UNKNOWN = Long.MAX_VALUE;

    private boolean active;
    private boolean conservative;
    private long roundEnd;
    private long previousMinNs;
    private long currentMinNs;
    private int samples;
    /** Least RTT when conservative growth began: if a round stays below, it was a false alarm. */
    private long baselineNs;
    private int roundsLeft;
    private int credit;

    /** A connection begins, with an unknown threshold. */
    public void start() {
        active = true;
        conservative = false;
        roundEnd = 0;
        previousMinNs = UNKNOWN;
        currentMinNs = UNKNOWN;
        samples = 0;
        baselineNs = UNKNOWN;
        roundsLeft = 0;
        credit = 0;
    }

    /** The first slow start is over, by loss or by this. */
    public void stop() {
        active = false;
        conservative = false;
    }

    /**
     * An RTT sample in slow start.
     *
     * @return true if slow start is to end here
     */
    public boolean onRtt(final long rttNs, final long sndUna, final long sndNxt) {
        if (!active) {
            return false;
        }
        if (sndUna >= roundEnd && nextRound(sndNxt)) {
            return true;
        }
        currentMinNs = Math.min(currentMinNs, rttNs);
        samples++;
        if (samples < SAMPLES) {
            return false;
        }
        if (conservative) {
            if (currentMinNs < baselineNs) {
                conservative = false;
                baselineNs = UNKNOWN;
            }
        } else if (previousMinNs != UNKNOWN) {
            final long rise = Math.max(MIN_RISE_NS, Math.min(previousMinNs / RTT_DIVISOR, MAX_RISE_NS));
            if (currentMinNs >= previousMinNs + rise) {
                conservative = true;
                baselineNs = currentMinNs;
                roundsLeft = ROUNDS;
                credit = 0;
            }
        }
        return false;
    }

    private boolean nextRound(final long sndNxt) {
        previousMinNs = currentMinNs;
        currentMinNs = UNKNOWN;
        samples = 0;
        roundEnd = sndNxt;
        if (conservative && --roundsLeft <= 0) {
            stop();
            return true;
        }
        return false;
    }

    /** How much of {@code ackedSegments} counts for growth. */
    public int growth(final int ackedSegments) {
        if (!conservative) {
            return ackedSegments;
        }
        credit += ackedSegments;
        final int grown = credit / GROWTH_DIVISOR;
        credit %= GROWTH_DIVISOR;
        return grown;
    }

    public boolean active() {
        return active;
    }

    public boolean conservative() {
        return conservative;
    }
}
