package io.holdfast.stack;

/** The shard's clock: nanoseconds from near zero that never go back; the caller's own time in INVOKER mode. */
final class ShardClock {
    private final boolean manual;
    private final long originNs;
    private volatile long manualNs;
    /** Of the last duty cycle. With the baton only. */
    private long cycleNs;

    ShardClock(final boolean manual) {
        this.manual = manual;
        originNs = manual ? 0 : System.nanoTime();
    }

    /** Moves the caller's time, which does not go back. */
    void manual(final long nowNs) {
        manualNs = Math.max(manualNs, nowNs);
    }

    /** Any thread. */
    long nowNs() {
        return manual ? manualNs : System.nanoTime() - originNs;
    }

    /** Time of the last duty cycle. With the baton only. */
    long lastCycleNs() {
        return cycleNs;
    }

    /** The time of a duty cycle, read once for all of it. With the baton only. */
    long cycleNs() {
        cycleNs = Math.max(cycleNs, nowNs());
        return cycleNs;
    }
}
