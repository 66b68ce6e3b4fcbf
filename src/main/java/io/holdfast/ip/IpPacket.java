package io.holdfast.ip;

import org.agrona.DirectBuffer;

/** A validated, whole (reassembled) packet on its way up. Reused; valid only during the call that delivers it. */
public final class IpPacket {
    public long sourceHi;
    public long sourceLo;
    public long destinationHi;
    public long destinationLo;
    /** 1 ICMP, 6 TCP, 17 UDP, 58 ICMPv6. */
    public int protocol;
    public int trafficClass;
    public int hopLimit;
    public boolean dontFragment;
    public DirectBuffer buffer;
    /** Start of the IP header, for errors that quote it. */
    public int headerOffset;
    /** Start and length of the transport header and payload together. */
    public int offset;
    public int length;
    /** The transport checksum need not be verified. */
    public boolean checksumValid;
    /** As {@code FrameSlot.gsoSize}. */
    public int gsoSize;
    /** The destination was a broadcast or multicast address (TCP ignores those, ICMP never answers errors to them). */
    public boolean toGroup;
}
