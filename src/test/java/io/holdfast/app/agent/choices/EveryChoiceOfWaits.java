package io.holdfast.app.agent.choices;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** A program that paces itself in several ways, an hour in all, and prints how many minutes passed by its clock. */
public final class EveryChoiceOfWaits implements Supplier<String> {
    private static final long TEN_MINUTES_MS = 600_000;

    @Override
    public String get() {
        final long began = System.nanoTime();
        try {
            Thread.sleep(TEN_MINUTES_MS);
            Thread.sleep(TEN_MINUTES_MS, 1);
            TimeUnit.MINUTES.sleep(10);
            TimeUnit.MILLISECONDS.sleep(TEN_MINUTES_MS);
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
        LockSupport.parkNanos(TimeUnit.MINUTES.toNanos(10));
        LockSupport.parkNanos(this, TimeUnit.MINUTES.toNanos(10));
        return "minutes: " + TimeUnit.NANOSECONDS.toMinutes(System.nanoTime() - began);
    }
}
