package io.holdfast.kill;

import java.util.function.Supplier;

/**
 * Called by instrumented code wherever an error can come ({@link KillLoader}): counts, and throws one at the n-th place. For one
 * thread. The only class here that instrumented code and test share.
 */
public final class KillPoint {
    private static Thread thread;
    private static long left;
    private static long passed;
    private static Supplier<? extends Error> error;
    private static Runnable probe;
    private static Runnable beginProbe;

    private KillPoint() {
    }

    /** The n-th place from now on that the calling thread comes to while it is {@link #on} is where the error comes. */
    public static void plan(final long n, final Supplier<? extends Error> what) {
        left = n;
        passed = 0;
        error = what;
        thread = null;
    }

    /** Turns on every place; {@code begin} runs whenever a place is turned on. */
    public static void probe(final Runnable look, final Runnable begin) {
        probe = look;
        beginProbe = begin;
    }

    /** From now on places count, or no longer. */
    public static void on(final boolean value) {
        thread = value ? Thread.currentThread() : null;
        if (value && beginProbe != null) {
            beginProbe.run();
        }
    }

    /** Places passed since {@link #plan}. */
    public static long passed() {
        return passed;
    }

    /** Returns whether the error has come. */
    public static boolean struck() {
        return left == 0;
    }

    /** By instrumented code. */
    public static void at() {
        if (thread == null || Thread.currentThread() != thread) {
            return;
        }
        passed++;
        if (probe != null) {
            probe.run();
        }
        if (left > 0 && --left == 0) {
            throw error.get();
        }
    }
}
