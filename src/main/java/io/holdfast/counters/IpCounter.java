package io.holdfast.counters;

/**
 * Counters of the ip component, neighbours and fragments included; ids from 64. Names after RFC 4293 where it has one.
 */
public enum IpCounter implements CounterDescriptor {
    IN_RECEIVES("ip.InReceives", "IP packets that arrived, those in error included."),
    IN_DELIVERS("ip.InDelivers", "Whole packets handed to a transport."),
    IN_NOT_FOR_US_FRAME("ip.in.otherMac", "Frames dropped: their Ethernet destination is another station."),
    IN_RUNT("ip.in.runt", "Frames dropped: shorter than an Ethernet header."),
    IN_UNKNOWN_ETHERTYPE("ip.in.unknownEtherType", "Frames dropped: neither IPv4 nor ARP, VLAN tags included."),
    IN_IPV6("ip.in.ipv6", "Frames dropped: IPv6, which this stack does not speak yet."),
    IN_TRUNCATED("ip.InTruncatedPkts", "Packets dropped: shorter than an IP header."),
    IN_BAD_VERSION("ip.InHdrErrors.version", "Packets dropped: version and link type disagree."),
    IN_BAD_HEADER_LENGTH("ip.InHdrErrors.headerLength", "Packets dropped: impossible header length."),
    IN_BAD_TOTAL_LENGTH("ip.InHdrErrors.totalLength",
        "Packets dropped: total length below the header's or above the frame's."),
    IN_BAD_CHECKSUM("ip.InHdrErrors.checksum", "Packets dropped: wrong header checksum."),
    IN_BAD_OPTION("ip.InHdrErrors.option", "Packets dropped: options that do not parse."),
    IN_SOURCE_ROUTED("ip.in.sourceRouted", "Packets dropped: they carry a source route (RFC 7126 4.3)."),
    IN_MARTIAN_SOURCE("ip.in.martianSource", "Packets dropped: a source address that no sender can have."),
    IN_MARTIAN_DESTINATION("ip.in.martianDestination",
        "Packets dropped: a loopback or zero destination from the wire."),
    IN_OWN_SOURCE("ip.in.ownSource", "Packets dropped: they claim to come from an address of ours."),
    IN_NOT_FOR_US("ip.InAddrErrors", "Packets dropped: the destination is no address of ours."),
    IN_GROUP_FRAME("ip.in.groupFrame", "Packets dropped: link broadcast, but addressed to one host (RFC 1122 3.3.6)."),
    IN_GROUP_NOT_JOINED("ip.in.groupNotJoined", "Packets dropped: a multicast group that the stack has not joined."),

    REASM_REQDS("ip.ReasmReqds", "Fragments that arrived."),
    REASM_OKS("ip.ReasmOKs", "Datagrams reassembled."),
    REASM_DUPLICATE("ip.reasm.duplicate", "Fragments dropped: exact duplicates."),
    REASM_OVERLAP("ip.ReasmFails.overlap", "Datagrams dropped: fragments overlapped or contradicted each other."),
    REASM_POISONED("ip.ReasmFails.poisoned", "Fragments dropped: of a datagram that had been given up."),
    REASM_BAD_FRAGMENT("ip.ReasmFails.badFragment",
        "Fragments dropped: no multiple of 8, empty, or beyond 65,535 bytes."),
    REASM_TOO_MANY_FRAGMENTS("ip.ReasmFails.tooManyFragments", "Datagrams dropped: more fragments than the limit."),
    REASM_TIMEOUT("ip.ReasmFails.timeout", "Datagrams dropped: not complete in time."),
    REASM_EVICTED("ip.ReasmFails.evicted", "Datagrams dropped: displaced by newer ones, memory being at its limit."),
    REASM_SOURCE_LIMIT("ip.ReasmFails.sourceLimit", "Datagrams dropped: too many unfinished ones from one source."),

    OUT_REQUESTS("ip.OutRequests", "Packets that transports asked to send."),
    OUT_TRANSMITS("ip.OutTransmits", "Frames that the device took."),
    OUT_DEVICE_FULL("ip.out.deviceFull",
        "Frames that the device did not take, its queue being full; told to the sender."),
    OUT_NO_ROUTES("ip.OutNoRoutes", "Packets dropped: no route."),
    OUT_FOREIGN_SOURCE("ip.out.foreignSource", "Packets dropped: their source is no address of ours (any more)."),
    OUT_TOO_LONG("ip.out.tooLong", "Packets dropped: more than 65,535 bytes."),
    OUT_TOO_BIG("ip.OutFragFails", "Packets dropped: above the path MTU, and not to be fragmented."),
    OUT_FRAG_REQDS("ip.OutFragReqds", "Packets that had to be fragmented."),
    OUT_FRAG_OKS("ip.OutFragOKs", "Packets fragmented."),
    OUT_FRAG_CREATES("ip.OutFragCreates", "Fragments made."),
    OUT_FRAG_LOST("ip.out.fragmentLost", "Fragments dropped: the device's queue filled in the middle of a datagram."),
    OUT_LOOPED("ip.out.looped", "Packets to an address of our own, delivered locally."),
    OUT_LOOP_FULL("ip.out.loopFull", "Packets to ourselves not taken, the local queue being full; told to the sender."),
    OUT_HELD("ip.out.held", "Packets held while the neighbour is being resolved."),
    OUT_HOLD_FULL("ip.out.holdFull", "Packets dropped: too many held for a neighbour, or in all."),
    OUT_UNRESOLVED("ip.out.unresolved", "Packets dropped: the neighbour does not answer."),
    OUT_ERROR_QUEUE_FULL("ip.out.errorQueueFull",
        "Local errors about outgoing packets lost: the local queue was full."),

    PATH_MTU_LOWERED("ip.pathMtu.lowered", "Times a path MTU was lowered."),
    PATH_MTU_TABLE_FULL("ip.pathMtu.tableFull", "Path MTUs forgotten early: the table was full."),

    ARP_IN_REQUESTS("arp.inRequests", "ARP requests that arrived."),
    ARP_IN_REPLIES("arp.inReplies", "ARP replies that arrived."),
    ARP_IN_MALFORMED("arp.inMalformed", "ARP packets dropped: not ARP for IPv4 on Ethernet, or impossible addresses."),
    ARP_IN_STRANGER("arp.inStranger", "ARP packets that taught nothing: from a stranger, and not for us."),
    ARP_OUT_REQUESTS("arp.outRequests", "ARP requests sent, probes included."),
    ARP_OUT_REPLIES("arp.outReplies", "ARP replies sent."),
    ARP_ANNOUNCEMENTS("arp.announcements", "Gratuitous ARP packets sent."),
    ARP_CONFLICTS("arp.conflicts", "Packets that showed another station using an address of ours (RFC 5227)."),
    ARP_DEFENCES("arp.defences", "Announcements sent to defend an address."),
    ARP_TABLE_FULL("arp.tableFull", "Neighbours not learnt: the table was full of entries in use."),
    ARP_EVICTED("arp.evicted", "Neighbours forgotten to make room for others."),
    ARP_FAILED("arp.failed", "Neighbours that did not answer."),
    ARP_CHANGED("arp.changed", "Neighbours whose hardware address changed.");

    private static final int FIRST_ID = 64;
    private final String label;
    private final String meaning;

    IpCounter(final String label, final String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    @Override
    public int id() {
        return FIRST_ID + ordinal();
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public String meaning() {
        return meaning;
    }
}
