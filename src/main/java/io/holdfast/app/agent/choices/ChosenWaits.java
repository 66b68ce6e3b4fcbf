package io.holdfast.app.agent.choices;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;

/**
 * Waits for time to pass, and the clock that measures it, as {@code java.lang.HoldfastWaits}; see the package. Each method stands
 * for the one of the same name, but for {@link #nanos}.
 */
public final class ChosenWaits {
    /** Tells whether the calling thread may skip a wait of that many nanoseconds. Set before any class is rewritten. */
    public static volatile LongPredicate skips;
    /** Nanoseconds by which the clock is ahead for the calling thread. */
    public static volatile LongSupplier aheadNs;

    private ChosenWaits() {
    }

    /** {@code System.nanoTime} */
    public static long nanos() {
        return System.nanoTime() + aheadNs.getAsLong();
    }

    public static void sleep(final long millis) throws InterruptedException {
        if (!goesOn(TimeUnit.MILLISECONDS.toNanos(millis))) {
            Thread.sleep(millis);
        }
    }

    public static void sleep(final long millis, final int nanos) throws InterruptedException {
        if (!goesOn(TimeUnit.MILLISECONDS.toNanos(millis))) {
            Thread.sleep(millis, nanos);
        }
    }

    /** Replaces a {@code Thread.sleep} that exists from JDK 19 on. */
    public static void sleep(final Duration time) throws InterruptedException {
        sleep(TimeUnit.NANOSECONDS, TimeUnit.NANOSECONDS.convert(time));
    }

    public static void sleep(final TimeUnit unit, final long time) throws InterruptedException {
        if (!goesOn(unit.toNanos(time))) {
            unit.sleep(time);
        }
    }

    public static void parkNanos(final long ns) {
        if (!goesOn(ns)) {
            LockSupport.parkNanos(ns);
        }
    }

    public static void parkNanos(final Object blocker, final long ns) {
        if (!goesOn(ns)) {
            LockSupport.parkNanos(blocker, ns);
        }
    }

    /** An interrupted thread must get its InterruptedException here, as from a real wait. */
    private static boolean goesOn(final long ns) {
        return !Thread.currentThread().isInterrupted() && skips.test(ns);
    }
}
