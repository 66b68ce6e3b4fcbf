package io.holdfast.app.conformance;

/** SOCKET: which families, types and protocols there are. */
final class Sockets {
    private static final int STREAM = 1;
    private static final int DATAGRAM = 2;
    private static final int TCP = 6;
    private static final int UDP = 17;

    private Sockets() {
    }

    static SocketHandle open(final Session session, final int family, final int type, final int protocol)
        throws ErrnoException {
        if (family != 4 && family != 0) {
            throw new ErrnoException(Errno.EAFNOSUPPORT);
        }
        if (type != STREAM && type != DATAGRAM) {
            throw new ErrnoException(Errno.ESOCKTNOSUPPORT);
        }
        if (protocol != 0 && protocol != (type == STREAM ? TCP : UDP)) {
            throw new ErrnoException(Errno.EPROTONOSUPPORT);
        }
        return type == STREAM ? new TcpHandle(session, family) : new UdpHandle(session, family);
    }
}
