package io.holdfast.replication.channel;

import io.holdfast.counters.ChannelCounter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** Dials one other host for one path, when it is this node's turn, and takes what it has dialled through TLS and the greeting. */
final class PathDialer {
    /**
     * When the peer, whose turn it is, has missed so many chances to dial, this node dials, too: not for the connection, which
     * the peer would close, but to hear from its kernel if nobody listens there any more.
     */
    private static final int MISSED_DIALS = 3;

    private final Path path;
    private final ChannelContext context;
    private final ChannelConfig config;
    private final PeerName peer;
    private final InetSocketAddress address;
    private final PathListener listener;
    private ChannelHandshake dialling;
    /** The last attempt was answered by the peer's kernel: nobody listens. */
    private boolean refused;
    private long dialDueNs;
    private long downSinceNs;

    PathDialer(final Path path, final PeerName peer, final ChannelContext context, final PathListener listener,
        final long nowNs) {
        this.path = path;
        this.peer = peer;
        this.context = context;
        this.listener = listener;
        config = context.config();
        address = config.others().get(peer.index()).address(path);
        dialDueNs = nowNs;
        downSinceNs = nowNs;
    }

    /**
     * Goes on with what was dialled.
     *
     * @param up whether there is a connection, so that there is no need to dial
     * @return a connection that is ready for messages, or null
     */
    Connection poll(final boolean up, final long nowNs) {
        if (!up && dialling == null && dialInNs(nowNs) <= 0) {
            dialDueNs = nowNs + config.dialEveryNs();
            dial(nowNs);
        }
        if (dialling == null) {
            return null;
        }
        final ChannelHandshake handshake = dialling;
        if (listener.progress(handshake, nowNs)) {
            dialling = null;
            return handshake.connection();
        }
        if (!handshake.connection().isOpen()) {
            refused |= handshake.isRefused();
            dialling = null;
        }
        return null;
    }

    /** The path went down: dial without waiting. */
    void dialSoon(final long nowNs) {
        dialDueNs = nowNs;
        downSinceNs = nowNs;
    }

    private long dialInNs(final long nowNs) {
        final long dueNs = peer.weDial() ? dialDueNs
            : Math.max(dialDueNs, downSinceNs + MISSED_DIALS * config.dialEveryNs());
        return dueNs - nowNs;
    }

    /** How long nothing happens here by itself. */
    long idleNs(final boolean up, final long nowNs) {
        if (dialling != null) {
            return dialling.idleNs(nowNs);
        }
        return up ? Long.MAX_VALUE : dialInNs(nowNs);
    }

    /** Has the peer's kernel refused a connection since the last call? */
    boolean takeRefused() {
        final boolean was = refused;
        refused = false;
        return was;
    }

    void close() {
        if (dialling != null) {
            dialling.connection().close();
        }
    }

    private void dial(final long nowNs) {
        SocketChannel channel = null;
        config.counters().increment(ChannelCounter.DIALLED);
        try {
            channel = context.provider().openSocketChannel();
            context.prepare(channel);
            if (!config.listen(path).getAddress().isAnyLocalAddress()) {
                channel.bind(new InetSocketAddress(config.listen(path).getAddress(), 0));
            }
            channel.connect(address); // Told by OP_CONNECT in any case.
            dialling = listener.begin(channel, SelectionKey.OP_CONNECT, address, peer, nowNs);
        } catch (final IOException e) {
            // A peer that is not there yet is nothing to write a log line about ten times a second.
            config.counters().increment(ChannelCounter.DIAL_FAILED);
            PathListener.closeQuietly(channel);
        }
    }
}
