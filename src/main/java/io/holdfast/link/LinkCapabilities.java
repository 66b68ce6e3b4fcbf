package io.holdfast.link;

/**
 * Capabilities of a device; the stack asks instead of assuming.
 *
 * @param ethernet         frames carry Ethernet headers; otherwise bare IP packets
 * @param mtu              largest IP packet in bytes that may go on the wire, 576 to 65,521
 * @param macAddress       the device's own address, in the low 48 bits; 0 without Ethernet
 * @param segmentation     the device cuts TCP super-segments itself (TSO): {@link OutboundFrame#gsoSize} may be set
 * @param checksumOffload  the device completes partial TCP and UDP checksums: {@link OutboundFrame#checksumStart} may be set
 * @param maxFrameBytes    largest frame or super-segment, link header included, that {@link Link#receive} can deliver or
 *                         {@link Link#transmit} can take
 */
public record LinkCapabilities(
    boolean ethernet,
    int mtu,
    long macAddress,
    boolean segmentation,
    boolean checksumOffload,
    int maxFrameBytes) {

    /** Smallest MTU: every IPv4 host must take datagrams of this size (RFC 791 3.1). */
    public static final int MIN_MTU = 576;
    /** Largest MTU: what Linux grants a TAP, 65,535 less an Ethernet header. */
    public static final int MAX_MTU = 65_521;
    /** Bytes of an Ethernet header without tags. */
    public static final int ETHERNET_HEADER_BYTES = 14;
    /** Largest IP packet there is, and so the largest super-segment. */
    private static final int MAX_IP_BYTES = 65_535;

    public LinkCapabilities {
        if (mtu < MIN_MTU || mtu > MAX_MTU) {
            throw new IllegalArgumentException("MTU " + mtu + " is not between " + MIN_MTU + " and " + MAX_MTU);
        }
        if (macAddress >>> 48 != 0) {
            throw new IllegalArgumentException("MAC address has more than 48 bits: " + Long.toHexString(macAddress));
        }
        if (segmentation && !checksumOffload) {
            throw new IllegalArgumentException("segmentation needs checksum offload");
        }
    }

    /** An Ethernet device without offloads. */
    public static LinkCapabilities plainEthernet(final int mtu, final long macAddress) {
        return new LinkCapabilities(true, mtu, macAddress, false, false, mtu + ETHERNET_HEADER_BYTES);
    }

    /** A point-to-point device that carries bare IP packets, without offloads. */
    public static LinkCapabilities bareIp(final int mtu) {
        return new LinkCapabilities(false, mtu, 0, false, false, mtu);
    }

    /** The same device with these offloads, and the largest frame that follows from them. */
    public LinkCapabilities withOffloads(final boolean newSegmentation, final boolean newChecksumOffload) {
        final int headerBytes = ethernet ? ETHERNET_HEADER_BYTES : 0;
        final int frameBytes = headerBytes + (newSegmentation ? MAX_IP_BYTES : mtu);
        return new LinkCapabilities(ethernet, mtu, macAddress, newSegmentation, newChecksumOffload, frameBytes);
    }
}
