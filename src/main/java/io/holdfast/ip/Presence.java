package io.holdfast.ip;

/** How switches come to know where an address is that moves between hosts with its virtual MAC. */
public enum Presence {
    /**
     * The host that has the address sends from the virtual MAC, as VRRP's master does (RFC 9568 7.3): switches learn it, and the
     * announcement after a takeover moves their entry. Any switch and router; a frame's source is what ARP says.
     */
    LEARNED("learned by switches from frames of the host that leads, and moved by its announcement at a takeover"),
    /**
     * No frame is sent from the virtual MAC. Switches that flood unknown addresses bring frames for it to both hosts, so that not
     * even frames on their way at a takeover are lost. Every other port gets these frames, too. Where ports do not flood, or ARP
     * is inspected, the address cannot be reached.
     */
    FLOODED("never the source of a frame: switches flood what is for it, to both hosts and to every other port"),
    /** ARP tells a group address, and switches bring frames to both hosts; they, and routers, have to be set up for that. */
    MULTICAST("a group's: switches and routers must be set up to bring it to both hosts, and only to them");

    private static final long GROUP_BIT = 1L << 40;
    private final String meaning;

    Presence(final String meaning) {
        this.meaning = meaning;
    }

    /** Returns the MAC address that ARP tells; {@code mac} is no group address, or 0 for none of its own. */
    long told(final long mac) {
        return this == MULTICAST && mac != 0 ? mac | GROUP_BIT : mac;
    }

    @Override
    public String toString() {
        return meaning;
    }
}
