package io.holdfast.ip;

import io.holdfast.counters.Counters;
import io.holdfast.counters.IpCounter;
import io.holdfast.ip.neighbor.ArpProtocol;
import io.holdfast.ip.neighbor.HeldPackets;
import io.holdfast.ip.neighbor.Neighbor;
import io.holdfast.ip.neighbor.NeighborCache;
import io.holdfast.ip.neighbor.NeighborState;
import io.holdfast.link.Link;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import io.holdfast.link.SoftwareChecksum;
import io.holdfast.wire.EthernetHeader;
import io.holdfast.wire.IcmpHeader;
import io.holdfast.wire.Ipv4Header;
import org.agrona.concurrent.UnsafeBuffer;

/** Headers, fragments and the way to the device for IPv4 packets whose path is known. Shard's thread only. */
final class Ipv4Output {
    static final int DEFAULT_HOP_LIMIT = 64;
    /** Most bytes held for all neighbours together. */
    static final int MAX_HELD_BYTES = 1 << 20;
    /** Data offset of a TCP header, which a super-segment always has. */
    private static final int TCP_DATA_OFFSET = 12;

    private final Link link;
    private final Counters counters;
    private final IpIdSource ids;
    private final LocalQueue local;
    private final FrameBytes bytes = new FrameBytes();
    private final OutboundFrame scratch = new OutboundFrame();
    private NeighborCache neighbors;
    private ArpProtocol arp;
    private int heldBytes;

    Ipv4Output(final Link link, final Counters counters, final IpIdSource ids, final LocalQueue local) {
        this.link = link;
        this.counters = counters;
        this.ids = ids;
        this.local = local;
    }

    void neighbors(final NeighborCache cache) {
        neighbors = cache;
    }

    void arp(final ArpProtocol protocol) {
        arp = protocol;
    }

    /** See {@link IpLayer#send}; {@code path} is fresh. */
    boolean send(
        final OutboundFrame frame,
        final Path path,
        final long sourceLo,
        final int protocol,
        final int trafficClass,
        final int hopLimit,
        final boolean dontFragment,
        final long nowNs) {
        final LinkCapabilities capabilities = link.capabilities();
        final int length = frame.length();
        final int totalLength = Ipv4Header.MIN_BYTES + length;
        if (totalLength > Ipv4Header.MAX_PACKET_BYTES) {
            counters.increment(IpCounter.OUT_TOO_LONG);
            return true;
        }
        final int destination = (int) path.lo;
        final int hops = hopLimit == 0 ? DEFAULT_HOP_LIMIT : hopLimit;
        final int wirePackets = frame.gsoSize > 0 ? (length + frame.gsoSize - 1) / frame.gsoSize : 1;
        final int id = ids.take(sourceLo, path.lo, protocol, wirePackets);
        final boolean tooBig = path.leavesHost() && largestOnWire(frame, totalLength) > path.mtu;
        if (tooBig && !dontFragment && frame.gsoSize == 0) {
            return fragment(frame, path, (int) sourceLo, protocol, trafficClass, hops, id, nowNs);
        }
        final int at = frame.prepend(Ipv4Header.MIN_BYTES);
        Ipv4Header.write(frame.buffer, at, trafficClass, totalLength, id, dontFragment && !path.mtuLocked, false, 0,
            hops, protocol, (int) sourceLo, destination);
        if (tooBig) {
            counters.increment(IpCounter.OUT_TOO_BIG);
            error(frame, IcmpHeader.FRAGMENTATION_NEEDED, path.mtu);
            return true;
        }
        switch (path.kind) {
            case LOCAL:
                return loop(frame);
            case NO_ROUTE:
                counters.increment(IpCounter.OUT_NO_ROUTES);
                error(frame, IcmpHeader.NET_UNREACHABLE, 0);
                return true;
            default:
                if (frame.gsoSize == 0 && !capabilities.checksumOffload()) {
                    SoftwareChecksum.complete(frame);
                }
                return dispatch(frame, path, nowNs);
        }
    }

    /** Total length of the largest packet that the device makes of the frame. */
    private static int largestOnWire(final OutboundFrame frame, final int totalLength) {
        if (frame.gsoSize == 0) {
            return totalLength;
        }
        final int tcpHeaderLength = (frame.buffer.getByte(frame.start + TCP_DATA_OFFSET) >>> 4 & 0xF) * 4;
        return Math.min(totalLength, Ipv4Header.MIN_BYTES + tcpHeaderLength + frame.gsoSize);
    }

    /** A full queue is a full device to the sender, who tries again once it has been emptied. */
    private boolean loop(final OutboundFrame frame) {
        final boolean taken = local.offerPacket(frame);
        counters.increment(taken ? IpCounter.OUT_LOOPED : IpCounter.OUT_LOOP_FULL);
        return taken;
    }

    private void error(final OutboundFrame frame, final int code, final int mtu) {
        if (!local.offerError(frame, code, mtu)) {
            counters.increment(IpCounter.OUT_ERROR_QUEUE_FULL);
        }
    }

    private boolean dispatch(final OutboundFrame frame, final Path path, final long nowNs) {
        switch (path.kind) {
            case NEIGHBOR:
                return toNeighbor(frame, path, nowNs);
            case GROUP:
                return transmit(frame, path.groupMac);
            default:
                return transmit(frame);
        }
    }

    private boolean toNeighbor(final OutboundFrame frame, final Path path, final long nowNs) {
        Neighbor neighbor = path.neighbor;
        if (neighbor == null || neighbor.state() == NeighborState.REMOVED) {
            neighbor = neighbors.obtain(path.nextHi, path.nextLo, nowNs);
            path.neighbor = neighbor;
            if (neighbor == null) {
                counters.increment(IpCounter.OUT_UNRESOLVED);
                return true;
            }
        }
        if (neighbors.use(neighbor, path.askFromLo, nowNs)) {
            return transmit(frame, neighbor.mac());
        }
        if (neighbor.state() == NeighborState.INCOMPLETE) {
            hold(frame, neighbor);
        } else {
            counters.increment(IpCounter.OUT_UNRESOLVED);
            error(frame, IcmpHeader.HOST_UNREACHABLE, 0);
        }
        return true;
    }

    private boolean transmit(final OutboundFrame frame, final long mac) {
        EthernetHeader.write(frame.buffer, frame.prepend(EthernetHeader.BYTES), mac, arp.source(), EthernetHeader.TYPE_IPV4);
        return transmit(frame);
    }

    private boolean transmit(final OutboundFrame frame) {
        if (link.transmit(frame)) {
            counters.increment(IpCounter.OUT_TRANSMITS);
            return true;
        }
        counters.increment(IpCounter.OUT_DEVICE_FULL);
        return false;
    }

    // --- packets that wait for a neighbour ---------------------------------------------------------------------

    private void hold(final OutboundFrame frame, final Neighbor neighbor) {
        final int length = frame.length();
        if (!neighbor.held().hasRoom(length) || heldBytes + length > MAX_HELD_BYTES) {
            counters.increment(IpCounter.OUT_HOLD_FULL);
            return;
        }
        final UnsafeBuffer copy = new UnsafeBuffer(new byte[length]);
        bytes.copy(frame, 0, length, copy, 0);
        final int checksumStart = frame.checksumStart < 0 ? -1 : frame.checksumStart - frame.start;
        neighbor.held().add(new HeldPackets.Held(copy, checksumStart, frame.checksumOffset, frame.gsoSize));
        heldBytes += length;
        counters.increment(IpCounter.OUT_HELD);
    }

    /** The neighbour was found: everything that waited for it goes. */
    void release(final Neighbor neighbor) {
        for (HeldPackets.Held held = neighbor.held().poll(); held != null; held = neighbor.held().poll()) {
            heldBytes -= held.packet.capacity();
            scratch.clear();
            scratch.buffer.putBytes(scratch.start, held.packet, 0, held.packet.capacity());
            scratch.end = scratch.start + held.packet.capacity();
            scratch.checksumStart = held.checksumStart < 0 ? -1 : scratch.start + held.checksumStart;
            scratch.checksumOffset = held.checksumOffset;
            scratch.gsoSize = held.gsoSize;
            transmit(scratch, neighbor.mac());
        }
    }

    /** Drops and returns the oldest packet that waited for a neighbour which does not answer; null when there are no more. */
    UnsafeBuffer drop(final Neighbor neighbor) {
        final HeldPackets.Held held = neighbor.held().poll();
        if (held == null) {
            return null;
        }
        heldBytes -= held.packet.capacity();
        counters.increment(IpCounter.OUT_UNRESOLVED);
        return held.packet;
    }

    // --- fragments (RFC 791 3.2) ---------------------------------------------------------------------------------

    private boolean fragment(
        final OutboundFrame frame,
        final Path path,
        final int source,
        final int protocol,
        final int trafficClass,
        final int hops,
        final int id,
        final long nowNs) {
        counters.increment(IpCounter.OUT_FRAG_REQDS);
        // No device can complete a checksum across fragments.
        SoftwareChecksum.complete(frame);
        final int length = frame.length();
        final int step = path.mtu - Ipv4Header.MIN_BYTES & ~7;
        for (int from = 0; from < length; from += step) {
            final int n = Math.min(step, length - from);
            scratch.clear();
            bytes.copy(frame, from, n, scratch.buffer, scratch.start);
            scratch.end = scratch.start + n;
            final int at = scratch.prepend(Ipv4Header.MIN_BYTES);
            Ipv4Header.write(scratch.buffer, at, trafficClass, Ipv4Header.MIN_BYTES + n, id, false, from + n < length,
                from, hops, protocol, source, (int) path.lo);
            if (!dispatch(scratch, path, nowNs)) {
                if (from == 0) {
                    return false;
                }
                // Fragments already sent cannot be recalled; asking the sender to repeat would only send them twice.
                counters.increment(IpCounter.OUT_FRAG_LOST);
                return true;
            }
            counters.increment(IpCounter.OUT_FRAG_CREATES);
        }
        counters.increment(IpCounter.OUT_FRAG_OKS);
        return true;
    }
}
