package io.holdfast.conformance.run;

import java.util.Locale;

/** Whose TCP it is, and what that means for time. */
public enum Side {
    /** The stack, in virtual time: exact to the microsecond. */
    HOLDFAST(4_000, 4_000, Long.MAX_VALUE),
    /**
     * The kernel, in real time. Its timers are not exact: a wheel of jiffies (4 ms here) whose farther levels are coarser, by an
     * eighth of the delay; and there is whatever the machine does besides.
     */
    LINUX(8_000, 24_000, 7);

    private final long earlyUs;
    private final long lateUs;
    private final long lateDivisor;

    Side(final long earlyUs, final long lateUs, final long lateDivisor) {
        this.earlyUs = earlyUs;
        this.lateUs = lateUs;
        this.lateDivisor = lateDivisor;
    }

    boolean realTime() {
        return this == LINUX;
    }

    /** How much too early a packet may be. */
    long earlyUs() {
        return earlyUs;
    }

    /** How late something may be that was due after that delay. */
    long lateUs(final long delayUs) {
        return lateUs + Math.max(0, delayUs) / lateDivisor;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
