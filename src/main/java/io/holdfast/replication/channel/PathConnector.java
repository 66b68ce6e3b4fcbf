package io.holdfast.replication.channel;

import io.holdfast.counters.ChannelCounter;
import io.holdfast.counters.Counters;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Where connections of one path begin: it listens, dials when it is this node's turn, and takes each newcomer through TLS and
 * the greeting. What comes out is authenticated; what fails is closed, counted, and seen by nobody else.
 */
final class PathConnector {
    /** Newcomers in their greeting at one time, so that strangers can neither fill memory nor keep the peer out. */
    static final int MAX_NEWCOMERS = 4;
    private static final int BACKLOG = 16;
    /**
     * When the peer, whose turn it is, has missed so many chances to dial, this node dials, too: not for the connection, which
     * the peer would close, but to hear from its kernel if nobody listens there any more.
     */
    private static final int MISSED_DIALS = 3;

    private final Path path;
    private final ChannelContext context;
    private final ChannelConfig config;
    private final Counters counters;
    private final ServerSocketChannel listener;
    private final List<ChannelHandshake> newcomers = new ArrayList<>(MAX_NEWCOMERS + 1);
    private final ArrayDeque<ConnectionBuffers> spareBuffers = new ArrayDeque<>(MAX_NEWCOMERS + 1);
    private ChannelHandshake dialling;
    /** The last attempt was answered by the peer's kernel: nobody listens. */
    private boolean refused;
    private boolean acceptable;
    private long dialDueNs;
    private long downSinceNs;

    PathConnector(final Path path, final ChannelContext context, final long nowNs) {
        this.path = path;
        this.context = context;
        this.config = context.config();
        this.counters = config.counters();
        this.dialDueNs = nowNs;
        this.downSinceNs = nowNs;
        this.listener = listen();
    }

    /** Called by the selector. */
    void acceptable() {
        acceptable = true;
    }

    /**
     * Goes on with every newcomer.
     *
     * @param current the path's connection, to which a lifeline may belong; null if it is down, so that there is a need to dial
     * @return a connection of the peer that is ready for messages, or null
     */
    Connection poll(final Connection current, final long nowNs) {
        if (acceptable) {
            acceptable = false;
            accept(nowNs);
        }
        if (current == null && dialling == null && dialInNs(nowNs) <= 0) {
            dialDueNs = nowNs + config.dialEveryNs();
            dial(nowNs);
        }
        Connection done = null;
        if (dialling != null && progress(dialling, nowNs)) {
            done = dialling.connection();
            dialling = null;
        }
        for (int i = 0; i < newcomers.size() && done == null; i++) {
            final ChannelHandshake newcomer = newcomers.get(i);
            if (progress(newcomer, nowNs)) {
                newcomers.remove(i--);
                if (newcomer.isLifeline()) {
                    assign(newcomer, current, nowNs);
                } else {
                    done = newcomer.connection();
                }
            } else if (!newcomer.connection().isOpen()) {
                newcomers.remove(i--);
            }
        }
        return done;
    }

    /** A lifeline goes to the connection that it was asked for with; that may still be in its greeting. */
    private void assign(final ChannelHandshake line, final Connection current, final long nowNs) {
        Connection owner = current != null && line.belongsTo(current) ? current : null;
        for (int i = 0; i < newcomers.size() && owner == null; i++) {
            owner = line.belongsTo(newcomers.get(i).connection()) ? newcomers.get(i).connection() : null;
        }
        if (owner == null) {
            fail(line, new Refusal(ChannelCounter.REFUSED_LIFELINE, "nobody asked for this lifeline"), nowNs);
            return;
        }
        final Connection connection = line.connection();
        owner.takePeerLine(new PeerLine(connection.channel, connection.key));
        giveBack(connection.buffers);
    }

    /** The path went down: dial without waiting. */
    void dialSoon(final long nowNs) {
        dialDueNs = nowNs;
        downSinceNs = nowNs;
    }

    private long dialInNs(final long nowNs) {
        final long dueNs = context.peer().weDial() ? dialDueNs
            : Math.max(dialDueNs, downSinceNs + MISSED_DIALS * config.dialEveryNs());
        return dueNs - nowNs;
    }

    /** How long nothing happens here by itself. */
    long idleNs(final boolean up, final long nowNs) {
        long idleNs = Long.MAX_VALUE;
        if (dialling != null) {
            idleNs = dialling.idleNs(nowNs);
        } else if (!up) {
            idleNs = dialInNs(nowNs);
        }
        for (int i = 0; i < newcomers.size(); i++) {
            idleNs = Math.min(idleNs, newcomers.get(i).idleNs(nowNs));
        }
        return idleNs;
    }

    /** Gives back the small buffers of a connection that has got large ones, or is closed. */
    void giveBack(final ConnectionBuffers small) {
        small.clear();
        spareBuffers.push(small);
    }

    void close() {
        closeQuietly(listener);
        for (final ChannelHandshake newcomer : newcomers) {
            newcomer.connection().close();
        }
        if (dialling != null) {
            dialling.connection().close();
        }
    }

    private ServerSocketChannel listen() {
        final InetSocketAddress address = config.listen(path);
        ServerSocketChannel channel = null;
        try {
            channel = context.provider().openServerSocketChannel();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (context.receiveBufferBytes() > 0) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, context.receiveBufferBytes());
            }
            channel.bind(address, BACKLOG);
            channel.register(context.selector(), SelectionKey.OP_ACCEPT, this);
            return channel;
        } catch (final IOException e) {
            closeQuietly(channel);
            throw new IllegalArgumentException(
                path.listenSetting() + ": cannot listen on " + address + ": " + e.getMessage(), e);
        }
    }

    /** One a call: the rest wait in the kernel. */
    private void accept(final long nowNs) {
        SocketChannel channel = null;
        try {
            channel = listener.accept();
            if (channel == null) {
                return;
            }
            counters.increment(ChannelCounter.ACCEPTED);
            final InetSocketAddress remote = (InetSocketAddress) channel.getRemoteAddress();
            if (newcomers.size() >= MAX_NEWCOMERS) {
                makeRoom(nowNs);
            }
            context.prepare(channel);
            newcomers.add(begin(channel, SelectionKey.OP_READ, remote, false, nowNs));
        } catch (final IOException e) {
            closeQuietly(channel);
            context.rejections().record(path, "a newcomer", e, ChannelCounter.LOST_EARLY, nowNs);
        }
    }

    /** The oldest stranger goes; the oldest of the peer's host only if there is no other. */
    private void makeRoom(final long nowNs) {
        int victim = 0;
        for (int i = newcomers.size() - 1; i >= 0; i--) {
            final InetSocketAddress from = (InetSocketAddress) newcomers.get(i).connection().remote;
            if (!from.getAddress().equals(config.peer(path).getAddress())) {
                victim = i;
            }
        }
        fail(newcomers.remove(victim), new Refusal(ChannelCounter.REFUSED_CROWD,
            "more than " + MAX_NEWCOMERS + " connections have not greeted yet"), nowNs);
    }

    /** Has the peer's kernel refused a connection since the last call? */
    boolean takeRefused() {
        final boolean was = refused;
        refused = false;
        return was;
    }

    private void dial(final long nowNs) {
        SocketChannel channel = null;
        counters.increment(ChannelCounter.DIALLED);
        try {
            channel = context.provider().openSocketChannel();
            context.prepare(channel);
            if (!config.listen(path).getAddress().isAnyLocalAddress()) {
                channel.bind(new InetSocketAddress(config.listen(path).getAddress(), 0));
            }
            channel.connect(config.peer(path)); // Told by OP_CONNECT in any case.
            dialling = begin(channel, SelectionKey.OP_CONNECT, config.peer(path), true, nowNs);
        } catch (final IOException e) {
            // A peer that is not there yet is nothing to write a log line about ten times a second.
            counters.increment(ChannelCounter.DIAL_FAILED);
            closeQuietly(channel);
        }
    }

    private ChannelHandshake begin(
        final SocketChannel channel, final int operations, final InetSocketAddress remote, final boolean dialled,
        final long nowNs) throws IOException {
        final SelectionKey key = channel.register(context.selector(), operations);
        final Connection connection = new Connection(channel, key, remote, dialled);
        connection.buffers = spareBuffers.isEmpty() ? ConnectionBuffers.small(config.isTls()) : spareBuffers.pop();
        return new ChannelHandshake(path, context, connection, nowNs);
    }

    /** True once the connection is ready for messages; if it failed, it is closed. */
    private boolean progress(final ChannelHandshake handshake, final long nowNs) {
        try {
            return handshake.progress(nowNs);
        } catch (final IOException e) {
            fail(handshake, e, nowNs);
            if (handshake == dialling) {
                dialling = null;
            }
            return false;
        }
    }

    private void fail(final ChannelHandshake handshake, final IOException error, final long nowNs) {
        final Connection connection = handshake.connection();
        if (!handshake.isConnected()) {
            counters.increment(ChannelCounter.DIAL_FAILED);
            refused |= error instanceof ConnectException && String.valueOf(error.getMessage()).contains("refused");
        } else {
            if (connection.transport != null) {
                connection.transport.part(connection.buffers);
            }
            context.rejections().record(path, connection.remote, error, ChannelCounter.LOST_EARLY, nowNs);
        }
        connection.close();
        giveBack(connection.buffers);
    }

    private static void closeQuietly(final AutoCloseable channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (final Exception e) {
            // Nothing was to be sent.
            return;
        }
    }
}
