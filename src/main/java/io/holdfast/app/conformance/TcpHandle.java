package io.holdfast.app.conformance;

import io.holdfast.socket.ListenerSocket;
import io.holdfast.socket.Readiness;
import io.holdfast.socket.StreamSocket;
import io.holdfast.tcp.TcpState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;

/**
 * A TCP socket with the life of a Linux one: unconnected, listening or connected in turn, over stack sockets that live
 * for one of these each. Follows the kernel's inet_stream_connect, tcp_sendmsg, tcp_recvmsg, inet_shutdown and tcp_poll
 * in what they report, and in which order they look.
 */
final class TcpHandle extends SocketHandle {
    /** The socket layer's own state, Linux's enum socket_state: what a second connect answers. */
    private enum Phase {
        UNCONNECTED, CONNECTING, CONNECTED
    }

    private static final int RECEIVE = 1;
    private static final int TRANSMIT = 2;
    private static final int COPY_BYTES = 64 * 1024;
    private static final Set<TcpState> HANDSHAKE = EnumSet.of(TcpState.SYN_SENT, TcpState.SYN_RECEIVED);
    private static final Set<TcpState> OPEN_TO_SEND = EnumSet.of(TcpState.ESTABLISHED, TcpState.CLOSE_WAIT);
    private static final Set<TcpState> NEEDS_RESET = EnumSet.of(TcpState.ESTABLISHED, TcpState.CLOSE_WAIT,
        TcpState.FIN_WAIT_1, TcpState.FIN_WAIT_2, TcpState.SYN_RECEIVED);
    private static final Set<TcpState> UNACKNOWLEDGED = EnumSet.of(TcpState.FIN_WAIT_1, TcpState.CLOSING,
        TcpState.LAST_ACK);

    private final Session session;
    private final TcpSocketOptions options;
    private StreamSocket stream;
    private ListenerSocket listener;
    private Phase phase = Phase.UNCONNECTED;
    /** A connection was begun on {@link #stream}, or accepted. */
    private boolean begun;
    /** Explicitly bound: kept when a connection is dissolved. */
    private InetSocketAddress bound;
    /** Directions that this end has shut. */
    private int shut;
    /** The peer's FIN was seen (SOCK_DONE): reads end the stream from then on. */
    private boolean done;
    /** The connection's failure was noted in {@link #error} already. */
    private boolean failureNoted;
    /** Pending error, reported once; 0 if there is none. */
    private int error;

    TcpHandle(final Session session, final int family) {
        super(family);
        this.session = session;
        this.options = new TcpSocketOptions();
        use(session.stack().openStream());
    }

    private TcpHandle(final TcpHandle parent, final StreamSocket accepted) {
        super(parent.family);
        this.session = parent.session;
        this.options = new TcpSocketOptions();
        this.options.values.copyFrom(parent.options.values);
        begun = true;
        phase = Phase.CONNECTED;
        stream = accepted;
        watch(accepted);
    }

    // --- name, listen, accept ---------------------------------------------------------------------------------------

    @Override
    void bind(final InetSocketAddress local) throws ErrnoException {
        if (listener != null || begun || stream.localAddress() != null) {
            throw new ErrnoException(Errno.EINVAL);
        }
        options.apply(stream);
        try {
            stream.bind(local);
        } catch (final IOException e) {
            throw new ErrnoException(Errno.of(e));
        }
        bound = stream.localAddress();
    }

    @Override
    void listen(final int backlog) throws ErrnoException {
        if (phase != Phase.UNCONNECTED || listener == null && begun) {
            throw new ErrnoException(Errno.EINVAL);
        }
        try {
            if (listener != null) {
                listener.listen(backlog);
                return;
            }
            final InetSocketAddress local = stream.localAddress();
            stream.close();
            session.invokeStack();
            final ListenerSocket socket = session.stack().openListener();
            try {
                options.apply(socket);
                if (local != null) {
                    socket.bind(local);
                }
                socket.listen(backlog);
            } catch (final IOException e) {
                socket.close();
                session.invokeStack();
                renew();
                throw e;
            }
            listener = socket;
            stream = null;
            shut = 0;
        } catch (final IOException e) {
            throw new ErrnoException(Errno.of(e));
        }
    }

    @Override
    SocketHandle accept() throws ErrnoException {
        if (listener == null) {
            throw new ErrnoException(Errno.EINVAL);
        }
        try {
            final StreamSocket accepted = listener.accept();
            return accepted == null ? null : new TcpHandle(this, accepted);
        } catch (final IOException e) {
            throw new ErrnoException(Errno.of(e));
        }
    }

    @Override
    Address peer() {
        return stream == null ? Address.NONE : Address.of(stream.remoteAddress());
    }

    // --- connect ----------------------------------------------------------------------------------------------------

    @Override
    int connect(final InetSocketAddress remote) throws ErrnoException {
        if (remote == null) {
            disconnect();
            return 0;
        }
        int waiting = Errno.EALREADY;
        if (phase == Phase.CONNECTED || phase == Phase.UNCONNECTED && (listener != null || state() != TcpState.CLOSED)) {
            throw new ErrnoException(Errno.EISCONN);
        }
        if (phase == Phase.UNCONNECTED) {
            waiting = Errno.EINPROGRESS;
            if (begun) {
                renew();
            }
            begin(remote);
        }
        return connected() ? 0 : waiting;
    }

    private void begin(final InetSocketAddress remote) throws ErrnoException {
        options.apply(stream);
        error = 0;
        try {
            stream.connect(remote);
        } catch (final IOException e) {
            renew();
            throw new ErrnoException(Errno.of(e));
        }
        begun = true;
        phase = Phase.CONNECTING;
        session.invokeStack();
    }

    @Override
    boolean connected() throws ErrnoException {
        if (phase != Phase.CONNECTING) {
            return true;
        }
        final TcpState state = state();
        if (HANDSHAKE.contains(state)) {
            return false;
        }
        if (state == TcpState.CLOSED) {
            final int errno = takeError();
            disconnect();
            throw new ErrnoException(errno == 0 ? Errno.ECONNABORTED : errno);
        }
        phase = Phase.CONNECTED;
        return true;
    }

    /** Linux's tcp_disconnect: the socket can be connected again, and keeps a port it was bound to. */
    private void disconnect() {
        final TcpState before = state();
        phase = Phase.UNCONNECTED;
        if (listener != null) {
            listener.close();
            listener = null;
            session.invokeStack();
            use(session.stack().openStream());
            return;
        }
        renew();
        error = before == TcpState.SYN_SENT || NEEDS_RESET.contains(before) ? Errno.ECONNRESET : 0;
    }

    /** A fresh stack socket, with the options and the explicit binding of the old one. */
    private void renew() {
        stream.abort();
        stream.close();
        session.invokeStack();
        use(session.stack().openStream());
        if (bound != null) {
            try {
                options.apply(stream);
                stream.bind(bound);
            } catch (final IOException | ErrnoException e) {
                bound = null;
            }
        }
    }

    private void use(final StreamSocket fresh) {
        stream = fresh;
        begun = false;
        shut = 0;
        done = false;
        failureNoted = false;
        watch(fresh);
    }

    private void watch(final StreamSocket socket) {
        socket.readinessListener(ready -> {
            if (stream == socket && (ready & Readiness.PEER_CLOSED) != 0 && (ready & Readiness.ERROR) == 0) {
                done = true;
            }
        });
    }

    // --- data -------------------------------------------------------------------------------------------------------

    @Override
    boolean receive(final Receipt receipt) throws ErrnoException {
        if (listener != null) {
            throw new ErrnoException(Errno.ENOTCONN);
        }
        if (receipt.has(OOB)) {
            // Urgent data stays in the stream: there is never a separate urgent byte.
            throw new ErrnoException(Errno.EINVAL);
        }
        noteFailure();
        if (receipt.has(PEEK)) {
            receipt.restart();
        }
        final long target = receipt.has(WAITALL) ? Math.max(receipt.max, 1) : 1;
        final boolean something = begun && stream.available() > 0;
        if (something && receipt.max > 0) {
            copy(receipt);
        }
        if (receipt.result >= target || something && receipt.max == 0) {
            return true;
        }
        if (receipt.result > 0) {
            return done || error != 0 || receiveShut() || state() == TcpState.CLOSED || receipt.nonBlocking;
        }
        if (done) {
            return true;
        }
        final int errno = takeError();
        if (errno != 0) {
            throw new ErrnoException(errno);
        }
        if (receiveShut()) {
            return true;
        }
        if (state() == TcpState.CLOSED) {
            throw new ErrnoException(Errno.ENOTCONN);
        }
        return false;
    }

    private void copy(final Receipt receipt) throws ErrnoException {
        try {
            final byte[] part = new byte[(int) Math.min(receipt.max - receipt.result,
                receipt.has(PEEK) ? stream.available() : COPY_BYTES)];
            int n;
            do {
                final ByteBuffer dst = ByteBuffer.wrap(part, 0, (int) Math.min(part.length, receipt.max - receipt.result));
                n = receipt.has(PEEK) ? stream.peek(dst) : stream.read(dst);
                if (n > 0) {
                    receipt.result += n;
                    if (!receipt.has(TRUNC)) {
                        receipt.add(part, n);
                    }
                }
            } while (n > 0 && !receipt.has(PEEK) && receipt.result < receipt.max && stream.available() > 0);
            session.invokeStack();
        } catch (final IOException e) {
            if (receipt.result == 0) {
                noteFailure();
            }
        }
    }

    @Override
    int send(final byte[] data, final int offset, final int flags, final InetSocketAddress destination)
        throws ErrnoException {
        if ((flags & FASTOPEN) != 0 && phase == Phase.UNCONNECTED) {
            throw new ErrnoException(Errno.EOPNOTSUPP);
        }
        noteFailure();
        if ((shut & TRANSMIT) != 0 || !OPEN_TO_SEND.contains(state())) {
            if ((shut & TRANSMIT) == 0 && HANDSHAKE.contains(state())) {
                return -1;
            }
            final int errno = offset == 0 ? takeError() : 0;
            throw new ErrnoException(errno == 0 ? Errno.EPIPE : errno);
        }
        if (offset == 0 && error != 0) {
            throw new ErrnoException(takeError());
        }
        if (data.length == 0) {
            return 0;
        }
        try {
            final boolean more = (flags & MORE) != 0;
            if (more) {
                options.more(stream, true);
            }
            final int n = stream.write(ByteBuffer.wrap(data, offset, data.length - offset));
            if (!more) {
                // Afterwards: what an earlier call held back goes together with this.
                options.more(stream, false);
            }
            return n == 0 ? -1 : n;
        } catch (final IOException e) {
            noteFailure();
            final int errno = takeError();
            throw new ErrnoException(errno == 0 ? Errno.of(e) : errno);
        }
    }

    @Override
    void packetArrived() {
        if (listener == null && begun) {
            try {
                options.more(stream, false);
            } catch (final ErrnoException e) {
                // The socket was closed in the meantime: it holds no bytes back.
            }
        }
    }

    // --- the end ----------------------------------------------------------------------------------------------------

    @Override
    void shutdown(final int how) throws ErrnoException {
        final int directions = how + 1;
        if (listener != null) {
            if ((directions & RECEIVE) != 0) {
                disconnect();
            }
            return;
        }
        final TcpState state = state();
        if (phase == Phase.CONNECTING && !HANDSHAKE.contains(state) && state != TcpState.CLOSED) {
            phase = Phase.CONNECTED;
        }
        if (state == TcpState.SYN_SENT) {
            disconnect();
            return;
        }
        shut |= directions;
        if (state == TcpState.CLOSED) {
            throw new ErrnoException(Errno.ENOTCONN);
        }
        try {
            if ((directions & TRANSMIT) != 0) {
                stream.shutdownOutput();
            }
            if (shut == (RECEIVE | TRANSMIT) && stream.available() == 0) {
                // Not earlier: after SHUT_RD alone the kernel goes on delivering.
                stream.shutdownInput();
            }
        } catch (final IOException e) {
            throw new ErrnoException(Errno.of(e));
        }
    }

    @Override
    protected void closeNow() {
        if (listener != null) {
            listener.close();
        } else {
            stream.close();
        }
    }

    @Override
    long lingerNs() {
        return listener == null && begun ? Math.max(0, options.values.lingerMs) * 1_000_000L : 0;
    }

    @Override
    boolean lingering() {
        return stream != null && UNACKNOWLEDGED.contains(stream.info().state);
    }

    // --- options and readiness --------------------------------------------------------------------------------------

    @Override
    void option(final String name, final byte[] value) throws ErrnoException {
        if ("NONBLOCK".equals(name)) {
            nonBlocking = OptionValues.toBoolean(value);
            return;
        }
        options.set(name, value);
        if (listener != null) {
            options.apply(listener);
        } else {
            options.apply(stream);
        }
    }

    @Override
    byte[] option(final String name) throws ErrnoException {
        switch (name) {
            case "NONBLOCK":
                return OptionValues.ofInt(nonBlocking ? 1 : 0);
            case "SO_ERROR":
                noteFailure();
                return OptionValues.ofInt(takeError());
            case "TCP_INFO":
                return null;
            case "INQ":
            case "OUTQ":
                if (listener != null) {
                    throw new ErrnoException(Errno.EINVAL);
                }
                return OptionValues.ofInt(queued("INQ".equals(name)));
            default:
                return options.value(name, stream, state(), session.config.tcp);
        }
    }

    private int queued(final boolean incoming) {
        if (!begun || HANDSHAKE.contains(state())) {
            return 0;
        }
        return incoming ? stream.available() : stream.unacknowledged();
    }

    @Override
    TcpInfoKeys info() {
        if (listener != null || !begun) {
            return TcpInfoCodec.unconnected(state(), session.config.tcp);
        }
        return TcpInfoCodec.of(stream.info());
    }

    @Override
    int poll() {
        if (listener != null) {
            return (listener.readiness() & Readiness.ACCEPT) != 0 ? POLLIN : 0;
        }
        noteFailure();
        final TcpState state = state();
        final boolean receiveShut = receiveShut();
        final boolean sendShut = (shut & TRANSMIT) != 0 || failureNoted;
        int bits = error != 0 ? POLLERR : 0;
        if (receiveShut && sendShut || state == TcpState.CLOSED) {
            bits |= POLLHUP;
        }
        if (receiveShut) {
            bits |= POLLIN | POLLRDHUP;
        }
        if (!HANDSHAKE.contains(state)) {
            if (begun && stream.available() > 0) {
                bits |= POLLIN;
            }
            if (sendShut || state == TcpState.CLOSED || (stream.readiness() & Readiness.WRITE) != 0) {
                bits |= POLLOUT;
            }
        }
        return bits;
    }

    private TcpState state() {
        if (listener != null) {
            return TcpState.LISTEN;
        }
        if (!begun) {
            return TcpState.CLOSED;
        }
        final TcpState state = stream.info().state;
        // The application sees TIME_WAIT as a closed socket.
        return state == TcpState.TIME_WAIT ? TcpState.CLOSED : state;
    }

    /** Linux's RCV_SHUTDOWN: shut here, or by the peer's FIN, or by the end of the connection. */
    private boolean receiveShut() {
        return (shut & RECEIVE) != 0 || done || failureNoted
            || begun && (stream.readiness() & Readiness.PEER_CLOSED) != 0;
    }

    private void noteFailure() {
        if (!failureNoted && begun && stream != null && (stream.readiness() & Readiness.ERROR) != 0) {
            failureNoted = true;
            error = StreamErrors.errno(stream);
        }
    }

    private int takeError() {
        noteFailure();
        final int errno = error;
        error = 0;
        return errno;
    }
}
