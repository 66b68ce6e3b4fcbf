package io.holdfast.stack;

/**
 * What the shard knows of the clients' LAN, for whoever decides by it. Written by the holder of the baton, read by any thread.
 * Times are the shard's, nanoseconds.
 */
public final class LanSigns {
    /** No time. */
    public static final long NEVER = Long.MIN_VALUE;

    private volatile long signNs = NEVER;
    private volatile long listenedNs = NEVER;
    private volatile int unanswered;
    private volatile boolean gone;

    void publish(final long newestSignNs, final long lastListenedNs, final int rounds, final boolean deviceGone) {
        signNs = newestSignNs;
        unanswered = rounds;
        gone = deviceGone;
        listenedNs = lastListenedNs;
    }

    /** When a frame of another station came last; {@link #NEVER} if none did. */
    public long signNs() {
        return signNs;
    }

    /** When the device was looked at last; read it before the others. */
    public long listenedNs() {
        return listenedNs;
    }

    /** How often somebody was asked since then, the device was read afterwards, and nobody answered. */
    public int unanswered() {
        return unanswered;
    }

    /** Whether the device itself says that it carries nothing: deleted, or down. */
    public boolean gone() {
        return gone;
    }
}
