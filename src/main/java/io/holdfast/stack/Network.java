package io.holdfast.stack;

import io.holdfast.counters.Counters;
import io.holdfast.counters.StackCounter;
import io.holdfast.ip.IpLayer;
import io.holdfast.ip.IpPacket;
import io.holdfast.ip.PacketHandler;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.Link;
import io.holdfast.tcp.TcpStack;
import io.holdfast.util.Deadline;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.IpProtocol;

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
    private long nowNs;

    Network(final StackConfig config, final Link link, final Counters counters, final ErrorLog errors) {
        this.link = link;
        this.counters = counters;
        this.errors = errors;
        ip = new IpLayer(link, counters, config.random());
        for (final IpAddress address : config.addresses()) {
            ip.addAddress(address, config.prefixLength());
        }
        if (config.gateway() != null) {
            ip.gateway(config.gateway());
        }
        transmitter = new Transmitter(ip, link, counters);
    }

    /** Completes the wiring. */
    void connect(final ConnectionSet connections, final TcpStack tcp) {
        demultiplexer = new Demultiplexer(connections, tcp, transmitter, counters);
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
            ip.onFrame(slot, now, this);
        } catch (final Throwable e) {
            errors.record(StackCounter.FRAME_HANDLER_ERRORS, "frame of " + slot.length + " bytes", e);
        }
    }

    @Override
    public void onPacket(final IpPacket packet, final long now) {
        switch (packet.protocol) {
            case IpProtocol.TCP -> demultiplexer.onTcpPacket(packet, now);
            default -> counters.increment(StackCounter.UNKNOWN_PROTOCOL);
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
        } catch (final Throwable e) {
            errors.record(StackCounter.FRAME_HANDLER_ERRORS, "local packet or timer of IP", e);
        }
        return work;
    }

    long nextDeadlineNs() {
        return ip.pollPending() ? 0 : ip.nextDeadlineNs();
    }

    /** Tells the link of our addresses. */
    void announce(final StackConfig config) {
        for (final IpAddress address : config.addresses()) {
            ip.announce(address);
        }
    }
}
