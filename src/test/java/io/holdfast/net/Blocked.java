package io.holdfast.net;

import java.util.concurrent.TimeUnit;

/** Waits until a thread is inside of a blocking call, in place of a pause that is long enough on most days. */
final class Blocked {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(20);
    /** Where the JDK's sockets are inside of the kernel. */
    private static final String KERNEL = "sun.nio.ch.";
    /** Where Holdfast's wait, and may run the shard meanwhile. */
    private static final String SHARD = "io.holdfast.stack.Baton";

    private Blocked() {
    }

    /** Returns once the thread waits, or has ended; fails if it does neither. */
    static void await(final Thread thread) {
        final long startNs = System.nanoTime();
        while (!isBlocked(thread)) {
            if (System.nanoTime() - startNs > LIMIT_NS) {
                throw new AssertionError(thread + " does not block");
            }
            Thread.yield();
        }
    }

    private static boolean isBlocked(final Thread thread) {
        final Thread.State state = thread.getState();
        if (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING || state == Thread.State.TERMINATED) {
            return true;
        }
        final StackTraceElement[] frames = thread.getStackTrace();
        if (frames.length > 0 && frames[0].isNativeMethod() && frames[0].getClassName().startsWith(KERNEL)) {
            return true;
        }
        for (final StackTraceElement frame : frames) {
            if (frame.getClassName().equals(SHARD) && frame.getMethodName().equals("await")) {
                return true;
            }
        }
        return false;
    }
}
