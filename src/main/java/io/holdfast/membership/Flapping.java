package io.holdfast.membership;

import static io.holdfast.membership.MembershipMessage.NO_TIME;

import java.util.concurrent.TimeUnit;

/** Whether the service went to and fro: two takeovers from a silent host within a minute, as this host knows of them. */
final class Flapping {
    private static final long MINUTE_NS = TimeUnit.MINUTES.toNanos(1);

    private long lastNs = NO_TIME;
    private long beforeNs = NO_TIME;

    /** A backup has taken over because nothing was heard of its primary. */
    void onTakeover(final long nowNs) {
        beforeNs = lastNs;
        lastNs = nowNs;
    }

    /** Until a minute after the second of them. */
    boolean isOn(final long nowNs) {
        return beforeNs != NO_TIME && lastNs - beforeNs < MINUTE_NS && nowNs - lastNs < MINUTE_NS;
    }
}
