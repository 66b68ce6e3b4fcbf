package io.holdfast.tcp;

import io.holdfast.buffer.ChunkPool;
import io.holdfast.counters.Counters;
import io.holdfast.util.RandomSource;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.TcpSegment;

/**
 * What the connections of one shard share: configuration, memory, secrets, counters, rate limits; and where connections
 * are born. Shard's thread only.
 */
public final class TcpStack {
    /** The stack's side: the connection table and the path. */
    public interface Table {
        /** A connection came to be (half open ones too); it gets segments from now on. False if the table is full. */
        boolean add(TcpConnection connection);

        /** Replaces a TIME_WAIT connection with the same ends by a new one (RFC 6191). */
        void remove(TcpConnection connection);

        /** A listener has something to accept. */
        void onAcceptable(TcpListener listener);

        /** Largest IP packet to that address, as known now. */
        int pathMtu(IpAddress remote);

        /** The device cuts super-segments. */
        boolean segmentation();

        /** The connection needs its timer or its turn to transmit: something changed outside of a call from the stack. */
        void onWork(TcpConnection connection);
    }

    public TcpStack(final TcpConfig config, final ChunkPool pool, final Counters counters, final RandomSource random,
        final Table table) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Active open: the SYN leaves with the next {@link TcpConnection#pollTransmit}. The caller adds it to its table. */
    public TcpConnection connect(final ConnectionId id, final TcpOptions options, final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Passive open. {@code address} may be {@link IpAddress#ANY}. */
    public TcpListener listen(final IpAddress address, final int port, final int backlog, final TcpOptions options) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Answers a segment for which there is neither connection nor listener (RFC 9293 3.10.7.1), if it is to be answered. */
    public void onStray(final IpAddress local, final IpAddress remote, final TcpSegment segment, final SegmentSink sink,
        final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }
}
