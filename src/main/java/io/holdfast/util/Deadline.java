package io.holdfast.util;

/**
 * Deadlines in nanoseconds of the shard's clock. That clock starts near zero and never goes back, so that it cannot
 * wrap in the life of a process and {@link #NONE} is later than every time there is.
 */
public final class Deadline {
    /** No deadline: compares later than any time. */
    public static final long NONE = Long.MAX_VALUE;

    private Deadline() {
    }

    /** True once {@code deadlineNs} has come; never for {@link #NONE}. */
    public static boolean expired(final long deadlineNs, final long nowNs) {
        return deadlineNs <= nowNs;
    }
}
