package io.holdfast.link;

/**
 * What a device can do; the stack asks instead of assuming.
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
}
