package io.holdfast.config;

import io.holdfast.ip.Presence;
import java.nio.file.Path;

/** Settings of the device and its decorators, see {@link StackConfig}. Plain data. */
public final class LinkSettings {
    /** Name of the TAP device to attach to, or to create. */
    public String device = "hf0";
    /** Sets the device's MTU; 0 leaves it. */
    public int mtu;
    /** The stack's own MAC address in the low 48 bits; 0 derives one from the device's. */
    public long macAddress;
    /**
     * MAC address that ARP tells for the stack's addresses, in the low 48 bits; 0 for the stack's own. Two hosts that can take
     * each other's place have the same virtual MAC, and different values of {@link #macAddress}.
     */
    public long virtualMac;
    /** How switches come to know where {@link #virtualMac} is. */
    public Presence presence = Presence.LEARNED;
    /** Use of the offload header. */
    public Offload vnetHeader = Offload.AUTO;
    /** A pcapng file that takes every frame from the start; null for none. */
    public Path capture;
    /** Faults in percent of frames, see the fault decorator; all 0 means no decorator. */
    public double lossPercent;
    public double duplicatePercent;
    public double reorderPercent;
    public double corruptPercent;
    public double delayMs;
    public double jitterMs;
    /** Bits a second; 0 for no limit. */
    public long rateBitsPerSecond;
    public long faultSeed = 1;

    /** The offload header ({@code IFF_VNET_HDR}). */
    public enum Offload {
        /** Use offloads if the device grants them. */
        AUTO,
        /** Fail without it. */
        ON,
        /** Plain frames. */
        OFF
    }

    /** Returns whether any fault is configured. */
    public boolean faulty() {
        return lossPercent > 0 || duplicatePercent > 0 || reorderPercent > 0 || corruptPercent > 0 || delayMs > 0
            || jitterMs > 0 || rateBitsPerSecond > 0;
    }
}
