package io.holdfast.membership;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * How late this host's heartbeats leave, over the last minute, and what silence that makes likely: the distribution's tail is
 * taken to go on as it falls between its 99th and its 99.9th percentile, or between its 90th and its 99th as long as there are
 * too few heartbeats for that (accrual failure detection: Hayashibara et al., "The phi accrual failure detector", SRDS 2004).
 */
final class Punctuality {
    /** What is later than this was a pause of the process, not a lack of punctuality: no timeout is to follow it. */
    static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1_000);
    private static final int SLICES = 6;
    private static final long SLICE_NS = TimeUnit.SECONDS.toNanos(60) / SLICES;
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long MONTH_NS = TimeUnit.DAYS.toNanos(30);
    private static final int DIGITS = 2;
    /** Two of them are beyond the upper percentile; fewer say nothing of a tail. */
    private static final int LEAST_SAMPLES = 200;
    private static final int MANY_SAMPLES = 10 * LEAST_SAMPLES;
    /** What has happened once in the minute may happen again, and worse. */
    private static final double WORST_FACTOR = 1.25;

    private final Histogram[] slices = new Histogram[SLICES];
    private final Histogram minute = histogram();
    private final long heartbeatNs;
    /** Of so many, a month's, one may be as late as what is needed. */
    private final double heartbeatsOfAMonth;
    private int slice;
    private long sliceNs;
    private long lookedNs;
    private long neededNs;
    private long worstNs;

    Punctuality(final long heartbeatNs, final long nowNs) {
        this.heartbeatNs = heartbeatNs;
        heartbeatsOfAMonth = (double) MONTH_NS / heartbeatNs;
        for (int i = 0; i < SLICES; i++) {
            slices[i] = histogram();
        }
        sliceNs = nowNs;
        lookedNs = nowNs;
        neededNs = heartbeatNs;
    }

    private static Histogram histogram() {
        return new Histogram(1, TimeUnit.NANOSECONDS.toMicros(PAUSE_NS), DIGITS);
    }

    /** A heartbeat left so much later than it should have. */
    void onHeartbeat(final long lateNs, final long nowNs) {
        while (nowNs - sliceNs >= SLICE_NS) {
            slice = (slice + 1) % SLICES;
            slices[slice].reset();
            sliceNs = nowNs - sliceNs >= SLICES * SLICE_NS ? nowNs : sliceNs + SLICE_NS;
        }
        if (lateNs < PAUSE_NS) {
            slices[slice].recordValue(Math.max(1, TimeUnit.NANOSECONDS.toMicros(lateNs)));
        }
        // What is worse than anything so far counts at once.
        if (nowNs - lookedNs >= LOOK_NS || lateNs > worstNs) {
            lookedNs = nowNs;
            look();
        }
    }

    private void look() {
        minute.reset();
        for (final Histogram one : slices) {
            minute.add(one);
        }
        worstNs = TimeUnit.MICROSECONDS.toNanos(minute.getMaxValue());
        double likelyNs = WORST_FACTOR * worstNs;
        if (minute.getTotalCount() >= MANY_SAMPLES) {
            likelyNs = Math.max(likelyNs, onceAMonthNs(99, 99.9));
        } else if (minute.getTotalCount() >= LEAST_SAMPLES) {
            likelyNs = Math.max(likelyNs, onceAMonthNs(90, 99));
        }
        neededNs = heartbeatNs + (long) likelyNs;
    }

    /**
     * Where an exponential tail through two percentiles, of which the upper one is exceeded a tenth as often, is exceeded once a
     * month.
     */
    private double onceAMonthNs(final double lowerPercentile, final double upperPercentile) {
        final double lowerNs = minute.getValueAtPercentile(lowerPercentile) * 1e3;
        final double upperNs = minute.getValueAtPercentile(upperPercentile) * 1e3;
        final double beyond = heartbeatsOfAMonth * (1 - upperPercentile / 100);
        return upperNs + (upperNs - lowerNs) * Math.log(beyond) / Math.log(10);
    }

    /** What was until now says nothing of what comes: a process that starts is late as it will never be again. */
    void forget() {
        for (final Histogram one : slices) {
            one.reset();
        }
        worstNs = 0;
        neededNs = heartbeatNs;
    }

    /** After so long a silence of this host its peer would be wrong once a month to take it for dead. */
    long neededNs() {
        return neededNs;
    }

    /** The latest heartbeat of the last minute, pauses left out. */
    long worstNs() {
        return worstNs;
    }
}
