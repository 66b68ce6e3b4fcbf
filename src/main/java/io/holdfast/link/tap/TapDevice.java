package io.holdfast.link.tap;

import io.holdfast.link.LinkCapabilities;
import io.holdfast.os.Linux;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/** Opens a TAP device and sets it up; afterwards only its descriptor is used. One thread. */
final class TapDevice {
    private static final String TUN_PATH = "/dev/net/tun";
    private static final long LOCAL_BIT = 1L << 41;

    private final TapConfig config;
    private final UnsafeBuffer request = new UnsafeBuffer(ByteBuffer.allocateDirect(Linux.IFREQ_BYTES));

    private int fd = -1;
    private int controlFd = -1;
    private boolean header;
    private int features;
    private int mtu;
    private long interfaceMac;

    private TapDevice(final TapConfig config) {
        this.config = config;
    }

    static TapDevice open(final TapConfig config) throws TapException {
        config.validate();
        final TapDevice device = new TapDevice(config);
        boolean done = false;
        try {
            device.openAll();
            done = true;
        } finally {
            if (device.controlFd >= 0) {
                Linux.libc().close(device.controlFd);
            }
            if (!done && device.fd >= 0) {
                Linux.libc().close(device.fd);
            }
        }
        return device;
    }

    int fd() {
        return fd;
    }

    /** True if each frame has a {@link VnetHeader}. */
    boolean hasHeader() {
        return header;
    }

    /** {@code TUN_F_} bits of what the kernel may leave to this side. */
    int features() {
        return features;
    }

    int mtu() {
        return mtu;
    }

    /** The address for the stack: as configured, or the interface's with another first byte. */
    long stackMac() {
        if (config.macAddress != 0) {
            return config.macAddress;
        }
        final long rest = interfaceMac & 0xFF_FFFF_FFFFL;
        final long first = LOCAL_BIT | 1L << 42;
        return interfaceMac >>> 40 == first >>> 40 ? rest | LOCAL_BIT | 1L << 43 : rest | first;
    }

    long interfaceMac() {
        return interfaceMac;
    }

    private void openAll() throws TapException {
        controlFd = Linux.libc().socket(Linux.AF_INET, Linux.SOCK_DGRAM | Linux.O_CLOEXEC, 0);
        if (controlFd < 0) {
            throw failure("cannot open a control socket", "");
        }
        if (!config.create && interfaceRequest(Linux.SIOCGIFFLAGS) < 0) {
            throw new TapException("no network interface " + config.device
                + " in this network namespace: make it (ip tuntap add dev " + config.device
                + " mode tap), or allow Holdfast to create it");
        }
        fd = Linux.libc().open(TUN_PATH, Linux.O_RDWR | Linux.O_NONBLOCK | Linux.O_CLOEXEC);
        if (fd < 0) {
            throw openFailure();
        }
        attach();
        negotiateOffload();
        setUpInterface();
    }

    private TapException openFailure() {
        return switch (Linux.errno()) {
            case Linux.ENOENT, Linux.ENODEV, Linux.ENXIO -> failure("there is no " + TUN_PATH,
                "load the kernel module (modprobe tun); in a container, start it with --device " + TUN_PATH);
            case Linux.EACCES, Linux.EPERM -> failure("not permitted to open " + TUN_PATH,
                "run as root or as a user whom the device file's mode admits");
            default -> failure("cannot open " + TUN_PATH, "");
        };
    }

    private void attach() throws TapException {
        header = config.offload != TapConfig.Offload.OFF;
        if (tunSetInterface() >= 0) {
            return;
        }
        if (header && config.offload == TapConfig.Offload.AUTO && Linux.errno() == Linux.EINVAL) {
            header = false;
            if (tunSetInterface() >= 0) {
                return;
            }
            header = true;
        }
        throw attachFailure();
    }

    /** Attaches with the queue mode asked for, and if that does not fit the device, with a single queue of the other. */
    private int tunSetInterface() {
        final int flags = Linux.IFF_TAP | Linux.IFF_NO_PI | (header ? Linux.IFF_VNET_HDR : 0);
        final int queue = config.multiQueue ? Linux.IFF_MULTI_QUEUE : 0;
        final int result = tunSetInterface(flags | queue);
        if (result >= 0 || Linux.errno() != Linux.EINVAL || config.multiQueue) {
            return result;
        }
        return tunSetInterface(flags | Linux.IFF_MULTI_QUEUE);
    }

    private int tunSetInterface(final int flags) {
        putName();
        request.putShort(Linux.IFREQ_UNION, (short) flags, ByteOrder.nativeOrder());
        return Linux.libc().ioctl(fd, Linux.TUNSETIFF, request.addressOffset());
    }

    private TapException attachFailure() {
        final String name = config.device;
        return switch (Linux.errno()) {
            case Linux.EPERM, Linux.EACCES -> failure("not permitted to attach to TAP device " + name,
                "run with CAP_NET_ADMIN in this network namespace, or have the device made for this user"
                    + " (ip tuntap add dev " + name + " mode tap user NAME)");
            case Linux.EBUSY -> failure("TAP device " + name + " is in use by another process",
                "end that process, or name another device");
            case Linux.E2BIG -> failure("TAP device " + name + " has no queue left", "attach fewer queues");
            case Linux.EINVAL -> failure("interface " + name + " exists, but not as a TAP device of the kind asked for",
                "see 'ip -d link show dev " + name + "': it must be of type tun, mode tap"
                    + (config.multiQueue ? ", with multi_queue" : ""));
            default -> failure("cannot attach to TAP device " + name, "");
        };
    }

    private void negotiateOffload() throws TapException {
        if (!header) {
            // The offloads of an earlier user stay set on a persistent device. Without a header the kernel grants none.
            Linux.libc().ioctl(fd, Linux.TUNSETOFFLOAD, 0);
            return;
        }
        request.putInt(0, VnetHeader.BYTES, ByteOrder.nativeOrder());
        if (Linux.libc().ioctl(fd, Linux.TUNSETVNETHDRSZ, request.addressOffset()) < 0) {
            throw failure("TAP device " + config.device + " refuses an offload header of " + VnetHeader.BYTES + " bytes",
                "switch offload off");
        }
        if (setOffload(Linux.TUN_F_CSUM | Linux.TUN_F_TSO4 | Linux.TUN_F_TSO6)) {
            return;
        }
        if (config.offload == TapConfig.Offload.REQUIRED) {
            throw failure("TAP device " + config.device + " refuses segmentation offload",
                "allow the fallback to plain frames, or use a kernel that offers TSO on TAP devices");
        }
        if (!setOffload(Linux.TUN_F_CSUM)) {
            setOffload(0);
        }
    }

    private boolean setOffload(final int wanted) {
        if (Linux.libc().ioctl(fd, Linux.TUNSETOFFLOAD, wanted) < 0) {
            return false;
        }
        features = wanted;
        return true;
    }

    private void setUpInterface() throws TapException {
        if (config.mtu != 0) {
            putName();
            request.putInt(Linux.IFREQ_UNION, config.mtu, ByteOrder.nativeOrder());
            if (Linux.libc().ioctl(controlFd, Linux.SIOCSIFMTU, request.addressOffset()) < 0) {
                throw failure("cannot set the MTU of " + config.device + " to " + config.mtu,
                    "run with CAP_NET_ADMIN, or set it beforehand (ip link set dev " + config.device + " mtu "
                        + config.mtu + ") and leave it out of the configuration");
            }
        }
        requireInterface(Linux.SIOCGIFMTU, "MTU");
        mtu = request.getInt(Linux.IFREQ_UNION, ByteOrder.nativeOrder());
        if (mtu < LinkCapabilities.MIN_MTU || mtu > LinkCapabilities.MAX_MTU) {
            throw new TapException("MTU " + mtu + " of " + config.device + " is not between " + LinkCapabilities.MIN_MTU
                + " and " + LinkCapabilities.MAX_MTU + ": set another (ip link set dev " + config.device + " mtu 1500)");
        }
        requireInterface(Linux.SIOCGIFHWADDR, "MAC address");
        interfaceMac = request.getLong(Linux.IFREQ_UNION + 2, ByteOrder.BIG_ENDIAN) >>> 16;
        if (stackMac() == interfaceMac) {
            throw new TapException("the MAC address configured for the stack is that of the interface " + config.device
                + " itself: choose another, locally administered one, or leave it out");
        }
        bringUp();
    }

    private void bringUp() throws TapException {
        requireInterface(Linux.SIOCGIFFLAGS, "state");
        final int flags = request.getShort(Linux.IFREQ_UNION, ByteOrder.nativeOrder());
        if ((flags & Linux.IFF_UP) == 0) {
            request.putShort(Linux.IFREQ_UNION, (short) (flags | Linux.IFF_UP), ByteOrder.nativeOrder());
            if (Linux.libc().ioctl(controlFd, Linux.SIOCSIFFLAGS, request.addressOffset()) < 0) {
                throw failure("interface " + config.device + " is down and cannot be brought up",
                    "ip link set dev " + config.device + " up");
            }
        }
    }

    private void requireInterface(final long what, final String name) throws TapException {
        if (interfaceRequest(what) < 0) {
            throw failure("cannot read the " + name + " of " + config.device, "");
        }
    }

    private int interfaceRequest(final long what) {
        putName();
        return Linux.libc().ioctl(controlFd, what, request.addressOffset());
    }

    private void putName() {
        request.setMemory(0, Linux.IFREQ_BYTES, (byte) 0);
        request.putBytes(0, config.device.getBytes(StandardCharsets.US_ASCII));
    }

    private static TapException failure(final String what, final String advice) {
        final String error = " (" + Linux.errorName(Linux.errno()) + ")";
        return new TapException(what + error + (advice.isEmpty() ? "" : ": " + advice));
    }
}
