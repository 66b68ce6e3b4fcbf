package io.holdfast.ip;

/** Where whole packets for this host go. */
public interface PacketHandler {
    void onPacket(IpPacket packet, long nowNs);
}
