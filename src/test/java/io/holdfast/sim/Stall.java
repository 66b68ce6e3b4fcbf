package io.holdfast.sim;

/** How long a client got nowhere around a moment (a crash), though it would have liked to. */
final class Stall {
    private long amount = Long.MIN_VALUE;
    private long sinceNs;
    private long crashNs = Long.MAX_VALUE;
    /** -1: it was not stalled by the crash. */
    private long stallNs = -1;
    private long earlierNs = -1;

    /** The moment to look at; one after the other. */
    void crash(final long nowNs) {
        if (stallNs >= 0 || crashNs == Long.MAX_VALUE) {
            earlierNs = Math.max(earlierNs, stallNs);
            stallNs = -1;
            crashNs = nowNs;
        }
    }

    void sleepsUntil(final long wakeNs) {
        sinceNs = wakeNs;
    }

    /** Bytes that the client has read, and acknowledged bytes that it has written. */
    void look(final long value, final long nowNs) {
        if (value > amount) {
            amount = value;
            if (nowNs > crashNs && stallNs < 0) {
                stallNs = Math.max(0, nowNs - Math.max(sinceNs, crashNs));
            }
            sinceNs = Math.max(sinceNs, nowNs);
        }
    }

    long amount() {
        return amount;
    }

    /** The longest. */
    long stallNs() {
        return Math.max(earlierNs, stallNs);
    }
}
