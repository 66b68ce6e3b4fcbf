package io.holdfast.tcp;

import io.holdfast.wire.IpAddress;
import io.holdfast.wire.TcpSegment;

/**
 * A passive socket: SYN backlog, SYN cookies, accept queue (RFC 9293 3.10.2, RFC 4987). Shard's thread only. The stack
 * gives it every segment for its address and port that no connection claims; connections it creates are put into the
 * stack's table through {@link TcpStack.Table}.
 */
public final class TcpListener {
    TcpListener() {
        throw new UnsupportedOperationException("contract only");
    }

    /**
     * A segment that no connection claims.
     *
     * @param sink takes answers that have no connection: SYN cookies, resets
     */
    public void onSegment(final IpAddress local, final IpAddress remote, final TcpSegment segment, final SegmentSink sink,
        final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Established connections waiting for accept. */
    public int acceptable() {
        throw new UnsupportedOperationException("contract only");
    }

    /** The next established connection, or null. */
    public TcpConnection accept() {
        throw new UnsupportedOperationException("contract only");
    }

    /** As with the second listen(2). */
    public void backlog(final int backlog) {
        throw new UnsupportedOperationException("contract only");
    }

    public TcpOptions options() {
        throw new UnsupportedOperationException("contract only");
    }

    /** Resets what was not accepted, forgets what is half open. */
    public void close(final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }
}
