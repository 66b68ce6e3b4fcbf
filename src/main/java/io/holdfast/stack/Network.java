package io.holdfast.stack;

import io.holdfast.config.StackConfig;
import io.holdfast.counters.Counters;
import io.holdfast.counters.StackCounter;
import io.holdfast.icmp.IcmpLayer;
import io.holdfast.ip.IpEventHandler;
import io.holdfast.ip.IpLayer;
import io.holdfast.ip.IpPacket;
import io.holdfast.ip.PacketHandler;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.Link;
import io.holdfast.tcp.TcpStack;
import io.holdfast.udp.UdpLayer;
import io.holdfast.util.Deadline;
import io.holdfast.util.RandomSource;
import io.holdfast.wire.IcmpHeader;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.IpProtocol;
import io.holdfast.wire.MacAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The floors below the connections, wired: IP and who handles its packets. Here an exception ends the handling of one
 * frame, and never the shard. With the baton only.
 */
final class Network implements PacketHandler {
    private final Link link;
    private final Counters counters;
    private final ErrorLog errors;
    private final IpLayer ip;
    private final Transmitter transmitter;
    private Demultiplexer demultiplexer;
    private IcmpLayer icmp;
    private UdpLayer udp;
    private final ServiceAddresses addresses;
    /** null unless somebody wants to know of the LAN. */
    private LanWatch lan;
    private long nowNs;

    Network(final StackConfig config, final Link link, final Counters counters, final ErrorLog errors) {
        this.link = link;
        this.counters = counters;
        this.errors = errors;
        ip = new IpLayer(link, counters, config.random());
        if (config.gateway() != null) {
            ip.gateway(config.gateway());
        }
        addresses = new ServiceAddresses(config, link, ip, counters);
        transmitter = new Transmitter(ip, link, counters);
    }

    /** Completes the wiring. */
    void connect(final ConnectionSet connections, final TcpStack tcp, final RandomSource random) {
        demultiplexer = new Demultiplexer(connections, tcp, transmitter, counters);
        final IcmpErrors judge = new IcmpErrors(ip, connections, counters);
        icmp = new IcmpLayer(ip, counters, random, judge, new AddressEvents());
        udp = new UdpLayer(ip, counters, random, (packet, now) ->
            icmp.sendError(IcmpHeader.UNREACHABLE, IcmpHeader.PORT_UNREACHABLE, packet, now));
        judge.udp(udp);
    }

    UdpLayer udp() {
        return udp;
    }

    Transmitter transmitter() {
        return transmitter;
    }

    IpLayer ip() {
        return ip;
    }

    int pathMtu(final IpAddress remote) {
        return ip.pathMtu(remote.hi(), remote.lo(), nowNs);
    }

    boolean segmentation() {
        return link.capabilities().segmentation();
    }

    /** Time of what follows. */
    void now(final long value) {
        nowNs = value;
        transmitter.now(value);
    }

    /** A frame from the device, whatever is in it. */
    void onFrame(final FrameSlot slot, final long now) {
        try {
            if (lan != null) {
                lan.onFrame(slot, now);
            }
            if (!addresses.hear(slot, now)) {
                ip.onFrame(slot, now, this);
            }
        } catch (final RuntimeException e) {
            errors.record(StackCounter.FRAME_HANDLER_ERRORS, "frame of " + slot.length + " bytes", e);
        }
    }

    /** The device has been read: what it had came before this. */
    void listened(final long now) {
        if (lan != null) {
            lan.listened(now);
        }
    }

    @Override
    public void onPacket(final IpPacket packet, final long now) {
        switch (packet.protocol) {
            case IpProtocol.TCP -> demultiplexer.onTcpPacket(packet, now);
            case IpProtocol.UDP -> udp.onPacket(packet, now);
            case IpProtocol.ICMP -> icmp.onPacket(packet, now);
            default -> {
                counters.increment(StackCounter.UNKNOWN_PROTOCOL);
                icmp.sendError(IcmpHeader.UNREACHABLE, IcmpHeader.PROTOCOL_UNREACHABLE, packet, now);
            }
        }
    }

    /** What was sent to ourselves, and timers. Returns amount of work. */
    int poll(final long now) {
        int work = 0;
        try {
            if (ip.pollPending()) {
                work = ip.poll(this, now);
            }
            if (Deadline.expired(ip.nextDeadlineNs(), now)) {
                ip.onTimer(now);
            }
            if (lan != null) {
                lan.poll(now);
            }
        } catch (final RuntimeException e) {
            errors.record(StackCounter.FRAME_HANDLER_ERRORS, "local packet or timer of IP", e);
        }
        return work;
    }

    long nextDeadlineNs() {
        if (ip.pollPending()) {
            return 0;
        }
        return lan == null ? ip.nextDeadlineNs() : Math.min(ip.nextDeadlineNs(), lan.nextDeadlineNs());
    }

    /** From now on signs of life of the LAN are looked for. */
    LanSigns watchLan(final LanWatchConfig config, final ConnectionSet connections, final long now) {
        lan = new LanWatch(config, link, ip, addresses, connections.table::members, now);
        return lan.signs();
    }

    /** An operator must hear of it: two hosts with one address. */
    private static final class AddressEvents implements IpEventHandler {
        private static final Logger LOG = LoggerFactory.getLogger(Network.class);

        @Override
        public void onAddressConflict(final IpAddress address, final long mac, final long nowNs) {
            LOG.warn("{} is used by another station too, {}", address, MacAddress.format(mac));
        }
    }

    /** The addresses, for whoever moves them between hosts. */
    ServiceAddresses addresses() {
        return addresses;
    }

    /** The addresses are this host's from now on; what was heard for them is handled, strays are not answered. */
    void takeAddresses(final long now) {
        now(now);
        final HeardStrays strays = new HeardStrays(counters);
        demultiplexer.heardStrays(strays);
        try {
            addresses.take(new HeardFrames.Handler() {
                @Override
                public boolean onHeard(final FrameSlot slot) {
                    onFrame(slot, now);
                    return !strays.takeDeferred();
                }

                @Override
                public void onAllHeard() {
                    strays.everythingSeen();
                }
            }, now);
        } finally {
            demultiplexer.heardStrays(null);
        }
    }

    /** Takes the addresses into use, or holds them back. */
    void start(final StackConfig config, final boolean replicated, final long now) {
        now(now);
        addresses.start(replicated, config.addressProbe(), now);
    }
}
