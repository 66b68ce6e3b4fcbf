package io.holdfast.failover;

import static io.holdfast.failover.MembershipMessage.NO_TIME;

/** Whether the clients' LAN is heard. */
final class LanMonitor {
    private final long lanNs;
    private final long freshNs;
    private long signNs = NO_TIME;
    /** When the LAN was heard again after it had not been. */
    private long mendedNs = NO_TIME;
    /** When this process last ran again after it had not for a while: it could not listen before. */
    private long listeningNs;

    LanMonitor(final MembershipConfig config, final long nowNs) {
        lanNs = config.lanNs();
        freshNs = Math.min(lanNs, config.detectNs() - config.probeNs());
        listeningNs = nowNs;
    }

    void onGap(final long nowNs) {
        listeningNs = nowNs;
    }

    /** Whether anybody gives signs. */
    boolean isUsed() {
        return lanNs != 0;
    }

    void onSign(final long nowNs) {
        if (isLost(nowNs)) {
            mendedNs = nowNs;
        }
        signNs = nowNs;
    }

    boolean isHeard(final long nowNs) {
        return isUsed() && signNs != NO_TIME && nowNs - signNs < lanNs;
    }

    /** Whether it was listened for all the time, and not heard. */
    boolean isLost(final long nowNs) {
        return isUsed() && nowNs - Math.max(signNs, listeningNs) >= lanNs;
    }

    /** Whether it has been heard all the time since then. */
    boolean isHeardSince(final long thenNs, final long nowNs) {
        return isHeard(nowNs) && mendedNs <= thenNs;
    }

    /** The same, and also while the service path was being connected anew, in vain: the peer is not there. */
    boolean isHeardSinceAndInProbe(final long thenNs, final long nowNs) {
        return isHeardSince(thenNs, nowNs) && nowNs - signNs < freshNs;
    }
}
