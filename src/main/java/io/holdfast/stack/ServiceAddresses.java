package io.holdfast.stack;

import io.holdfast.config.StackConfig;
import io.holdfast.counters.Counters;
import io.holdfast.ip.IpLayer;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.Link;
import io.holdfast.wire.EthernetHeader;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.IpProtocol;
import io.holdfast.wire.Ipv4Header;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The addresses of the stack, which with replication move between hosts: in use here; held back, because another host
 * uses them, and listened for; or let go. Only an address in use is answered for or sent from. With the baton only.
 */
final class ServiceAddresses {
    private enum Use {
        /** Never had: the state before the start. */
        NONE,
        IN_USE,
        /** Another host's, whose place this one may take at any time: what is sent to them is kept for a while. */
        HELD_BACK
    }

    private final List<IpAddress> addresses;
    private final int prefixLength;
    private final Link link;
    private final IpLayer ip;
    /** null if nothing is to be kept. */
    private final HeardFrames heard;
    private final EthernetHeader ethernet = new EthernetHeader();
    private final Ipv4Header header = new Ipv4Header();
    private Use use = Use.NONE;
    private boolean hearing;

    ServiceAddresses(final StackConfig config, final Link link, final IpLayer ip, final Counters counters) {
        addresses = List.copyOf(config.addresses());
        prefixLength = config.prefixLength();
        this.link = link;
        this.ip = ip;
        heard = config.hearBytes() == 0 || config.hearMs() == 0 ? null
            : new HeardFrames(config.hearBytes(), TimeUnit.MILLISECONDS.toNanos(config.hearMs()), counters);
        ip.virtualMac(config.link.virtualMac, config.link.presence);
    }

    /** The stack starts: the addresses are its own, probed for first (RFC 5227) or not, or wait for a takeover. */
    void start(final boolean replicated, final boolean probe, final long nowNs) {
        if (use != Use.NONE) {
            return;
        }
        if (replicated) {
            hold();
            return;
        }
        use = Use.IN_USE;
        for (final IpAddress address : addresses) {
            if (probe) {
                ip.probeAddress(address, prefixLength, nowNs);
            } else {
                ip.addAddress(address, prefixLength);
                ip.announce(address);
            }
        }
    }

    /** From now on the addresses are another host's; what is sent to them is kept, the newest of it. */
    void hold() {
        if (use == Use.HELD_BACK) {
            return;
        }
        use = Use.HELD_BACK;
        hearing = heard != null;
        ip.stopAnnouncing();
        for (final IpAddress address : addresses) {
            ip.holdAddress(address, prefixLength);
        }
    }

    /**
     * From now on the addresses are this host's: announced, also if they were before, and what was heard is handed out.
     *
     * @param input takes what was heard
     */
    void take(final HeardFrames.Handler input, final long nowNs) {
        if (use != Use.IN_USE) {
            use = Use.IN_USE;
            for (final IpAddress address : addresses) {
                ip.addAddress(address, prefixLength);
            }
        }
        ip.announceRepeatedly(nowNs);
        if (hearing) {
            hearing = false;
            heard.replay(input, nowNs);
        }
    }

    /** Whether that is a host on the link, and not one of these addresses. */
    boolean isNeighbor(final int address) {
        if (address == 0) {
            return false;
        }
        boolean onLink = false;
        for (int i = 0; i < addresses.size(); i++) {
            final int own = addresses.get(i).v4();
            if (own == address) {
                return false;
            }
            onLink |= prefixLength == 0 || (own ^ address) >>> Integer.SIZE - prefixLength == 0;
        }
        return onLink;
    }

    /** Keeps a frame with TCP for an address that is held back. False if the frame is no such one: IP's to judge. */
    boolean hear(final FrameSlot slot, final long nowNs) {
        if (!hearing || !isForHeld(slot)) {
            return false;
        }
        heard.keep(slot, nowNs);
        return true;
    }

    /** Looks at no more than it needs to; IP checks everything when the frame is handed out. */
    private boolean isForHeld(final FrameSlot slot) {
        int at = slot.offset;
        int length = slot.length;
        if (link.capabilities().ethernet()) {
            if (!ethernet.wrap(slot.buffer, at, length) || ethernet.destination() != ip.mac()
                || ethernet.type() != EthernetHeader.TYPE_IPV4) {
                return false;
            }
            at += EthernetHeader.BYTES;
            length -= EthernetHeader.BYTES;
        }
        if (header.check(slot.buffer, at, length) != Ipv4Header.Fault.NONE || header.protocol() != IpProtocol.TCP) {
            return false;
        }
        final int destination = header.destination();
        for (int i = 0; i < addresses.size(); i++) {
            if (addresses.get(i).v4() == destination) {
                return true;
            }
        }
        return false;
    }
}
