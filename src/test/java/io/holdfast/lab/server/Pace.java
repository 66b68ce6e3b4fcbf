package io.holdfast.lab.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Holds a transfer to a constant rate by this host's own clock, counted from when it began: after a pause, what is late
 * is made up for at once. One thread.
 */
final class Pace {
    private static final long TICKS_PER_SECOND = 100;
    private static final long NS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long bytesPerSecond;
    private final int sliceBytes;
    private final long startNs = System.nanoTime();
    private long bytes;

    /**
     * @param bytesPerSecond 0 for no limit
     * @param minSliceBytes  many slow transfers at once should not wake up for less
     * @param maxSliceBytes  what can be moved at a time
     */
    Pace(final long bytesPerSecond, final int minSliceBytes, final int maxSliceBytes) {
        this.bytesPerSecond = bytesPerSecond;
        this.sliceBytes = bytesPerSecond == 0 ? maxSliceBytes
            : (int) Math.min(maxSliceBytes, Math.max(minSliceBytes, bytesPerSecond / TICKS_PER_SECOND));
    }

    /** How much to move at a time. */
    int sliceBytes() {
        return sliceBytes;
    }

    /** Counts moved bytes, and waits until they are due. */
    void moved(final int count) {
        bytes += count;
        if (bytesPerSecond == 0) {
            return;
        }
        final long dueNs =
            bytes / bytesPerSecond * NS_PER_SECOND + bytes % bytesPerSecond * NS_PER_SECOND / bytesPerSecond;
        for (long left = startNs + dueNs - System.nanoTime(); left > 0; left = startNs + dueNs - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
