package io.holdfast.replay;

import java.util.concurrent.TimeUnit;

/**
 * How the application of a backup, or of a host that took over, hastens: while it does again what the one before it did, it need
 * not wait where that one waited, and the clock by which it measures time is ahead by what it left out. So a server that paces
 * itself is soon where the other was, and goes on from there at its own pace.
 *
 * <p>What holds: no two waits are left out without a byte read or written between them. Who waits for something else than time,
 * again and again, waits.
 */
public final class WaitSkipper {
    /** Whoever waits longer waits for something else than its pace. */
    private static final long LONGEST_NS = TimeUnit.HOURS.toNanos(1);

    /** The other application is known to have written so many bytes. */
    private volatile long writtenThere;
    private volatile long aheadNs;
    /** Bytes read and written when it last left out a wait. */
    private long moved = -1;

    /** The other application had written at least so many bytes. With the baton only. */
    public void writtenThere(final long bytes) {
        if (bytes > writtenThere) {
            writtenThere = bytes;
        }
    }

    /**
     * Need the application not wait for so long? Then {@link #aheadNs} has grown by it. By its threads.
     *
     * @param written by the application here, so far
     * @param read    the same
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

    /** The other application has written more. Any thread. */
    public boolean isPassed(final long written) {
        return written < writtenThere;
    }

    /** So far the clock that measures time is to be ahead of the host's. Any thread. */
    public long aheadNs() {
        return aheadNs;
    }
}
