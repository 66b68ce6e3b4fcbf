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
 * Where connections of one path arrive, from whichever host: takes each newcomer through TLS and the greeting. What comes out is
 * authenticated; what fails is closed, counted, and seen by nobody else.
 */
final class PathListener {
    /** Newcomers in their greeting at one time, for each other host: strangers can neither fill memory nor keep that out. */
    static final int MAX_NEWCOMERS = 4;
    private static final int BACKLOG = 16;

    private final Path path;
    private final ChannelContext context;
    private final ChannelConfig config;
    private final Counters counters;
    private final ServerSocketChannel listener;
    private final List<ChannelHandshake> newcomers = new ArrayList<>(MAX_NEWCOMERS + 1);
    private final ArrayDeque<ConnectionBuffers> spareBuffers = new ArrayDeque<>(MAX_NEWCOMERS + 1);
    private final int mostNewcomers;
    private boolean acceptable;

    PathListener(final Path path, final ChannelContext context) {
        this.path = path;
        this.context = context;
        this.config = context.config();
        this.counters = config.counters();
        mostNewcomers = MAX_NEWCOMERS * config.others().size();
        this.listener = listen();
    }

    /** Called by the selector. */
    void acceptable() {
        acceptable = true;
    }

    /**
     * Goes on with every newcomer.
     *
     * @param ends who gets a connection that is ready for messages, or a lifeline
     * @param hosts how many other hosts there are
     */
    void poll(final Arrivals ends, final int hosts, final long nowNs) {
        if (acceptable) {
            acceptable = false;
            accept(nowNs);
        }
        for (int i = 0; i < newcomers.size(); i++) {
            final ChannelHandshake newcomer = newcomers.get(i);
            if (progress(newcomer, nowNs)) {
                newcomers.remove(i--);
                if (newcomer.isLifeline()) {
                    assign(newcomer, ends, hosts, nowNs);
                } else {
                    ends.arrive(newcomer.peer().index(), newcomer.connection(), nowNs);
                }
            } else if (!newcomer.connection().isOpen()) {
                newcomers.remove(i--);
            }
        }
    }

    /** A lifeline goes to the connection that it was asked for with; that may still be in its greeting. */
    private void assign(final ChannelHandshake line, final Arrivals ends, final int hosts, final long nowNs) {
        Connection owner = null;
        for (int host = 0; host < hosts && owner == null; host++) {
            final Connection current = ends.current(host);
            owner = current != null && line.belongsTo(current) ? current : null;
        }
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

    /** How long nothing happens here by itself. */
    long idleNs(final long nowNs) {
        long idleNs = Long.MAX_VALUE;
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
            if (newcomers.size() >= mostNewcomers) {
                makeRoom(nowNs);
            }
            context.prepare(channel);
            newcomers.add(begin(channel, SelectionKey.OP_READ, remote, null, nowNs));
        } catch (final IOException e) {
            closeQuietly(channel);
            context.rejections().record(path, "a newcomer", e, ChannelCounter.LOST_EARLY, nowNs);
        }
    }

    /** The oldest stranger goes; the oldest of another host of ours only if there is no other. */
    private void makeRoom(final long nowNs) {
        int victim = 0;
        for (int i = newcomers.size() - 1; i >= 0; i--) {
            final InetSocketAddress from = (InetSocketAddress) newcomers.get(i).connection().remote;
            if (config.others().stream().noneMatch(other -> from.getAddress().equals(other.address(path).getAddress()))) {
                victim = i;
            }
        }
        fail(newcomers.remove(victim), new Refusal(ChannelCounter.REFUSED_CROWD,
            "more than " + mostNewcomers + " connections have not greeted yet"), nowNs);
    }

    /** @param dialled the host that is dialled; null for who came by itself */
    ChannelHandshake begin(final SocketChannel channel, final int operations, final InetSocketAddress remote, final PeerName dialled,
        final long nowNs) throws IOException {
        final SelectionKey key = channel.register(context.selector(), operations);
        final Connection connection = new Connection(channel, key, remote, dialled != null);
        connection.buffers = spareBuffers.isEmpty() ? ConnectionBuffers.small(config.isTls()) : spareBuffers.pop();
        return new ChannelHandshake(path, context, connection, dialled, nowNs);
    }

    /** True once the connection is ready for messages; if it failed, it is closed. */
    boolean progress(final ChannelHandshake handshake, final long nowNs) {
        try {
            return handshake.progress(nowNs);
        } catch (final IOException e) {
            fail(handshake, e, nowNs);
            return false;
        }
    }

    private void fail(final ChannelHandshake handshake, final IOException error, final long nowNs) {
        final Connection connection = handshake.connection();
        if (!handshake.isConnected()) {
            counters.increment(ChannelCounter.DIAL_FAILED);
            handshake.refused(error instanceof ConnectException && String.valueOf(error.getMessage()).contains("refused"));
        } else {
            if (connection.transport != null) {
                connection.transport.part(connection.buffers);
            }
            context.rejections().record(path, connection.remote, error, ChannelCounter.LOST_EARLY, nowNs);
        }
        connection.close();
        giveBack(connection.buffers);
    }

    static void closeQuietly(final AutoCloseable channel) {
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
