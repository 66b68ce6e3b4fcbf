package io.holdfast.ip;

/** Receives whole packets for this host. */
public interface PacketHandler {
    void onPacket(IpPacket packet, long nowNs);
}
