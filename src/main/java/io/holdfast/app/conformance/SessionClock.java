package io.holdfast.app.conformance;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A session's time: stack time in nanoseconds, which starts near zero, and the protocol's microseconds. A virtual clock moves
 * only by {@link #advanceTo}. A real clock is CLOCK_REALTIME at the start, carried on by the monotonic clock.
 */
final class SessionClock {
    /** Latest time there is, 146 years: later requests count as this, so that no sum of times overflows. */
    static final long MAX_NS = Long.MAX_VALUE / 2;

    private final boolean virtual;
    private final long startUs;
    private final long startNs;
    private long nowNs;

    private SessionClock(final boolean virtual, final long startUs, final long startNs) {
        this.virtual = virtual;
        this.startUs = startUs;
        this.startNs = startNs;
    }

    static SessionClock virtual() {
        return new SessionClock(true, 0, 0);
    }

    static SessionClock real() {
        return new SessionClock(false, ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()), System.nanoTime());
    }

    boolean isVirtual() {
        return virtual;
    }

    long nowNs() {
        if (!virtual) {
            nowNs = System.nanoTime() - startNs;
        }
        return nowNs;
    }

    long nowUs() {
        return toUs(nowNs());
    }

    /** Virtual only. Time never goes back. */
    void advanceTo(final long ns) {
        nowNs = Math.max(nowNs, ns);
    }

    long toUs(final long ns) {
        return startUs + Math.floorDiv(ns, 1000L);
    }

    long toNs(final long us) {
        final long sinceStart = us < Long.MIN_VALUE + startUs ? Long.MIN_VALUE : us - startUs;
        return Math.max(-MAX_NS / 1000, Math.min(MAX_NS / 1000, sinceStart)) * 1000;
    }
}
