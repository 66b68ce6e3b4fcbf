package io.holdfast.app.conformance;

import io.holdfast.tcp.TcpError;
import java.io.IOException;
import java.net.PortUnreachableException;
import java.nio.channels.ClosedChannelException;
import java.util.HashMap;
import java.util.Map;

/** Linux's error numbers (asm-generic), and the way from the stack's exceptions back to them. */
final class Errno {
    static final int ENOENT = 2;
    static final int EIO = 5;
    static final int EBADF = 9;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EINVAL = 22;
    static final int EMFILE = 24;
    static final int EPIPE = 32;
    static final int EDESTADDRREQ = 89;
    static final int EMSGSIZE = 90;
    static final int ENOPROTOOPT = 92;
    static final int EPROTONOSUPPORT = 93;
    static final int ESOCKTNOSUPPORT = 94;
    static final int EOPNOTSUPP = 95;
    static final int EAFNOSUPPORT = 97;
    static final int EADDRINUSE = 98;
    static final int EADDRNOTAVAIL = 99;
    static final int ENETUNREACH = 101;
    static final int ECONNABORTED = 103;
    static final int ECONNRESET = 104;
    static final int ENOBUFS = 105;
    static final int EISCONN = 106;
    static final int ENOTCONN = 107;
    static final int ETIMEDOUT = 110;
    static final int ECONNREFUSED = 111;
    static final int EHOSTUNREACH = 113;
    static final int EALREADY = 114;
    static final int EINPROGRESS = 115;

    private static final Map<String, Integer> BY_MESSAGE = new HashMap<>();

    static {
        for (final TcpError error : TcpError.values()) {
            BY_MESSAGE.put(error.message(), error.errno());
        }
        BY_MESSAGE.put("Address already in use", EADDRINUSE);
        BY_MESSAGE.put("Cannot assign requested address", EADDRNOTAVAIL);
        BY_MESSAGE.put("Network is unreachable", ENETUNREACH);
        BY_MESSAGE.put("No route to host", EHOSTUNREACH);
        BY_MESSAGE.put("Message too long", EMSGSIZE);
        BY_MESSAGE.put("Cannot allocate memory", ENOMEM);
        BY_MESSAGE.put("No buffer space available", ENOBUFS);
        BY_MESSAGE.put("Invalid argument", EINVAL);
        BY_MESSAGE.put("Operation not supported", EOPNOTSUPP);
        BY_MESSAGE.put("Socket is not connected", ENOTCONN);
        BY_MESSAGE.put("Transport endpoint is not connected", ENOTCONN);
        BY_MESSAGE.put("Transport endpoint is already connected", EISCONN);
    }

    private Errno() {
    }

    /** The error number that the kernel would have given where the stack threw {@code e}. */
    static int of(final IOException e) {
        final Integer known = BY_MESSAGE.get(e.getMessage());
        if (known != null) {
            return known;
        }
        if (e instanceof PortUnreachableException) {
            return ECONNREFUSED;
        }
        return e instanceof ClosedChannelException ? EBADF : EIO;
    }
}
