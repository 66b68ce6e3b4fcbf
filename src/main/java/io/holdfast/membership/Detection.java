package io.holdfast.membership;

import io.holdfast.counters.MembershipCounter;
import java.util.concurrent.TimeUnit;

/**
 * After how long a silence the peer counts as dead: {@code detect_ms}, or more if this pair is not punctual enough for that. The
 * owner decides by what either host says that it needs, and its backup follows. Every message tells what is in force at its
 * sender, and both leases count from what the echo of a heartbeat told: so a timeout that is made shorter waits until what was
 * told before is over ({@link #promisedNs}).
 */
final class Detection {
    /** Longer than this nobody waits, however late heartbeats are. */
    static final long MOST_NS = TimeUnit.SECONDS.toNanos(2);
    /** While the service goes to and fro, silence is worth so much less. */
    private static final int FLAPPING_FACTOR = 5;

    private final MembershipConfig config;
    final Punctuality own;
    final Flapping flapping = new Flapping();
    private long peerNeedsNs;
    private long inForceNs;
    private long promisedNs = MembershipMessage.NO_TIME;

    Detection(final MembershipConfig config, final long nowNs) {
        this.config = config;
        own = new Punctuality(config.heartbeatNs(), nowNs);
        inForceNs = config.detectNs();
        count();
    }

    /** The timeout in force. */
    long detectNs() {
        return inForceNs;
    }

    /** After how long a silence a backup connects the service path anew, to see whether only TCP had stalled. */
    long probeNs() {
        return inForceNs * 7 / 10;
    }

    /** A lease shorter than this has to be renewed in time by a process that runs. */
    long leaseNs() {
        return config.leaseNs(inForceNs);
    }

    /** No decision falls on silence before this: the peer was told so. */
    long promisedNs() {
        return promisedNs;
    }

    /** What is said of this host. */
    void describe(final MembershipMessage to) {
        to.detectNs = inForceNs;
        to.needsNs = Math.min(own.neededNs(), MOST_NS);
    }

    /** The partner, who was heard last at that time, is told what is in force. */
    void promise(final long contactNs) {
        promisedNs = contactNs == MembershipMessage.NO_TIME ? promisedNs : Math.max(promisedNs, contactNs + inForceNs);
    }

    /** What the peer says of itself, and what is in force there. */
    void onPeer(final MembershipMessage from, final boolean follows) {
        peerNeedsNs = from.needsNs;
        if (follows) {
            use(from.detectNs);
        }
    }

    /** The owner's to decide, again and again. */
    void lead(final long nowNs) {
        final long flappingNs = flapping.isOn(nowNs) ? FLAPPING_FACTOR * config.detectNs() : 0;
        use(Math.max(Math.max(own.neededNs(), peerNeedsNs), flappingNs));
    }

    private void use(final long wantedNs) {
        final long ns = Math.max(config.detectNs(), Math.min(wantedNs, Math.max(MOST_NS, config.detectNs())));
        if (ns != inForceNs) {
            inForceNs = ns;
            count();
        }
    }

    private void count() {
        config.counters().set(MembershipCounter.DETECT_US, TimeUnit.NANOSECONDS.toMicros(inForceNs));
    }

    long peerNeedsNs() {
        return peerNeedsNs;
    }

    /** How much longer things take here than configured. */
    double slowness() {
        return (double) inForceNs / config.detectNs();
    }
}
