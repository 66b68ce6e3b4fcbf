package io.holdfast.ip;

import io.holdfast.ip.neighbor.ArpProtocol;
import io.holdfast.util.Deadline;
import io.holdfast.wire.IpAddress;
import java.util.concurrent.TimeUnit;

/**
 * Tells the link, more than once, that the addresses in use are here: announcements are not answered, so that a lost
 * one shows only when a packet goes to the wrong host. Shard's thread only.
 */
final class Announcements {
    private static final long[] AFTER_NS = {
        0, TimeUnit.MILLISECONDS.toNanos(50), TimeUnit.MILLISECONDS.toNanos(200), TimeUnit.MILLISECONDS.toNanos(1_000)};

    private final LocalAddresses addresses;
    private final ArpProtocol arp;
    private long startNs;
    /** Index of the next announcement; the number of announcements once all were made. */
    private int next = AFTER_NS.length;

    Announcements(final LocalAddresses addresses, final ArpProtocol arp) {
        this.addresses = addresses;
        this.arp = arp;
    }

    /** Starts a series. Its first announcement goes at once; a series under way begins again. */
    void start(final long nowNs) {
        startNs = nowNs;
        next = 0;
        onTimer(nowNs);
    }

    void stop() {
        next = AFTER_NS.length;
    }

    void onTimer(final long nowNs) {
        if (nowNs < nextDeadlineNs()) {
            return;
        }
        // One announcement stands for all that have become due together.
        while (nextDeadlineNs() <= nowNs) {
            next++;
        }
        for (int i = 0; i < addresses.count(); i++) {
            final LocalAddress address = addresses.at(i);
            if (!address.tentative && IpAddress.isV4(address.hi, address.lo)) {
                arp.announce((int) address.lo);
            }
        }
    }

    long nextDeadlineNs() {
        return next < AFTER_NS.length ? startNs + AFTER_NS[next] : Deadline.NONE;
    }
}
