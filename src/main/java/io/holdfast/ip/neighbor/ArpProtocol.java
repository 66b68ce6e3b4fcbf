package io.holdfast.ip.neighbor;

import io.holdfast.counters.Counters;
import io.holdfast.counters.IpCounter;
import io.holdfast.link.Link;
import io.holdfast.link.OutboundFrame;
import io.holdfast.wire.ArpPacket;
import io.holdfast.wire.EthernetHeader;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.MacAddress;
import org.agrona.DirectBuffer;

/**
 * ARP (RFC 826) with the manners of RFC 5227: answers for our addresses, teaches the neighbour cache, and reports who
 * else uses our addresses. Shard's thread only.
 */
public final class ArpProtocol {
    /** Knows which addresses are ours or will be, and gets reports of conflicts about them. */
    public interface Owner {
        /** We use that address: requests for it are answered. */
        boolean owns(int address);

        /** Returns whether any address is ours and in use. */
        boolean ownsAny();

        /** Returns whether we may come to use an address that another host uses now; its neighbours may then become ours. */
        default boolean mayOwn(final int address) {
            return false;
        }

        /** Another station says that it has an address that we use, or would like to use. */
        void onClaim(int address, long mac, long nowNs);

        /** Another station probes for an address that we want to use. */
        default void onRivalProbe(final int address, final long mac, final long nowNs) {
        }
    }

    private final Link link;
    private final Counters counters;
    private final NeighborCache cache;
    private final Owner owner;
    private final ArpPacket packet = new ArpPacket();
    private final OutboundFrame frame = new OutboundFrame();
    private long virtualMac;
    /** Frames leave from the virtual address while we have an address that it stands for. */
    private boolean sendsVirtual;

    public ArpProtocol(final Link link, final Counters counters, final NeighborCache cache, final Owner owner) {
        this.link = link;
        this.counters = counters;
        this.cache = cache;
        this.owner = owner;
    }

    /**
     * Sets the MAC address that is told for our addresses instead of the device's own; 0 for the device's own.
     *
     * @param source whether frames are also sent from it while an address of ours is in use
     */
    public void virtualMac(final long mac, final boolean source) {
        virtualMac = mac;
        sendsVirtual = source && mac != 0;
    }

    /** Returns the source MAC address of our frames. */
    public long source() {
        return sendsVirtual && owner.ownsAny() ? virtualMac : link.capabilities().macAddress();
    }

    /** Returns the MAC address that ARP tells for our addresses. */
    public long mac() {
        return virtualMac != 0 ? virtualMac : link.capabilities().macAddress();
    }

    /** An ARP packet, without its Ethernet header. */
    public void onPacket(final DirectBuffer buffer, final int offset, final int length, final long nowNs) {
        if (!packet.wrap(buffer, offset, length)) {
            counters.increment(IpCounter.ARP_IN_MALFORMED);
            return;
        }
        final long ownMac = mac();
        final int operation = packet.operation();
        final long senderMac = packet.senderMac();
        final int sender = packet.senderAddress();
        final int target = packet.targetAddress();
        if (operation == ArpPacket.REQUEST) {
            counters.increment(IpCounter.ARP_IN_REQUESTS);
        } else if (operation == ArpPacket.REPLY) {
            counters.increment(IpCounter.ARP_IN_REPLIES);
        } else {
            counters.increment(IpCounter.ARP_IN_MALFORMED);
            return;
        }
        if (senderMac == ownMac || senderMac == link.capabilities().macAddress()) {
            // Ourselves, or the other host of a virtual address: which of the two has it is not settled here.
            return;
        }
        if (senderMac == 0 || MacAddress.isGroup(senderMac) || isNoHost(sender)) {
            counters.increment(IpCounter.ARP_IN_MALFORMED);
            return;
        }
        if (sender == 0) {
            onProbe(senderMac, target, nowNs);
            return;
        }
        final boolean ours = owner.owns(target);
        owner.onClaim(sender, senderMac, nowNs);
        if (owner.owns(sender) || owner.mayOwn(sender)) {
            // A conflict teaches nothing, and is answered by defence alone.
            return;
        }
        final boolean answer = operation == ArpPacket.REPLY && packet.targetMac() == ownMac && ours;
        cache.learn(0, IpAddress.v4Lo(sender), senderMac, ours || owner.mayOwn(target), answer, nowNs);
        if (operation == ArpPacket.REQUEST && ours) {
            reply(senderMac, sender, target);
        }
    }

    /** RFC 5227 2.1.1: a sender address of zero asks whether the target is free. */
    private void onProbe(final long senderMac, final int target, final long nowNs) {
        if (packet.operation() != ArpPacket.REQUEST) {
            counters.increment(IpCounter.ARP_IN_MALFORMED);
        } else if (owner.owns(target)) {
            reply(senderMac, 0, target);
        } else {
            owner.onRivalProbe(target, senderMac, nowNs);
        }
    }

    /** Multicast, reserved and loopback addresses belong to no station. */
    private static boolean isNoHost(final int address) {
        return address >>> 28 >= 0xE || address >>> 24 == 127 || address >>> 24 == 0 && address != 0;
    }

    private void reply(final long toMac, final int to, final int own) {
        counters.increment(IpCounter.ARP_OUT_REPLIES);
        transmit(toMac, ArpPacket.REPLY, own, toMac, to);
    }

    /** Asks for a neighbour, by broadcast or at the address it had. */
    public void request(final Neighbor neighbor, final boolean unicast) {
        counters.increment(IpCounter.ARP_OUT_REQUESTS);
        transmit(unicast ? neighbor.mac() : MacAddress.BROADCAST, ArpPacket.REQUEST, (int) neighbor.askFromLo(), 0,
            (int) neighbor.lo());
    }

    /** Asks whether an address is free (RFC 5227 2.1.1). */
    public void probe(final int address) {
        counters.increment(IpCounter.ARP_OUT_REQUESTS);
        transmit(MacAddress.BROADCAST, ArpPacket.REQUEST, 0, 0, address);
    }

    /**
     * Asks whether a station is there, by a request without a sender's address: it changes no cache, and the answer comes to the
     * device's own address.
     *
     * @param mac the station's, or broadcast
     */
    public void probe(final int address, final long mac) {
        counters.increment(IpCounter.ARP_OUT_REQUESTS);
        transmit(mac, ArpPacket.REQUEST, link.capabilities().macAddress(), 0, 0, address);
    }

    /** Tells everybody that the address is here, in the two forms that implementations listen to (RFC 5227 3). */
    public void announce(final int address) {
        counters.add(IpCounter.ARP_ANNOUNCEMENTS, 2);
        transmit(MacAddress.BROADCAST, ArpPacket.REQUEST, address, 0, address);
        transmit(MacAddress.BROADCAST, ArpPacket.REPLY, address, MacAddress.BROADCAST, address);
    }

    private void transmit(
        final long toMac, final int operation, final int sender, final long targetMac, final int target) {
        transmit(toMac, operation, sendsVirtual ? source() : mac(), sender, targetMac, target);
    }

    private void transmit(final long toMac, final int operation, final long senderMac, final int sender, final long targetMac,
        final int target) {
        frame.clear();
        // Where switches learn the address, ARP and frame source always agree: ARP inspection takes a difference for an attack.
        EthernetHeader.write(frame.buffer, frame.start, toMac, sendsVirtual ? senderMac : link.capabilities().macAddress(),
            EthernetHeader.TYPE_ARP);
        ArpPacket.write(
            frame.buffer, frame.start + EthernetHeader.BYTES, operation, senderMac, sender, targetMac, target);
        frame.end = frame.start + EthernetHeader.BYTES + ArpPacket.BYTES;
        counters.increment(link.transmit(frame) ? IpCounter.OUT_TRANSMITS : IpCounter.OUT_DEVICE_FULL);
    }
}
