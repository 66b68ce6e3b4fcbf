package io.holdfast.ip;

import io.holdfast.counters.Counters;
import io.holdfast.counters.IpCounter;
import io.holdfast.ip.reassembly.Reassembler;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.Ipv4Header;
import org.agrona.DirectBuffer;

/** Validation and delivery of arriving IPv4 packets (RFC 791, RFC 1122 3.2.1). Shard's thread only. */
final class Ipv4Input {
    private static final int ALL_HOSTS = 0xE000_0001;
    private static final int OPTION_END = 0;
    private static final int OPTION_NOP = 1;
    private static final int OPTION_LOOSE_SOURCE_ROUTE = 131;
    private static final int OPTION_STRICT_SOURCE_ROUTE = 137;

    private final LocalAddresses addresses;
    private final Counters counters;
    private final Reassembler reassembler;
    private final Ipv4Header header = new Ipv4Header();
    private final IpPacket packet = new IpPacket();

    Ipv4Input(final LocalAddresses addresses, final Counters counters, final Reassembler reassembler) {
        this.addresses = addresses;
        this.counters = counters;
        this.reassembler = reassembler;
    }

    /**
     * A packet from the wire.
     *
     * @param groupFrame it came by link broadcast or multicast
     */
    void onPacket(
        final DirectBuffer buffer,
        final int offset,
        final int available,
        final boolean groupFrame,
        final boolean checksumValid,
        final int gsoSize,
        final PacketHandler up,
        final long nowNs) {
        counters.increment(IpCounter.IN_RECEIVES);
        final Ipv4Header.Fault fault = header.check(buffer, offset, available);
        if (fault != Ipv4Header.Fault.NONE) {
            counters.increment(counterOf(fault));
            return;
        }
        if (!header.checksumCorrect()) {
            counters.increment(IpCounter.IN_BAD_CHECKSUM);
            return;
        }
        final int headerLength = header.headerLength();
        if (headerLength > Ipv4Header.MIN_BYTES
            && !acceptOptions(buffer, offset + Ipv4Header.MIN_BYTES, offset + headerLength)) {
            return;
        }
        if (!acceptSource(header.source()) || !acceptDestination(header.destination(), groupFrame)) {
            return;
        }
        final boolean toGroup = !addresses.owns(0, IpAddress.v4Lo(header.destination()));
        if (!header.isFragment()) {
            fill(buffer, offset, toGroup);
            packet.checksumValid = checksumValid;
            packet.gsoSize = gsoSize;
            deliver(up, nowNs);
            return;
        }
        final int payloadLength = header.totalLength() - headerLength;
        final Reassembler.Whole whole = reassembler.add(0, IpAddress.v4Lo(header.source()), 0,
            IpAddress.v4Lo(header.destination()), header.protocol(), header.identification(), header.fragmentOffset(),
            header.moreFragments(), buffer, offset, headerLength, payloadLength, nowNs);
        if (whole != null) {
            try {
                Ipv4Header.makeWhole(whole.buffer, whole.offset, whole.length);
                if (header.check(whole.buffer, whole.offset, whole.length) == Ipv4Header.Fault.NONE) {
                    fill(whole.buffer, whole.offset, toGroup);
                    packet.checksumValid = false;
                    packet.gsoSize = 0;
                    deliver(up, nowNs);
                }
            } finally {
                reassembler.release(whole);
            }
        }
    }

    /** A packet that we sent to ourselves: known to be well formed. */
    void onLocalPacket(
        final DirectBuffer buffer,
        final int offset,
        final int length,
        final int gsoSize,
        final PacketHandler up,
        final long nowNs) {
        counters.increment(IpCounter.IN_RECEIVES);
        if (header.check(buffer, offset, length) != Ipv4Header.Fault.NONE) {
            counters.increment(IpCounter.IN_TRUNCATED);
            return;
        }
        if (!addresses.owns(0, IpAddress.v4Lo(header.destination()))) {
            // Removed while the packet was queued.
            counters.increment(IpCounter.IN_NOT_FOR_US);
            return;
        }
        fill(buffer, offset, false);
        packet.checksumValid = true;
        packet.gsoSize = gsoSize;
        deliver(up, nowNs);
    }

    /** A view of a packet that need not be whole; null if not even its header is. Valid until the next call. */
    IpPacket view(final DirectBuffer buffer, final int offset, final int available) {
        if (!header.wrapQuoted(buffer, offset, available)) {
            return null;
        }
        fill(buffer, offset, false);
        packet.length = Math.min(packet.length, available - header.headerLength());
        packet.checksumValid = false;
        packet.gsoSize = 0;
        return packet;
    }

    private void fill(final DirectBuffer buffer, final int offset, final boolean toGroup) {
        final int headerLength = header.headerLength();
        packet.sourceHi = 0;
        packet.sourceLo = IpAddress.v4Lo(header.source());
        packet.destinationHi = 0;
        packet.destinationLo = IpAddress.v4Lo(header.destination());
        packet.protocol = header.protocol();
        packet.trafficClass = header.trafficClass();
        packet.hopLimit = header.hopLimit();
        packet.dontFragment = header.dontFragment();
        packet.buffer = buffer;
        packet.headerOffset = offset;
        packet.offset = offset + headerLength;
        packet.length = header.totalLength() - headerLength;
        packet.toGroup = toGroup;
    }

    private void deliver(final PacketHandler up, final long nowNs) {
        counters.increment(IpCounter.IN_DELIVERS);
        up.onPacket(packet, nowNs);
    }

    /** RFC 1122 3.2.1.3, RFC 6890: addresses that cannot be anybody's who sends to us over a wire. */
    private boolean acceptSource(final int source) {
        final int first = source >>> 24;
        if (first == 0 || first == 127 || first >= 224 || addresses.isBroadcast(source)) {
            counters.increment(IpCounter.IN_MARTIAN_SOURCE);
            return false;
        }
        if (addresses.owns(0, IpAddress.v4Lo(source))) {
            counters.increment(IpCounter.IN_OWN_SOURCE);
            return false;
        }
        return true;
    }

    private boolean acceptDestination(final int destination, final boolean groupFrame) {
        if (addresses.owns(0, IpAddress.v4Lo(destination))) {
            if (groupFrame) {
                counters.increment(IpCounter.IN_GROUP_FRAME);
            }
            return !groupFrame;
        }
        final int first = destination >>> 24;
        if (first == 0 || first == 127) {
            counters.increment(IpCounter.IN_MARTIAN_DESTINATION);
            return false;
        }
        if (first >>> 4 == 0xE) {
            if (destination == ALL_HOSTS) {
                return true;
            }
            counters.increment(IpCounter.IN_GROUP_NOT_JOINED);
            return false;
        }
        if (addresses.isBroadcast(destination)) {
            return true;
        }
        counters.increment(IpCounter.IN_NOT_FOR_US);
        return false;
    }

    /** Options are only walked: none changes what this host does, and source routes are refused (RFC 7126). */
    private boolean acceptOptions(final DirectBuffer buffer, final int from, final int to) {
        int at = from;
        while (at < to) {
            final int type = buffer.getByte(at) & 0xFF;
            if (type == OPTION_END) {
                return true;
            }
            if (type == OPTION_NOP) {
                at++;
                continue;
            }
            if (type == OPTION_LOOSE_SOURCE_ROUTE || type == OPTION_STRICT_SOURCE_ROUTE) {
                counters.increment(IpCounter.IN_SOURCE_ROUTED);
                return false;
            }
            final int length = at + 1 < to ? buffer.getByte(at + 1) & 0xFF : 0;
            if (length < 2 || at + length > to) {
                counters.increment(IpCounter.IN_BAD_OPTION);
                return false;
            }
            at += length;
        }
        return true;
    }

    private static IpCounter counterOf(final Ipv4Header.Fault fault) {
        switch (fault) {
            case TRUNCATED:
                return IpCounter.IN_TRUNCATED;
            case VERSION:
                return IpCounter.IN_BAD_VERSION;
            case HEADER_LENGTH:
                return IpCounter.IN_BAD_HEADER_LENGTH;
            default:
                return IpCounter.IN_BAD_TOTAL_LENGTH;
        }
    }
}
