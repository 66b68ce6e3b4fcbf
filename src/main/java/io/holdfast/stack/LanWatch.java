package io.holdfast.stack;

import io.holdfast.ip.IpLayer;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.Link;
import io.holdfast.util.Deadline;
import io.holdfast.wire.ArpPacket;
import io.holdfast.wire.EthernetHeader;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.Ipv4Header;
import io.holdfast.wire.MacAddress;
import java.util.function.Supplier;

/**
 * Looks for signs of life on the clients' LAN: every frame of a station that is not this host's own, and, when it is quiet, the
 * answers to ARP probes (RFC 5227 2.1.1: from no address, so that they change nobody's cache). A probe goes to the gateway, or to
 * the stations that were heard, or to the peers of connections. With the baton only, but for {@link #signs}.
 */
final class LanWatch {
    /** Stations remembered. */
    static final int MAX_NEIGHBORS = 8;
    /** Probes at once, while the LAN is heard. */
    private static final int PROBES = 3;
    /** Nobody has answered for long: then so rarely, and by broadcast. */
    private static final long SLOW_PROBE_NS = 100_000_000L;
    /** So many questions later, whoever decides by the answers has decided. */
    private static final int ENOUGH_QUESTIONS = 16;
    /** The same station is noted again only after this. */
    private static final long NOTE_NS = 10_000_000L;

    private final Link link;
    private final IpLayer ip;
    private final ServiceAddresses addresses;
    private final Supplier<Endpoint[]> connections;
    private final LanWatchConfig config;
    private final LanSigns signs = new LanSigns();
    private final EthernetHeader ethernet = new EthernetHeader();
    private final Ipv4Header header = new Ipv4Header();
    private final ArpPacket arp = new ArpPacket();
    private final int[] neighbor = new int[MAX_NEIGHBORS];
    private final long[] neighborMac = new long[MAX_NEIGHBORS];
    private final long[] neighborNs = new long[MAX_NEIGHBORS];
    private int neighbors;
    private int turn;
    private long signNs = LanSigns.NEVER;
    private long listenedNs = LanSigns.NEVER;
    private long probedNs;
    /** Rounds of probes since the last sign. */
    private int rounds;
    private long notedMac;
    private long notedNs;

    LanWatch(final LanWatchConfig config, final Link link, final IpLayer ip, final ServiceAddresses addresses,
        final Supplier<Endpoint[]> connections, final long nowNs) {
        this.config = config;
        this.link = link;
        this.ip = ip;
        this.addresses = addresses;
        this.connections = connections;
        probedNs = nowNs;
    }

    LanSigns signs() {
        return signs;
    }

    /** Any frame that the device gave. */
    void onFrame(final FrameSlot slot, final long nowNs) {
        if (!ethernet.wrap(slot.buffer, slot.offset, slot.length)) {
            return;
        }
        final long mac = ethernet.source();
        final boolean noted = mac == notedMac && nowNs - notedNs < NOTE_NS;
        if (noted && signNs == nowNs || isOwn(mac)) {
            return;
        }
        if (!config.targets().isEmpty()) {
            if (isOfTarget(slot)) {
                signNs = nowNs;
            }
            return;
        }
        signNs = nowNs;
        if (!noted) {
            notedMac = mac;
            notedNs = nowNs;
            note(slot, mac, nowNs);
        }
    }

    private boolean isOwn(final long mac) {
        return mac == link.capabilities().macAddress() || config.own().test(mac);
    }

    private boolean isOfTarget(final FrameSlot slot) {
        if (ethernet.type() != EthernetHeader.TYPE_ARP || !wrapArp(slot)) {
            return false;
        }
        for (final IpAddress target : config.targets()) {
            if (target.v4() == arp.senderAddress()) {
                return true;
            }
        }
        return false;
    }

    private boolean wrapArp(final FrameSlot slot) {
        return arp.wrap(slot.buffer, slot.offset + EthernetHeader.BYTES, slot.length - EthernetHeader.BYTES);
    }

    private void note(final FrameSlot slot, final long mac, final long nowNs) {
        int address = 0;
        if (ethernet.type() == EthernetHeader.TYPE_ARP && wrapArp(slot)) {
            address = arp.senderAddress();
        } else if (ethernet.type() == EthernetHeader.TYPE_IPV4 && header.check(slot.buffer, slot.offset + EthernetHeader.BYTES,
            slot.length - EthernetHeader.BYTES) == Ipv4Header.Fault.NONE) {
            address = header.source();
        }
        if (addresses.isNeighbor(address)) {
            remember(address, mac, nowNs);
        }
    }

    private void remember(final int address, final long mac, final long nowNs) {
        int at = 0;
        for (int i = 0; i < neighbors; i++) {
            if (neighbor[i] == address) {
                at = i;
                break;
            }
            at = neighborNs[i] < neighborNs[at] ? i : at;
        }
        if (neighbors < MAX_NEIGHBORS && (neighbors == 0 || neighbor[at] != address)) {
            at = neighbors++;
        }
        neighbor[at] = address;
        neighborMac[at] = mac;
        neighborNs[at] = nowNs;
    }

    /** The device was read; what it had came before. */
    void listened(final long nowNs) {
        listenedNs = nowNs;
    }

    /** Once a cycle, after the frames: tells what is known, and asks if it is time to. */
    void poll(final long nowNs) {
        rounds = signNs >= probedNs ? 0 : rounds;
        // The last round may still be answered; the device was read before every other one.
        signs.publish(signNs, listenedNs, Math.max(0, rounds - 1), link.isDown());
        if (Deadline.expired(nextDeadlineNs(), nowNs)) {
            probedNs = nowNs;
            // Silence tells something only of stations that are there as far as is known.
            rounds += isAnybodyKnown() ? 1 : 0;
            probe(nowNs);
        }
    }

    private boolean isLost(final long nowNs) {
        return signNs == LanSigns.NEVER || nowNs - signNs > Math.max(2 * SLOW_PROBE_NS, ENOUGH_QUESTIONS * config.quietNs());
    }

    private boolean isAnybodyKnown() {
        return neighbors > 0 || config.gateway() != null || !config.targets().isEmpty();
    }

    private void probe(final long nowNs) {
        final boolean lost = isLost(nowNs) || !isAnybodyKnown();
        if (!config.targets().isEmpty()) {
            config.targets().forEach(target -> ip.probeNeighbor(target.v4(), MacAddress.BROADCAST));
            return;
        }
        if (config.gateway() != null) {
            ip.probeNeighbor(config.gateway().v4(), MacAddress.BROADCAST);
        }
        final int count = lost ? neighbors : Math.min(PROBES, neighbors);
        int newest = 0;
        for (int i = 1; i < neighbors; i++) {
            newest = neighborNs[i] > neighborNs[newest] ? i : newest;
        }
        for (int i = 0; i < count; i++) {
            final int at = i == 0 ? newest : (turn + i) % neighbors;
            ip.probeNeighbor(neighbor[at], lost ? MacAddress.BROADCAST : neighborMac[at]);
        }
        turn += PROBES - 1;
        if (lost) {
            config.others().forEach(other -> ip.probeNeighbor(other.v4(), MacAddress.BROADCAST));
            probeConnections();
        }
    }

    /** A host that has just begun knows who is out there by the connections that it follows. */
    private void probeConnections() {
        int asked = 0;
        for (final Endpoint endpoint : connections.get()) {
            final int address = IpAddress.isV4(endpoint.remoteHi, endpoint.remoteLo) ? (int) endpoint.remoteLo : 0;
            if (asked < PROBES && addresses.isNeighbor(address)) {
                asked++;
                ip.probeNeighbor(address, MacAddress.BROADCAST);
            }
        }
    }

    long nextDeadlineNs() {
        return isLost(probedNs) ? probedNs + Math.max(SLOW_PROBE_NS, config.quietNs()) : Math.max(signNs, probedNs) + config.quietNs();
    }

}
