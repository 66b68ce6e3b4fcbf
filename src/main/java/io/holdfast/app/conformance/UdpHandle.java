package io.holdfast.app.conformance;

import io.holdfast.socket.DatagramSocket;
import io.holdfast.socket.Readiness;
import io.holdfast.tcp.TcpState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** A UDP socket as Linux presents it. */
final class UdpHandle extends SocketHandle {
    /** Largest payload of an IPv4 datagram. */
    private static final int MAX_PAYLOAD_BYTES = 65_507;
    private static final int RECEIVE = 1;
    private static final int TRANSMIT = 2;
    /** Linux's net.core.wmem_default and rmem_default. */
    private static final int DEFAULT_BUFFER = 212_992;

    private final Session session;
    private final TcpSocketOptions options = new TcpSocketOptions();
    private DatagramSocket socket;
    private InetSocketAddress remote;
    private int shut;
    private int error;
    /** A datagram taken from the stack and not yet by the application; null if there is none. */
    private byte[] waiting;
    private InetSocketAddress waitingSource;
    private final ByteBuffer scratch = ByteBuffer.allocate(1 << 16);

    UdpHandle(final Session session, final int family) {
        super(family);
        this.session = session;
        this.socket = session.stack().openDatagram();
    }

    @Override
    void bind(final InetSocketAddress local) throws ErrnoException {
        final InetSocketAddress now = socket.localAddress();
        if (now != null && now.getPort() != 0) {
            throw new ErrnoException(Errno.EINVAL);
        }
        try {
            socket.bind(local);
        } catch (final IOException e) {
            throw new ErrnoException(Errno.of(e));
        }
    }

    @Override
    void listen(final int backlog) throws ErrnoException {
        throw new ErrnoException(Errno.EOPNOTSUPP);
    }

    @Override
    SocketHandle accept() throws ErrnoException {
        throw new ErrnoException(Errno.EOPNOTSUPP);
    }

    @Override
    Address peer() {
        return Address.of(remote);
    }

    @Override
    int connect(final InetSocketAddress newRemote) throws ErrnoException {
        try {
            socket.connect(newRemote);
            remote = newRemote;
            return 0;
        } catch (final IOException e) {
            throw new ErrnoException(Errno.of(e));
        }
    }

    @Override
    boolean connected() {
        return true;
    }

    @Override
    boolean receive(final Receipt receipt) throws ErrnoException {
        fetch();
        if (error != 0) {
            throw new ErrnoException(takeError());
        }
        if (waiting == null) {
            return (shut & RECEIVE) != 0 && !receipt.nonBlocking;
        }
        final int n = (int) Math.min(receipt.max, waiting.length);
        receipt.add(waiting, n);
        receipt.result = receipt.has(TRUNC) ? waiting.length : n;
        receipt.source = Address.of(waitingSource);
        if (!receipt.has(PEEK)) {
            waiting = null;
        }
        return true;
    }

    @Override
    int send(final byte[] data, final int offset, final int flags, final InetSocketAddress destination)
        throws ErrnoException {
        if (data.length > MAX_PAYLOAD_BYTES) {
            throw new ErrnoException(Errno.EMSGSIZE);
        }
        if ((flags & OOB) != 0) {
            throw new ErrnoException(Errno.EOPNOTSUPP);
        }
        if (destination == null && remote == null) {
            throw new ErrnoException(Errno.EDESTADDRREQ);
        }
        if (destination != null && destination.getPort() == 0) {
            throw new ErrnoException(Errno.EINVAL);
        }
        if ((shut & TRANSMIT) != 0) {
            throw new ErrnoException(Errno.EPIPE);
        }
        fetch();
        if (error != 0) {
            throw new ErrnoException(takeError());
        }
        try {
            final int n = socket.send(ByteBuffer.wrap(data), destination == null ? remote : destination);
            return n == 0 && data.length > 0 ? -1 : data.length;
        } catch (final IOException e) {
            throw new ErrnoException(Errno.of(e));
        }
    }

    @Override
    void shutdown(final int how) throws ErrnoException {
        shut |= how + 1;
        if (remote == null) {
            throw new ErrnoException(Errno.ENOTCONN);
        }
    }

    @Override
    void option(final String name, final byte[] value) throws ErrnoException {
        if ("NONBLOCK".equals(name)) {
            nonBlocking = OptionValues.toBoolean(value);
        } else if (name.startsWith("TCP_")) {
            throw new ErrnoException(Errno.ENOPROTOOPT);
        } else {
            options.set(name, value);
        }
    }

    @Override
    byte[] option(final String name) throws ErrnoException {
        switch (name) {
            case "NONBLOCK":
                return OptionValues.ofInt(nonBlocking ? 1 : 0);
            case "SO_ERROR":
                fetch();
                return OptionValues.ofInt(takeError());
            case "INQ":
                fetch();
                return OptionValues.ofInt(waiting == null ? 0 : waiting.length);
            case "OUTQ":
                return OptionValues.ofInt(0);
            case "SO_SNDBUF":
            case "SO_RCVBUF":
                final int chosen = "SO_SNDBUF".equals(name) ? options.values.sendBufferBytes
                    : options.values.receiveBufferBytes;
                return OptionValues.ofInt(chosen == 0 ? DEFAULT_BUFFER : chosen);
            default:
                if (name.startsWith("TCP_")) {
                    throw new ErrnoException(Errno.EOPNOTSUPP);
                }
                return options.value(name, null, TcpState.CLOSED, session.config.tcp);
        }
    }

    @Override
    TcpInfoKeys info() throws ErrnoException {
        throw new ErrnoException(Errno.EOPNOTSUPP);
    }

    @Override
    int poll() {
        fetch();
        int bits = POLLOUT;
        if (waiting != null) {
            bits |= POLLIN;
        }
        if (error != 0) {
            bits |= POLLERR;
        }
        if ((shut & RECEIVE) != 0) {
            bits |= POLLIN | POLLRDHUP;
        }
        if (shut == (RECEIVE | TRANSMIT)) {
            bits |= POLLHUP;
        }
        return bits;
    }

    @Override
    protected void closeNow() {
        socket.close();
    }

    @Override
    long lingerNs() {
        return 0;
    }

    @Override
    boolean lingering() {
        return false;
    }

    /** Takes the next datagram, or the pending error, if the stack has one. */
    private void fetch() {
        if (waiting != null || error != 0 || (socket.readiness() & (Readiness.READ | Readiness.ERROR)) == 0) {
            return;
        }
        try {
            scratch.clear();
            final InetSocketAddress source = socket.receive(scratch);
            if (source != null) {
                waiting = new byte[scratch.flip().remaining()];
                scratch.get(waiting);
                waitingSource = source;
            }
        } catch (final IOException e) {
            error = Errno.of(e);
        }
    }

    private int takeError() {
        final int errno = error;
        error = 0;
        return errno;
    }
}
