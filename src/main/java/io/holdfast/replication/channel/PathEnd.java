package io.holdfast.replication.channel;

import io.holdfast.counters.ChannelCounter;
import io.holdfast.counters.Counters;
import io.holdfast.util.Invariant;
import java.io.IOException;
import java.nio.ByteOrder;
import javax.net.ssl.SSLException;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our end of one path to one other host: at most one connection that is up, its messages in both directions, and what connects
 * the next one.
 */
final class PathEnd {
    private static final Logger LOG = LoggerFactory.getLogger(PathEnd.class);
    /** Spent reading or writing in one call, before the other path and the handler's timers have their turn. */
    private static final long TURN_NS = 2_000_000;
    private static final int FRAME_BYTES = ChannelLimits.LENGTH_BYTES + ChannelLimits.MESSAGE_BYTES;
    private static final int KEEP_ALIVES_PER_SILENCE = 4;

    private final Path path;
    private final PeerName peer;
    private final ChannelContext context;
    private final Counters counters;
    private final Handler handler;
    private final PathListener listener;
    private final PathDialer dialer;
    private final long silenceNs;
    private final ConnectionBuffers buffers;
    private final ByteQueue control = ByteQueue.onHeap(ConnectionBuffers.CONTROL_BYTES);
    private Connection current;
    /** What the handler was told last. */
    private boolean heldByPeer;
    /** null if there are to be none. */
    private final OwnLine line;
    private boolean unfinished;
    /** Since the last turn. */
    private int arrivals;

    PathEnd(final Path path, final PeerName peer, final ChannelContext context, final PathListener listener, final Handler handler,
        final long nowNs) {
        this.path = path;
        this.peer = peer;
        this.listener = listener;
        this.context = context;
        this.counters = context.config().counters();
        this.handler = handler;
        this.silenceNs = context.config().silenceNs();
        dialer = new PathDialer(path, peer, context, listener, nowNs);
        this.buffers = ConnectionBuffers.large(context.tls() != null);
        line = context.config().lifelines()
            ? new OwnLine(path, context.config().listen(path), context.config().others().get(peer.index()).address(path), counters)
            : null;
    }

    boolean isUp() {
        return current != null;
    }

    boolean send(final DirectBuffer from, final int offset, final int length) {
        if (current == null) {
            return false;
        }
        if (control.free() < ChannelLimits.LENGTH_BYTES + length) {
            control.compact();
        }
        if (control.free() < ChannelLimits.LENGTH_BYTES + length) {
            counters.increment(ChannelCounter.QUEUE_FULL);
            return false;
        }
        control.view().putInt(control.tail(), length, ByteOrder.LITTLE_ENDIAN);
        control.view().putBytes(control.tail() + ChannelLimits.LENGTH_BYTES, from, offset, length);
        control.added(ChannelLimits.LENGTH_BYTES + length);
        return true;
    }

    /** Sends what waits: control messages first, then what the handler has. Returns the work done. */
    int transmit(final long nowNs) {
        final Connection connection = current;
        unfinished = false;
        if (connection == null || !connection.writable) {
            return 0;
        }
        int messages = 0;
        final long beganNs = System.nanoTime();
        do {
            messages += load(connection);
            if (connection != current || connection.isDrained()) {
                return messages;
            }
            connection.write(nowNs);
            if (connection.isBlocked()) {
                return messages + 1;
            }
        } while (System.nanoTime() - beganNs < TURN_NS);
        unfinished = true;
        return messages + 1;
    }

    /** Sends control messages if nothing else is on its way before them. */
    void sendControl(final long nowNs) {
        if (current != null && control.size() > 0 && current.isDrained()) {
            loadControl();
            current.write(nowNs);
        }
    }

    void sendQueued(final long nowNs) {
        final Connection connection = current;
        if (connection != null && connection.writable) {
            if (buffers.out.size() == 0) {
                loadControl();
            }
            connection.write(nowNs);
        }
    }

    /** The connection that is up; null if none is. */
    Connection current() {
        return current;
    }

    /** The host has dialled. */
    void arrive(final Connection connection, final long nowNs) {
        takeUp(connection, nowNs);
        arrivals++;
    }

    /** Goes on with what was dialled, and reads. Returns the work done. */
    int receive(final long nowNs) {
        int work = arrivals;
        arrivals = 0;
        final Connection dialled = dialer.poll(current != null, nowNs);
        if (dialled != null) {
            takeUp(dialled, nowNs);
            work++;
        }
        if (dialer.takeRefused()) {
            handler.onDown(peer.index(), path, PathLoss.REFUSED, "nobody listens there");
            work++;
        }
        final Connection connection = current;
        if (connection != null && connection.wantsRead()) {
            try {
                work += read(connection, nowNs);
            } catch (final IOException e) {
                if (e instanceof Refusal || e instanceof SSLException) {
                    context.rejections().record(path, connection.remote, e, ChannelCounter.LOST_EARLY, nowNs);
                }
                final PathLoss loss = PathLoss.of(e);
                down(connection, connection.left() && loss.isFromPeer() ? PathLoss.LEFT_BY_PEER : loss, Rejections.reason(e),
                    nowNs);
                work++;
            }
        }
        return work + watchLifelines(nowNs) + watch(nowNs);
    }

    /** After what was received: the peer's last words come before the news of its death. */
    private int watchLifelines(final long nowNs) {
        final Connection connection = current;
        if (line != null) {
            line.poll(nowNs);
        }
        if (connection == null || connection.peerLine == null) {
            return 0;
        }
        if (!heldByPeer) {
            heldByPeer = true;
            counters.increment(ChannelCounter.LIFELINES);
            handler.onLifeline(peer.index(), path, true);
        } else if (!connection.wantsRead() && connection.peerLine.isCut()) {
            heldByPeer = false;
            connection.cutPeerLine();
            counters.increment(ChannelCounter.LIFELINES_CUT);
            handler.onLifeline(peer.index(), path, false);
        } else {
            return 0;
        }
        return 1;
    }

    /** How long nothing happens here by itself. */
    long idleNs(final long nowNs) {
        long idleNs = dialer.idleNs(isUp(), nowNs);
        if (line != null) {
            idleNs = Math.min(idleNs, line.idleNs(nowNs));
        }
        if (current != null) {
            if (unfinished || current.wantsRead()) {
                return 0;
            }
            if (silenceNs > 0) {
                idleNs = Math.min(idleNs, current.lastInNs + silenceNs - nowNs);
                idleNs = Math.min(idleNs, current.lastOutNs + silenceNs / KEEP_ALIVES_PER_SILENCE - nowNs);
            }
        }
        return idleNs;
    }

    void drop(final String reason, final long nowNs) {
        if (current != null) {
            down(current, PathLoss.CLOSED_HERE, reason, nowNs);
        }
    }

    void close() {
        dialer.close();
        if (current != null) {
            current.close();
            current = null;
        }
    }

    private int load(final Connection connection) {
        final ByteQueue out = buffers.out;
        if (out.size() > 0) {
            return 0; // The rest of the last time goes first.
        }
        int messages = loadControl();
        while (out.size() < ConnectionBuffers.COALESCED_BYTES) {
            final int length = handler.fill(
                peer.index(), path, out.view(), out.tail() + ChannelLimits.LENGTH_BYTES, ChannelLimits.MESSAGE_BYTES);
            Invariant.check(length >= 0 && length <= ChannelLimits.MESSAGE_BYTES, "a filled message is within its bounds");
            if (length <= 0 || connection != current) {
                break;
            }
            connection.frame(length);
            count(length);
            messages++;
        }
        return messages;
    }

    private int loadControl() {
        int messages = 0;
        while (control.size() > 0) {
            final int length = control.view().getInt(control.head(), ByteOrder.LITTLE_ENDIAN);
            control.copy(buffers.out, ChannelLimits.LENGTH_BYTES + (length == Connection.KEEP_ALIVE ? 0 : length));
            count(length);
            messages++;
        }
        return messages;
    }

    private void count(final int length) {
        if (length > 0) {
            counters.increment(ChannelCounter.MESSAGES_OUT);
            counters.add(ChannelCounter.BYTES_OUT, length);
        }
    }

    private int read(final Connection connection, final long nowNs) throws IOException {
        int messages = deliver(connection); // What came together with the greeting.
        final long beganNs = System.nanoTime();
        boolean more = true;
        while (more && connection == current && System.nanoTime() - beganNs < TURN_NS) {
            final int n = connection.read();
            if (n > 0) {
                connection.lastInNs = nowNs;
                messages += deliver(connection);
            }
            more = n > 0 && connection == current && connection.wantsRead();
        }
        return messages;
    }

    private int deliver(final Connection connection) throws IOException {
        int messages = 0;
        while (connection == current) {
            final int length = connection.next(ChannelLimits.MESSAGE_BYTES);
            if (length == Connection.NONE) {
                break;
            }
            if (length > 0) {
                counters.increment(ChannelCounter.MESSAGES_IN);
                counters.add(ChannelCounter.BYTES_IN, length);
                messages++;
                handler.onMessage(peer.index(), path, buffers.in.view(), connection.frameOffset(), length);
            }
        }
        return messages;
    }

    /** An authenticated connection takes the place of whatever was there: the peer made it because it lost the other. */
    private void takeUp(final Connection connection, final long nowNs) {
        if (current != null) {
            counters.increment(ChannelCounter.REPLACED);
            down(current, PathLoss.CLOSED_HERE, "replaced by a newer connection of the peer", nowNs);
        }
        final ConnectionBuffers small = connection.buffers;
        buffers.takeFrom(small);
        connection.buffers = buffers;
        listener.giveBack(small);
        connection.readable = true;
        connection.lastInNs = nowNs;
        connection.lastOutNs = nowNs;
        control.clear();
        current = connection;
        counters.increment(ChannelCounter.UP);
        LOG.info("{} path is up with node {} at {}", path, peer.peer(), connection.remote);
        heldByPeer = false;
        if (line != null) {
            line.begin(connection.peersToken, nowNs);
        }
        handler.onUp(peer.index(), path);
    }

    private void down(final Connection connection, final PathLoss loss, final String reason, final long nowNs) {
        if (!loss.isFromPeer()) {
            connection.farewell(nowNs);
        }
        connection.close();
        current = null;
        if (line != null) {
            line.end();
        }
        control.clear();
        dialer.dialSoon(nowNs);
        counters.increment(ChannelCounter.DOWN);
        LOG.info("{} path to node {} is down: {}", path, peer.peer(), reason);
        handler.onDown(peer.index(), path, loss, reason);
    }

    /** Silence, and keep-alives against it. */
    private int watch(final long nowNs) {
        if (current == null || silenceNs == 0) {
            return 0;
        }
        if (nowNs - current.lastInNs >= silenceNs) {
            counters.increment(ChannelCounter.SILENT);
            down(current, PathLoss.TIMED_OUT, "silent for " + silenceNs / 1_000_000 + " ms", nowNs);
            return 1;
        }
        if (nowNs - current.lastOutNs >= silenceNs / KEEP_ALIVES_PER_SILENCE) {
            current.lastOutNs = nowNs;
            if (control.size() == 0 && current.isDrained()) {
                control.view().putInt(0, Connection.KEEP_ALIVE, ByteOrder.LITTLE_ENDIAN);
                control.added(ChannelLimits.LENGTH_BYTES);
                return 1; // Sent by the next turn, which is now.
            }
        }
        return 0;
    }
}
