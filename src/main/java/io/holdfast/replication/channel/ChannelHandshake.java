package io.holdfast.replication.channel;

import io.holdfast.counters.ChannelCounter;
import java.io.EOFException;
import java.io.IOException;

/** A connection's way from its first packet to its first message. */
final class ChannelHandshake {
    private enum Stage {
        /** The peer's kernel has not answered. */
        CONNECTING,
        /** The first bytes of who dialled us are awaited: a lifeline's, or a connection's. */
        KNOCKING,
        /** It is a lifeline, and has said its words. */
        LIFELINE,
        /** TLS. */
        SECURING,
        /** The peer's hello is awaited. */
        HELLO,
        /** The peer's agreement to our hello is awaited. */
        AGREEMENT
    }

    private final Path path;
    private final ChannelContext context;
    private final Connection connection;
    /** Whom it is with: as dialled, or as greeted; null before. */
    private PeerName peer;
    private boolean refused;
    private Stage stage;
    private long deadlineNs;

    ChannelHandshake(final Path path, final ChannelContext context, final Connection connection, final PeerName dialled,
        final long nowNs) throws IOException {
        peer = dialled;
        this.path = path;
        this.context = context;
        this.connection = connection;
        this.stage = Stage.CONNECTING;
        this.deadlineNs = nowNs + context.config().connectTimeoutNs();
        if (!connection.dialled) {
            stage = Stage.KNOCKING;
            deadlineNs = nowNs + context.config().helloTimeoutNs();
        }
    }

    Connection connection() {
        return connection;
    }

    PeerName peer() {
        return peer;
    }

    /** It failed, and perhaps because the other host's kernel refused it: nobody listens there. */
    void refused(final boolean byKernel) {
        refused = byKernel;
    }

    boolean isRefused() {
        return refused;
    }

    boolean isConnected() {
        return stage != Stage.CONNECTING;
    }

    /** It is the peer's lifeline, as {@link #progress} has found; its words are yet to be believed. */
    boolean isLifeline() {
        return stage == Stage.LIFELINE;
    }

    /** Whether the lifeline is the one that the peer was asked for with the other connection. */
    boolean belongsTo(final Connection other) {
        final ByteQueue words = raw();
        return LifelineToken.matches(other.token, words.view(), words.head());
    }

    /** How long nothing happens here by itself. */
    long idleNs(final long nowNs) {
        return connection.transport != null && connection.transport.hasWork() ? 0 : deadlineNs - nowNs;
    }

    /**
     * Goes on as far as possible; true once the connection is ready for messages.
     *
     * @throws IOException if it is of no use
     */
    boolean progress(final long nowNs) throws IOException {
        if (stage == Stage.CONNECTING && connection.readable && connection.channel.finishConnect()) {
            if (connection.channel.getLocalAddress().equals(connection.channel.getRemoteAddress())) {
                // Dialling a free port of one's own host can meet itself (RFC 9293, simultaneous open).
                throw new IOException("connected to itself");
            }
            secure(nowNs);
        }
        if (stage == Stage.KNOCKING && knock(nowNs)) {
            return true;
        }
        if (stage == Stage.SECURING && connection.transport.handshake(connection.buffers)) {
            stage = Stage.HELLO;
            connection.writable = true;
            if (connection.dialled) {
                sendHello(nowNs);
            }
        }
        final boolean done = (stage == Stage.HELLO || stage == Stage.AGREEMENT) && read(nowNs);
        if (!done && deadlineNs - nowNs <= 0) {
            throw new Refusal(ChannelCounter.REFUSED_LATE, "it did not greet in time");
        }
        if (!done && stage == Stage.SECURING) {
            connection.writable = connection.transport.isDrained(connection.buffers);
            connection.readable = false;
            connection.interest();
        }
        return done;
    }

    /** True once a lifeline has said its words; anything else is let in. */
    private boolean knock(final long nowNs) throws IOException {
        connection.readable = false;
        final ByteQueue in = raw();
        final int n = connection.channel.read(in.toAdd());
        in.added();
        if (n < 0) {
            throw new EOFException("closed by the peer before its first byte");
        }
        if (in.size() == 0) {
            return false;
        }
        if (in.view().getByte(in.head()) != LifelineToken.FIRST) {
            secure(nowNs);
            return false;
        }
        if (in.size() > LifelineToken.BYTES) {
            throw new Refusal(ChannelCounter.REFUSED_LIFELINE, "it says more than a lifeline does");
        }
        if (in.size() == LifelineToken.BYTES) {
            stage = Stage.LIFELINE;
        }
        return isLifeline();
    }

    /** What comes from the network, before TLS. */
    private ByteQueue raw() {
        return context.tls() == null ? connection.buffers.in : connection.buffers.netIn;
    }

    private void secure(final long nowNs) throws IOException {
        stage = Stage.SECURING;
        deadlineNs = nowNs + context.config().helloTimeoutNs();
        connection.transport = context.tls() == null
            ? new PlainTransport(connection.channel)
            : new TlsTransport(connection.channel, context.tls().engine(connection.dialled));
        connection.interest();
    }

    private boolean read(final long nowNs) throws IOException {
        connection.write(nowNs);
        boolean more = true;
        while (more) {
            final int length = connection.next(HelloMessage.MAX_BYTES);
            if (length == Connection.NONE) {
                more = connection.read() > 0;
            } else if (stage == Stage.HELLO) {
                if (hello(length, nowNs)) {
                    return true;
                }
            } else if (length == Connection.KEEP_ALIVE) {
                return true;
            } else {
                throw new Refusal(ChannelCounter.REFUSED_HELLO, "it did not agree to the greeting before its first message");
            }
        }
        return false;
    }

    /** True if the connection is ready. */
    private boolean hello(final int length, final long nowNs) throws IOException {
        if (length < 0) {
            throw new Refusal(ChannelCounter.REFUSED_HELLO, "no greeting of ours");
        }
        final String name = HelloMessage.read(
            connection.buffers.in.view(), connection.frameOffset(), length, path, context.config());
        peer = context.peers().greeted(name, peer);
        connection.peersToken = HelloMessage.token(connection.buffers.in.view(), connection.frameOffset(), length);
        if (!connection.dialled) {
            sendHello(nowNs);
            stage = Stage.AGREEMENT;
        }
        if (peer.weDial() != connection.dialled) {
            throw new Refusal(ChannelCounter.WRONG_SIDE, "the node with the smaller name dials");
        }
        if (connection.dialled) {
            connection.frame(Connection.KEEP_ALIVE);
            connection.write(nowNs);
            return true;
        }
        return false;
    }

    private void sendHello(final long nowNs) {
        final ByteQueue out = connection.buffers.out;
        connection.token = context.words().newToken();
        connection.frame(
            HelloMessage.write(out.view(), out.tail() + ChannelLimits.LENGTH_BYTES, path, context.config(), connection.token));
        connection.write(nowNs);
    }
}
