package io.holdfast.link.tap;

import io.holdfast.link.LinkCapabilities;
import io.holdfast.os.Linux;

/** How to open a TAP device. Fluent; checked when the device is opened. */
public final class TapConfig {
    /** Use of the offload header ({@code IFF_VNET_HDR}). */
    public enum Offload {
        /** Use it where the device grants it, plain frames otherwise. */
        AUTO,
        /** Fail where the device does not grant it. */
        REQUIRED,
        /** Plain frames. */
        OFF
    }

    String device = "hf0";
    boolean create = true;
    int mtu;
    long macAddress;
    Offload offload = Offload.AUTO;
    boolean multiQueue;

    /** Name of the interface, up to 15 characters; "hf0" unless told otherwise. */
    public TapConfig device(final String value) {
        device = value;
        return this;
    }

    /**
     * Whether a device that does not exist is made; it then lives as long as the link. True unless told otherwise; needs
     * the capability CAP_NET_ADMIN.
     */
    public TapConfig create(final boolean value) {
        create = value;
        return this;
    }

    /** Sets the interface's MTU, {@value LinkCapabilities#MIN_MTU} to {@value LinkCapabilities#MAX_MTU}; 0 leaves it. */
    public TapConfig mtu(final int bytes) {
        mtu = bytes;
        return this;
    }

    /**
     * The stack's own address, in the low 48 bits; 0 derives one from the interface's. It must differ from the address of the
     * interface, which belongs to the kernel at the other end of this link.
     */
    public TapConfig macAddress(final long value) {
        macAddress = value;
        return this;
    }

    public TapConfig offload(final Offload value) {
        offload = value;
        return this;
    }

    /** Attaches one more queue of a multi-queue device; the kernel spreads flows over the queues. */
    public TapConfig multiQueue(final boolean value) {
        multiQueue = value;
        return this;
    }

    /** A configuration for an existing device. */
    TapConfig existing() {
        return new TapConfig().device(device).create(false).mtu(mtu).macAddress(macAddress).offload(offload).multiQueue(multiQueue);
    }

    void validate() throws TapException {
        if (device == null || device.isEmpty() || device.length() > Linux.MAX_NAME_BYTES
            || !device.matches("[A-Za-z0-9_.:-]+")) {
            throw new TapException("TAP device name '" + device + "' is not valid: 1 to " + Linux.MAX_NAME_BYTES
                + " letters, digits, and _ . : -");
        }
        if (mtu != 0 && (mtu < LinkCapabilities.MIN_MTU || mtu > LinkCapabilities.MAX_MTU)) {
            throw new TapException("MTU " + mtu + " for " + device + " is not between " + LinkCapabilities.MIN_MTU + " and "
                + LinkCapabilities.MAX_MTU);
        }
        if (macAddress >>> 48 != 0 || (macAddress >>> 40 & 1) != 0) {
            throw new TapException("MAC address " + Long.toHexString(macAddress) + " for " + device
                + " is not one device's: 48 bits, and the lowest of the first byte 0");
        }
    }
}
