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
    /** May the calling thread go on at once, instead of waiting for so many nanoseconds? Set before anything is rewritten. */
    public static volatile LongPredicate skips;
    /** By how much the clock is ahead for the calling thread. */
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

    /** There is such a {@code Thread.sleep} from JDK 19 on. */
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

    /** Who was interrupted is to find out where it waits. */
    private static boolean goesOn(final long ns) {
        return !Thread.currentThread().isInterrupted() && skips.test(ns);
    }
}
