package io.holdfast.replication.channel;

import io.holdfast.counters.ChannelCounter;
import java.io.IOException;

/** A connection's way from its first packet to its first message. */
final class Greeting {
    private enum Stage {
        /** The peer's kernel has not answered. */
        CONNECTING,
        /** TLS. */
        SECURING,
        /** The peer's hello is awaited. */
        HELLO,
        /** The peer's agreement to our hello is awaited. */
        AGREEMENT
    }

    private final Path path;
    private final Core core;
    private final Connection connection;
    private Stage stage;
    private long deadlineNs;

    Greeting(final Path path, final Core core, final Connection connection, final long nowNs) throws IOException {
        this.path = path;
        this.core = core;
        this.connection = connection;
        this.stage = Stage.CONNECTING;
        this.deadlineNs = nowNs + core.config().connectTimeoutNs();
        if (!connection.dialled) {
            secure(nowNs);
        }
    }

    Connection connection() {
        return connection;
    }

    boolean isConnected() {
        return stage != Stage.CONNECTING;
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

    private void secure(final long nowNs) throws IOException {
        stage = Stage.SECURING;
        deadlineNs = nowNs + core.config().helloTimeoutNs();
        connection.transport = core.tls() == null
            ? new PlainTransport(connection.channel)
            : new TlsTransport(connection.channel, core.tls().engine(connection.dialled));
        connection.interest();
    }

    private boolean read(final long nowNs) throws IOException {
        connection.write(nowNs);
        boolean more = true;
        while (more) {
            final int length = connection.next(Hello.MAX_BYTES);
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
        final String name = Hello.read(
            connection.buffers.in.view(), connection.frameOffset(), length, path, core.config());
        core.peer().learn(name);
        if (!connection.dialled) {
            sendHello(nowNs);
            stage = Stage.AGREEMENT;
        }
        if (core.peer().weDial() != connection.dialled) {
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
        connection.frame(Hello.write(out.view(), out.tail() + Connection.LENGTH_BYTES, path, core.config()));
        connection.write(nowNs);
    }
}
