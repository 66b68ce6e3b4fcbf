package io.holdfast.os;

import com.kenai.jffi.LastError;
import java.util.function.Consumer;

/** Linux's numbers (the same on x86-64 and arm64), and the bound C library. */
public final class Linux {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int E2BIG = 7;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int ENOSYS = 38;
    public static final int EBADFD = 77;
    public static final int ENETDOWN = 100;
    public static final int ENOBUFS = 105;
    public static final int ETIMEDOUT = 110;
    public static final int ECONNREFUSED = 111;
    public static final int EHOSTUNREACH = 113;
    public static final int EINPROGRESS = 115;

    public static final int O_RDWR = 2;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_CLOEXEC = 0x80000;
    public static final int SOL_SOCKET = 1;
    public static final int SO_KEEPALIVE = 9;
    public static final int SO_SNDTIMEO = 21;
    public static final int IPPROTO_TCP = 6;
    public static final int TCP_KEEPIDLE = 4;
    public static final int TCP_KEEPINTVL = 5;
    public static final int TCP_KEEPCNT = 6;
    public static final int MSG_NOSIGNAL = 0x4000;
    public static final int POLLIN = 1;
    public static final int POLLERR = 8;
    public static final int POLLHUP = 16;
    public static final int POLLNVAL = 32;

    public static final long SYS_CLOSE_RANGE = 436;
    public static final int CLOSE_RANGE_UNSHARE = 2;

    public static final long TUNSETIFF = 0x4004_54CAL;
    public static final long TUNSETOFFLOAD = 0x4004_54D0L;
    public static final long TUNSETVNETHDRSZ = 0x4004_54D8L;
    public static final long SIOCGIFFLAGS = 0x8913;
    public static final long SIOCSIFFLAGS = 0x8914;
    public static final long SIOCGIFMTU = 0x8921;
    public static final long SIOCSIFMTU = 0x8922;
    public static final long SIOCGIFHWADDR = 0x8927;

    public static final int IFF_UP = 1;
    public static final int IFF_TAP = 0x0002;
    public static final int IFF_MULTI_QUEUE = 0x0100;
    public static final int IFF_NO_PI = 0x1000;
    public static final int IFF_VNET_HDR = 0x4000;
    public static final int TUN_F_CSUM = 1;
    public static final int TUN_F_TSO4 = 2;
    public static final int TUN_F_TSO6 = 4;

    /** struct ifreq: the name, then a union. */
    public static final int IFREQ_BYTES = 40;
    public static final int IFREQ_UNION = 16;
    /** Longest name of an interface, the closing zero apart. */
    public static final int MAX_NAME_BYTES = 15;

    static {
        NativeHalf.load();
    }

    private static volatile LibC libc = new EarlyLibC();

    static {
        CompiledLibC.prepare(new Consumer<>() {
            @Override
            public void accept(final LibC compiled) {
                libc = compiled;
            }
        });
    }

    private Linux() {
    }

    /** Returns the C library. Must be asked for each call: a faster one replaces the first some time after the start. */
    public static LibC libc() {
        return libc;
    }

    /** Returns the error number of the calling thread's last call, if that failed. */
    public static int errno() {
        return LastError.getInstance().get();
    }

    /** Name and number of an error, for a message. */
    public static String errorName(final int errno) {
        final String name = switch (errno) {
            case EPERM -> "EPERM";
            case ENOENT -> "ENOENT";
            case ESRCH -> "ESRCH";
            case EINTR -> "EINTR";
            case EIO -> "EIO";
            case ENXIO -> "ENXIO";
            case E2BIG -> "E2BIG";
            case EAGAIN -> "EAGAIN";
            case ENOMEM -> "ENOMEM";
            case EACCES -> "EACCES";
            case EBUSY -> "EBUSY";
            case ENODEV -> "ENODEV";
            case EINVAL -> "EINVAL";
            case EBADFD -> "EBADFD";
            case ENETDOWN -> "ENETDOWN";
            case ENOBUFS -> "ENOBUFS";
            case ENOSYS -> "ENOSYS";
            case ETIMEDOUT -> "ETIMEDOUT";
            case ECONNREFUSED -> "ECONNREFUSED";
            case EHOSTUNREACH -> "EHOSTUNREACH";
            case EINPROGRESS -> "EINPROGRESS";
            default -> "errno";
        };
        return name + " " + errno;
    }
}
