package io.holdfast.replay;

import java.util.concurrent.TimeUnit;

/**
 * Skips waits of an application on a backup, or on a host that took over. While the application repeats work that the previous
 * one did, it need not wait where the previous one waited, and its {@code nanoTime} is ahead by the skipped waits. So a server
 * that paces itself soon reaches the other one's position, and goes on from there at its own pace.
 *
 * <p>Invariant: no two waits are skipped without a byte read or written between them. A thread that polls for something else than
 * time therefore still waits.
 */
public final class WaitSkipper {
    /** Longest wait that is skipped: a longer one is for something else than the server's pace. */
    private static final long LONGEST_NS = TimeUnit.HOURS.toNanos(1);

    /** Bytes that the other application is known to have written. */
    private volatile long writtenThere;
    private volatile long aheadNs;
    /** Bytes read and written when it last left out a wait. */
    private long moved = -1;

    /** Sets the number of bytes that the other application has written at least. With the baton only. */
    public void writtenThere(final long bytes) {
        if (bytes > writtenThere) {
            writtenThere = bytes;
        }
    }

    /**
     * Returns whether the application may skip a wait of {@code ns}; if so, adds it to {@link #aheadNs}. For the application's
     * threads.
     *
     * @param written bytes that the application on this host has written so far
     * @param read    bytes that it has read so far
     * @param unread  the other application is known to have read more
     */
    public synchronized boolean skips(final long ns, final long written, final long read, final boolean unread) {
        final boolean behind = unread || written < writtenThere;
        if (!behind || ns <= 0 || ns > LONGEST_NS || written + read == moved) {
            return false;
        }
        moved = written + read;
        aheadNs += ns;
        return true;
    }

    /** Returns whether the other application has written more. Any thread. */
    public boolean isPassed(final long written) {
        return written < writtenThere;
    }

    /** Returns the sum of skipped waits, by which {@code nanoTime} must be ahead of the host's. Any thread. */
    public long aheadNs() {
        return aheadNs;
    }
}
