package io.holdfast.replication.channel;

/**
 * The queues of one connection: messages in and out, and for TLS its records in and out. A stranger gets a small set until it
 * has greeted; each path owns one large set for the connection that is up.
 */
final class ConnectionBuffers {
    /** Messages are added to what is to be sent until this much waits, so that small ones share a system call. */
    static final int COALESCED_BYTES = 64 << 10;
    /** Control messages that may wait. */
    static final int CONTROL_BYTES = 256 << 10;
    private static final int SMALL_BYTES = 4 << 10;
    private static final int FRAME_BYTES = ChannelLimits.LENGTH_BYTES + ChannelLimits.MESSAGE_BYTES;

    final ByteQueue in;
    final ByteQueue out;
    /** null without TLS, like {@link #netOut}. */
    final ByteQueue netIn;
    final ByteQueue netOut;

    private ConnectionBuffers(final int inBytes, final int outBytes, final int netInBytes, final int netOutBytes) {
        final boolean tls = netInBytes > 0;
        in = tls ? ByteQueue.onHeap(inBytes) : ByteQueue.direct(inBytes);
        out = tls ? ByteQueue.onHeap(outBytes) : ByteQueue.direct(outBytes);
        netIn = tls ? ByteQueue.onHeap(netInBytes) : null;
        netOut = tls ? ByteQueue.onHeap(netOutBytes) : null;
    }

    /** For a connection that is not authenticated yet. */
    static ConnectionBuffers small(final boolean tls) {
        return tls
            ? new ConnectionBuffers(2 * ChannelLimits.TLS_DATA_BYTES, SMALL_BYTES, 2 * ChannelLimits.TLS_RECORD_BYTES,
                ChannelLimits.TLS_RECORD_BYTES)
            : new ConnectionBuffers(SMALL_BYTES, SMALL_BYTES, 0, 0);
    }

    static ConnectionBuffers large(final boolean tls) {
        final int net = tls ? 16 * ChannelLimits.TLS_RECORD_BYTES : 0;
        return new ConnectionBuffers(2 * FRAME_BYTES, COALESCED_BYTES + CONTROL_BYTES + FRAME_BYTES, net, net);
    }

    void clear() {
        in.clear();
        out.clear();
        if (netIn != null) {
            netIn.clear();
            netOut.clear();
        }
    }

    /** Takes over what a smaller set still holds. */
    void takeFrom(final ConnectionBuffers small) {
        clear();
        small.in.moveTo(in);
        small.out.moveTo(out);
        if (netIn != null) {
            small.netIn.moveTo(netIn);
            small.netOut.moveTo(netOut);
        }
    }
}
