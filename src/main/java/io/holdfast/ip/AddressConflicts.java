package io.holdfast.ip;

import io.holdfast.counters.Counters;
import io.holdfast.counters.IpCounter;
import io.holdfast.ip.neighbor.ArpProtocol;
import io.holdfast.util.Deadline;
import io.holdfast.util.RandomSource;
import io.holdfast.wire.IpAddress;
import java.util.concurrent.TimeUnit;

/**
 * IPv4 address conflict detection (RFC 5227): probing before use, announcing, and defence at a limited rate without
 * ever giving the address up (2.4 (c), for what others depend on; who decides otherwise removes the address). Shard's
 * thread only.
 */
final class AddressConflicts {
    /** RFC 5227 1.1. */
    private static final long PROBE_WAIT_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int PROBES = 3;
    private static final long PROBE_MIN_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long PROBE_SPREAD_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long ANNOUNCE_WAIT_NS = TimeUnit.SECONDS.toNanos(2);
    private static final int ANNOUNCEMENTS = 2;
    private static final long ANNOUNCE_INTERVAL_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long DEFEND_INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long REPORT_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final LocalAddresses addresses;
    private final Counters counters;
    private final RandomSource random;
    private ArpProtocol arp;
    private IpEventHandler events = IpEventHandler.NONE;
    private boolean defend = true;

    AddressConflicts(final LocalAddresses addresses, final Counters counters, final RandomSource random) {
        this.addresses = addresses;
        this.counters = counters;
        this.random = random;
    }

    void arp(final ArpProtocol protocol) {
        arp = protocol;
    }

    void events(final IpEventHandler handler) {
        events = handler;
    }

    void defend(final boolean on) {
        defend = on;
    }

    /** Begins to probe for a tentative address. */
    void probe(final LocalAddress address, final long nowNs) {
        address.tentative = true;
        address.probesSent = 0;
        address.announcementsSent = 0;
        address.deadlineNs = nowNs + Long.remainderUnsigned(random.nextLong(), PROBE_WAIT_NS);
    }

    /** Another station says that {@code v4} is its own. */
    void onClaim(final int v4, final long mac, final long nowNs) {
        final LocalAddress address = addresses.find(0, IpAddress.v4Lo(v4));
        if (address == null) {
            return;
        }
        counters.increment(IpCounter.ARP_CONFLICTS);
        if (address.tentative) {
            giveUp(address, mac, nowNs);
            return;
        }
        if (defend && nowNs - address.defendedNs >= DEFEND_INTERVAL_NS) {
            address.defendedNs = nowNs;
            counters.increment(IpCounter.ARP_DEFENCES);
            arp.announce(v4);
        }
        if (nowNs - address.reportedNs >= REPORT_INTERVAL_NS) {
            address.reportedNs = nowNs;
            events.onAddressConflict(IpAddress.ofV4(v4), mac, nowNs);
        }
    }

    /** Another station probes for {@code v4}; if we do too, neither may have it (RFC 5227 2.1.1). */
    void onRivalProbe(final int v4, final long mac, final long nowNs) {
        final LocalAddress address = addresses.find(0, IpAddress.v4Lo(v4));
        if (address != null && address.tentative) {
            counters.increment(IpCounter.ARP_CONFLICTS);
            giveUp(address, mac, nowNs);
        }
    }

    private void giveUp(final LocalAddress address, final long mac, final long nowNs) {
        addresses.remove(address.hi, address.lo);
        events.onAddressConflict(new IpAddress(address.hi, address.lo), mac, nowNs);
    }

    /** True if an address became ready, so that routes changed. */
    boolean onTimer(final long nowNs) {
        boolean changed = false;
        for (int i = addresses.count() - 1; i >= 0; i--) {
            if (i < addresses.count() && addresses.at(i).deadlineNs <= nowNs) {
                changed |= onDeadline(addresses.at(i), nowNs);
            }
        }
        return changed;
    }

    private boolean onDeadline(final LocalAddress address, final long nowNs) {
        if (address.tentative && address.probesSent < PROBES) {
            address.probesSent++;
            arp.probe((int) address.lo);
            address.deadlineNs = nowNs + (address.probesSent == PROBES
                ? ANNOUNCE_WAIT_NS
                : PROBE_MIN_NS + Long.remainderUnsigned(random.nextLong(), PROBE_SPREAD_NS));
            return false;
        }
        final boolean ready = address.tentative;
        address.tentative = false;
        address.announcementsSent++;
        arp.announce((int) address.lo);
        address.deadlineNs =
            address.announcementsSent < ANNOUNCEMENTS ? nowNs + ANNOUNCE_INTERVAL_NS : Deadline.NONE;
        if (ready) {
            events.onAddressReady(new IpAddress(address.hi, address.lo), nowNs);
        }
        return ready;
    }

    long nextDeadlineNs() {
        long next = Deadline.NONE;
        for (int i = 0; i < addresses.count(); i++) {
            next = Math.min(next, addresses.at(i).deadlineNs);
        }
        return next;
    }
}
