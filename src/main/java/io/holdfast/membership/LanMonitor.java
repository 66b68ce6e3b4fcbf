package io.holdfast.membership;

import static io.holdfast.membership.MembershipMessage.NO_TIME;

/** Whether the clients' LAN is heard. */
final class LanMonitor {
    /** In this time stations that have been asked answer. */
    private static final long UNHEARD_NS = 1_000_000_000L;

    /** On a busy host time may pass before a question leaves, or its answer is read. */
    private static final int LEAST_QUESTIONS = 5;
    /** Longer than the time between two questions where nobody answers. */
    private static final long GAP_NS = 150_000_000L;

    private final long lanNs;
    private final Detection detection;
    /** The newest sign. */
    private long signNs = NO_TIME;
    /** The device was read last then. */
    private long listenedNs = NO_TIME;
    /** Questions that nobody answered since then. */
    private int unanswered;
    /** The device says itself that it carries nothing. */
    private boolean gone;
    /** When the LAN was heard again after it had been lost. */
    private long mendedNs = NO_TIME;
    /** The first sign after the last time without any, lost or not. */
    private long heardFromNs = NO_TIME;
    /** Since when the device has been read without a pause. */
    private long listeningNs;

    LanMonitor(final MembershipConfig config, final Detection detection, final long nowNs) {
        lanNs = config.lanNs();
        this.detection = detection;
        listeningNs = nowNs;
    }

    /** Where heartbeats are late, answers are, too. */
    private long lanNs() {
        return (long) (lanNs * detection.slowness());
    }

    /** This process did not run for a while, so that it could not listen. */
    void onGap(final long nowNs) {
        if (!isLost()) {
            listeningNs = nowNs;
        }
    }

    /** Whether anybody gives signs. */
    boolean isUsed() {
        return lanNs != 0;
    }

    /** Returns whether the LAN is lost now, or heard again, and was not before. */
    boolean onListened(final long newestSignNs, final long readNs, final int rounds, final boolean deviceGone) {
        final boolean before = isLost();
        // A sign that came while nobody read proves as little as silence at that time.
        if (!before && listenedNs != NO_TIME && readNs - listenedNs > Math.max(lanNs() / 2, GAP_NS)) {
            listeningNs = Math.max(listeningNs, readNs);
        }
        listenedNs = Math.max(listenedNs, readNs);
        if (newestSignNs != NO_TIME && newestSignNs > signNs) {
            if (before || signNs == NO_TIME) {
                // A process that has just begun to listen has not lost the LAN before it heard somebody.
                mendedNs = !before && newestSignNs - listeningNs < lanNs() ? Math.min(listeningNs, newestSignNs) : newestSignNs;
            }
            if (signNs == NO_TIME || newestSignNs - signNs >= lanNs()) {
                heardFromNs = newestSignNs;
            }
            signNs = newestSignNs;
        }
        unanswered = rounds;
        gone = deviceGone;
        return isLost() != before;
    }

    boolean isHeard(final long nowNs) {
        return isUsed() && !gone && signNs != NO_TIME && nowNs - signNs < lanNs();
    }

    /**
     * Whether it was listened for all the time, and not heard. Where nobody was ever heard, nobody knows who should have
     * been.
     */
    boolean isLost() {
        return isUsed() && (gone || signNs != NO_TIME && unanswered >= LEAST_QUESTIONS
            && listenedNs - Math.max(signNs, listeningNs) >= lanNs());
    }

    /** Whether it is lost, or nobody was heard though it was listened for long. */
    boolean isDeaf() {
        return isLost() || isUsed() && signNs == NO_TIME && listenedNs != NO_TIME && listenedNs - listeningNs >= UNHEARD_NS;
    }

    /** Whether it has been heard, and not lost since: what the peer is told. */
    boolean isConnected() {
        return isUsed() && signNs != NO_TIME && !isLost();
    }

    /** Whether it has been heard all the time since then. */
    boolean isHeardSince(final long thenNs, final long nowNs) {
        return isHeard(nowNs) && mendedNs <= thenNs;
    }

    /** The same, and also while the service path was being connected anew, in vain: the peer is not there. */
    boolean isHeardSinceAndInProbe(final long thenNs, final long nowNs) {
        return isHeardSince(thenNs, nowNs) && nowNs - signNs < Math.min(lanNs(), detection.detectNs() - detection.probeNs());
    }

    /** Since when it has been heard without a break; {@link Long#MAX_VALUE} if it is not heard now. */
    long heardFromNs(final long nowNs) {
        return isHeard(nowNs) ? heardFromNs : Long.MAX_VALUE;
    }

    /** How long ago the last sign came, -1 if there was none. */
    long signAgeNs(final long nowNs) {
        return signNs == NO_TIME ? -1 : nowNs - signNs;
    }

    boolean isGone() {
        return gone;
    }
}
