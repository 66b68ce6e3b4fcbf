package io.holdfast.ip;

import io.holdfast.counters.Counters;
import io.holdfast.counters.IpCounter;
import io.holdfast.ip.neighbor.ArpProtocol;
import io.holdfast.ip.neighbor.Neighbor;
import io.holdfast.ip.neighbor.NeighborCache;
import io.holdfast.ip.neighbor.NeighborOutput;
import io.holdfast.ip.reassembly.Reassembler;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.Link;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import io.holdfast.util.Deadline;
import io.holdfast.util.RandomSource;
import io.holdfast.wire.EthernetHeader;
import io.holdfast.wire.IcmpHeader;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.MacAddress;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The network layer of one shard: frames in, whole packets up; transport headers and payload in, frames out. Owns
 * addresses, routes, neighbours, fragments and path MTUs. Shard's thread only; time is a parameter.
 *
 * <p>A duty cycle calls {@link #onFrame} for each frame, {@link #poll} once, and {@link #onTimer} when
 * {@link #nextDeadlineNs()} has come. Nothing is delivered from within {@link #send}.
 */
public final class IpLayer {
    /** Entries of the local queue that one {@link #poll} delivers. */
    private static final int POLL_LIMIT = 64;
    private static final PacketHandler NOWHERE = (packet, nowNs) -> {
    };

    private final Link link;
    private final Counters counters;
    private final LocalAddresses addresses = new LocalAddresses();
    /** Addresses that another host uses now. */
    private final LocalAddresses heldBack = new LocalAddresses();
    private final RouteTable routes = new RouteTable();
    private final Paths paths;
    private final NeighborCache neighbors;
    private final ArpProtocol arp;
    private final AddressConflicts conflicts;
    private final Announcements announcements;
    private final Reassembler reassembler;
    private final Ipv4Input input4;
    private final Ipv4Output output4;
    private final LocalQueue local;
    private final EthernetHeader ethernet = new EthernetHeader();
    private IpEventHandler events = IpEventHandler.NONE;
    private PacketHandler polling = NOWHERE;

    /**
     * @param random draws hash keys, IP identifications and probe delays
     */
    public IpLayer(final Link link, final Counters counters, final RandomSource random) {
        this.link = link;
        this.counters = counters;
        paths = new Paths(link, addresses, routes, counters, random);
        local = new LocalQueue(new FromOurselves());
        output4 = new Ipv4Output(link, counters, new IpIdSource(random), local);
        neighbors = new NeighborCache(new Solicitations(), counters, random.nextLong());
        output4.neighbors(neighbors);
        conflicts = new AddressConflicts(addresses, counters, random);
        arp = new ArpProtocol(link, counters, neighbors, new ArpOwnership(addresses, heldBack, conflicts));
        conflicts.arp(arp);
        output4.arp(arp);
        announcements = new Announcements(addresses, arp);
        reassembler = new Reassembler(counters, this::onReassemblyTimeout);
        input4 = new Ipv4Input(addresses, counters, reassembler);
    }

    /** Sets the receiver of events other than packets; usually the ICMP layer. */
    public void events(final IpEventHandler handler) {
        events = handler;
        conflicts.events(handler);
    }

    // --- configuration, also at run time -----------------------------------------------------------------------

    /**
     * Takes an address into use at once. The first one is the source where nothing else decides.
     *
     * @param prefixLength how many leading bits the neighbours on the link share
     * @return false if there are too many addresses
     */
    public boolean addAddress(final IpAddress address, final int prefixLength) {
        paths.invalidate();
        heldBack.remove(address.hi(), address.lo());
        return addresses.add(new LocalAddress(address, prefixLength));
    }

    /**
     * Takes an address into use once probing has found that no other station uses it (RFC 5227 2.1). Probing takes some seconds
     * and ends in {@link IpEventHandler#onAddressReady} or {@link IpEventHandler#onAddressConflict}.
     *
     * @return false if there are too many addresses
     */
    public boolean probeAddress(final IpAddress address, final int prefixLength, final long nowNs) {
        paths.invalidate();
        final LocalAddress candidate = new LocalAddress(address, prefixLength);
        if (link.capabilities().ethernet()) {
            conflicts.probe(candidate, nowNs);
        }
        return addresses.add(candidate);
    }

    /**
     * Another host uses the address, and this one may have to go on with it: until {@link #addAddress} it is neither
     * answered for nor sent from, but what ARP tells to it is learnt.
     *
     * @return false if there are too many addresses
     */
    public boolean holdAddress(final IpAddress address, final int prefixLength) {
        removeAddress(address);
        return heldBack.add(new LocalAddress(address, prefixLength));
    }

    /** Stops answering for the address and sending from it. Returns false if it was not ours. */
    public boolean removeAddress(final IpAddress address) {
        heldBack.remove(address.hi(), address.lo());
        if (!addresses.remove(address.hi(), address.lo())) {
            return false;
        }
        paths.invalidate();
        // Neither ARP requests nor waiting packets may leave from it; requests for other addresses are sent again.
        neighbors.quiet();
        return true;
    }

    /**
     * Sets the MAC address that ARP tells for our addresses. It moves with them from host to host.
     *
     * @param mac in the low 48 bits, no group address; 0 for the device's own
     */
    public void virtualMac(final long mac, final Presence presence) {
        arp.virtualMac(presence.told(mac), presence == Presence.LEARNED);
    }

    /** Returns the MAC address of frames to our addresses: the virtual address, or the device's own. */
    public long mac() {
        return arp.mac();
    }

    public boolean owns(final long hi, final long lo) {
        return addresses.owns(hi, lo);
    }

    /** The limited broadcast address, or that of a prefix of ours. */
    public boolean isBroadcast(final long hi, final long lo) {
        return IpAddress.isV4(hi, lo) && addresses.isBroadcast((int) lo);
    }

    /** Tells everybody on the link that the address is here: a gratuitous ARP request and a reply. */
    public void announce(final IpAddress address) {
        if (link.capabilities().ethernet() && address.isV4()) {
            arp.announce(address.v4());
        }
    }

    /**
     * Asks a station on the link for an answer, whether an address of ours is in use or not.
     *
     * @param mac the station's, or broadcast
     */
    public void probeNeighbor(final int address, final long mac) {
        if (link.capabilities().ethernet()) {
            arp.probe(address, mac);
        }
    }

    /**
     * Announces every address in use, now and three times more in the next second: they have come from another host.
     */
    public void announceRepeatedly(final long nowNs) {
        if (link.capabilities().ethernet()) {
            announcements.start(nowNs);
        }
    }

    public void stopAnnouncing() {
        announcements.stop();
    }

    /** Whether addresses are defended against others who use them (RFC 5227 2.4); they are, unless told otherwise. */
    public void defendAddresses(final boolean on) {
        conflicts.defend(on);
    }

    /** Sets the default route of the gateway's address family. */
    public void gateway(final IpAddress gateway) {
        route(gateway.isV4() ? IpAddress.ofV4(0) : IpAddress.ANY, 0, gateway);
    }

    /**
     * Adds or changes a route through a gateway on the link.
     *
     * @param prefixLength of the address's own family
     * @return false if there are too many routes
     */
    public boolean route(final IpAddress prefix, final int prefixLength, final IpAddress gateway) {
        paths.invalidate();
        return routes.put(prefix, prefixLength, gateway);
    }

    /** The address to send from to that destination where the sender has not chosen; null if there is none. */
    public IpAddress selectSource(final long destinationHi, final long destinationLo) {
        return paths.source(destinationHi, destinationLo);
    }

    // --- frames in ---------------------------------------------------------------------------------------------

    /** A frame from the device. Whole packets for us go to {@code up} before this returns; any bytes may be in it. */
    public void onFrame(final FrameSlot slot, final long nowNs, final PacketHandler up) {
        final LinkCapabilities capabilities = link.capabilities();
        if (!capabilities.ethernet()) {
            input4.onPacket(slot.buffer, slot.offset, slot.length, false, slot.checksumValid, slot.gsoSize, up, nowNs);
            return;
        }
        if (!ethernet.wrap(slot.buffer, slot.offset, slot.length)) {
            counters.increment(IpCounter.IN_RUNT);
            return;
        }
        final long destination = ethernet.destination();
        final boolean group = MacAddress.isGroup(destination) && destination != arp.mac();
        if (!group && destination != capabilities.macAddress() && destination != arp.mac()) {
            counters.increment(IpCounter.IN_NOT_FOR_US_FRAME);
            return;
        }
        final int at = slot.offset + EthernetHeader.BYTES;
        final int length = slot.length - EthernetHeader.BYTES;
        switch (ethernet.type()) {
            case EthernetHeader.TYPE_IPV4:
                input4.onPacket(slot.buffer, at, length, group, slot.checksumValid, slot.gsoSize, up, nowNs);
                break;
            case EthernetHeader.TYPE_ARP:
                arp.onPacket(slot.buffer, at, length, nowNs);
                break;
            case EthernetHeader.TYPE_IPV6:
                counters.increment(IpCounter.IN_IPV6);
                break;
            default:
                counters.increment(IpCounter.IN_UNKNOWN_ETHERTYPE);
                break;
        }
    }

    /** Delivers what we sent to ourselves, and errors about what could not go. Returns the number of both. */
    public int poll(final PacketHandler up, final long nowNs) {
        if (local.isEmpty()) {
            return 0;
        }
        polling = up;
        try {
            return local.poll(POLL_LIMIT, nowNs);
        } finally {
            polling = NOWHERE;
        }
    }

    /** {@link #poll} has something to deliver. */
    public boolean pollPending() {
        return !local.isEmpty();
    }

    // --- frames out --------------------------------------------------------------------------------------------

    /**
     * Sends a packet. A packet that cannot be sent for another reason than a full device is dropped, counted and reported to
     * {@link IpEventHandler#onUndeliverable} later, as if it had been lost on the way.
     *
     * @param frame        transport header and payload; its headers are written in front, and a partial checksum is
     *                     completed if the device does not do that. Must not be sent again, whatever the result
     * @param sourceHi     an address of ours
     * @param trafficClass DSCP and ECN
     * @param hopLimit     0 for the default of 64
     * @param dontFragment a packet above the path MTU is dropped and reported; otherwise it is fragmented.
     *                     Super-segments are measured by the segments that the device makes of them, and are never fragmented
     * @return false if the device was full, and nothing has been sent
     */
    public boolean send(
        final OutboundFrame frame,
        final long sourceHi,
        final long sourceLo,
        final long destinationHi,
        final long destinationLo,
        final int protocol,
        final int trafficClass,
        final int hopLimit,
        final boolean dontFragment,
        final long nowNs) {
        counters.increment(IpCounter.OUT_REQUESTS);
        if (!addresses.owns(sourceHi, sourceLo)) {
            counters.increment(IpCounter.OUT_FOREIGN_SOURCE);
            return true;
        }
        final Path path = paths.to(destinationHi, destinationLo, nowNs);
        if (!IpAddress.isV4(sourceHi, sourceLo) || !IpAddress.isV4(destinationHi, destinationLo)) {
            counters.increment(IpCounter.OUT_NO_ROUTES);
            return true;
        }
        return output4.send(frame, path, sourceLo, protocol, trafficClass, hopLimit, dontFragment, nowNs);
    }

    /** Largest IP packet to that destination, as known now: the link's, or what routers said. */
    public int pathMtu(final long destinationHi, final long destinationLo, final long nowNs) {
        return paths.to(destinationHi, destinationLo, nowNs).mtu;
    }

    /**
     * A router said that packets to that destination do not fit, and the quoted packet was found to be ours.
     *
     * @param nextHopMtu as it said, 0 if it did not
     * @param sentBytes  total length of the packet that did not fit, as quoted
     * @return the path MTU now
     */
    public int lowerPathMtu(
        final long destinationHi,
        final long destinationLo,
        final int nextHopMtu,
        final int sentBytes,
        final long nowNs) {
        return paths.lowerMtu(destinationHi, destinationLo, nextHopMtu, sentBytes, nowNs);
    }

    /** The transport makes progress with that destination: its neighbour need not be asked for (RFC 4861 7.3.1). */
    public void confirm(final long destinationHi, final long destinationLo, final long nowNs) {
        final Path path = paths.to(destinationHi, destinationLo, nowNs);
        if (path.neighbor != null) {
            neighbors.confirm(path.neighbor, nowNs);
        }
    }

    // --- time --------------------------------------------------------------------------------------------------

    public void onTimer(final long nowNs) {
        neighbors.onTimer(nowNs);
        reassembler.onTimer(nowNs);
        announcements.onTimer(nowNs);
        if (conflicts.onTimer(nowNs)) {
            paths.invalidate();
        }
    }

    /** Returns the time at which to call {@link #onTimer}; {@link Deadline#NONE} for never. May be too early, never too late. */
    public long nextDeadlineNs() {
        return Math.min(Math.min(conflicts.nextDeadlineNs(), announcements.nextDeadlineNs()),
            Math.min(neighbors.nextDeadlineNs(), reassembler.nextDeadlineNs()));
    }

    private void onReassemblyTimeout(final UnsafeBuffer buffer, final int offset, final int length, final long nowNs) {
        final IpPacket first = input4.view(buffer, offset, length);
        if (first != null) {
            events.onReassemblyTimeout(first, nowNs);
        }
    }

    private final class Solicitations implements NeighborOutput {
        @Override
        public void solicit(final Neighbor neighbor, final boolean unicast, final long nowNs) {
            arp.request(neighbor, unicast);
        }

        @Override
        public void onResolved(final Neighbor neighbor, final long nowNs) {
            output4.release(neighbor);
        }

        @Override
        public void onAbandoned(final Neighbor neighbor) {
            while (output4.drop(neighbor) != null) {
                // dropped and counted there
            }
        }

        @Override
        public void onFailed(final Neighbor neighbor, final long nowNs) {
            for (UnsafeBuffer packet = output4.drop(neighbor); packet != null; packet = output4.drop(neighbor)) {
                final IpPacket view = input4.view(packet, 0, packet.capacity());
                if (view != null) {
                    events.onUndeliverable(view, IcmpHeader.HOST_UNREACHABLE, 0, nowNs);
                }
            }
        }
    }

    private final class FromOurselves implements LocalQueue.Consumer {
        @Override
        public void onLocalPacket(
            final MutableDirectBuffer buffer, final int offset, final int length, final int gsoSize, final long nowNs) {
            input4.onLocalPacket(buffer, offset, length, gsoSize, polling, nowNs);
        }

        @Override
        public void onLocalError(
            final MutableDirectBuffer buffer,
            final int offset,
            final int length,
            final int code,
            final int mtu,
            final long nowNs) {
            final IpPacket view = input4.view(buffer, offset, length);
            if (view != null) {
                events.onUndeliverable(view, code, mtu, nowNs);
            }
        }
    }
}
