package io.holdfast.tcp;

import io.holdfast.buffer.StreamBuffer;
import io.holdfast.wire.TcpSegment;

/**
 * One connection. Every method is for the thread that runs the shard, except that the application's side of
 * {@link #sendBuffer()} (append) and {@link #receiveBuffer()} (read, release) is the application's. After any verb the
 * owner asks {@link #takeEvents()}, {@link #transmitPending()} and {@link #nextDeadlineNs()}.
 */
public final class TcpConnection {
    /** Readiness events, see {@link #takeEvents()}. */
    public static final int CONNECTED = 1;
    /** New bytes to read. */
    public static final int READABLE = 1 << 1;
    /** Room in the send buffer again, at least a third of it. */
    public static final int WRITABLE = 1 << 2;
    /** The peer's FIN was reached: end of stream after the bytes that are there. */
    public static final int PEER_CLOSED = 1 << 3;
    /** {@link #error()} says why; the connection is closed. */
    public static final int FAILED = 1 << 4;
    /** Reached CLOSED: the owner removes it from its table and frees it. */
    public static final int CLOSED = 1 << 5;
    /** Entered TIME_WAIT: the application is done with it, the table not yet. */
    public static final int TIME_WAIT = 1 << 6;

    private TcpConnection() {
    }

    // Creation: see TcpStack (active open) and TcpListener (passive open), both in this package.

    public ConnectionId id() {
        throw new UnsupportedOperationException("contract only");
    }

    public TcpState state() {
        throw new UnsupportedOperationException("contract only");
    }

    /** A segment for this connection arrived; its payload is copied before this returns. */
    public void onSegment(final TcpSegment segment, final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    public void onTimer(final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Earliest deadline of any timer, {@code Deadline.NONE} if there is none. */
    public long nextDeadlineNs() {
        throw new UnsupportedOperationException("contract only");
    }

    /** Something may be sent: data, an acknowledgement, a FIN, a reset. */
    public boolean transmitPending() {
        throw new UnsupportedOperationException("contract only");
    }

    /**
     * Sends what may be sent.
     *
     * @param budgetBytes about how much payload at most, so that one connection does not keep the shard from others
     * @return true if the budget or the device ended it, and there is more
     */
    public boolean pollTransmit(final long nowNs, final SegmentSink sink, final int budgetBytes) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Readiness events since the last call, as a bit set; clears them. */
    public int takeEvents() {
        throw new UnsupportedOperationException("contract only");
    }

    // --- the application's verbs, brought by the stack ---

    /** The application appended to the send buffer. */
    public void onApplicationWrote(final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** The application released bytes of the receive buffer: the window may open. */
    public void onApplicationRead(final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Half-close: a FIN after what is in the send buffer. No bytes may be appended afterwards. */
    public void shutdownWrite(final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Nothing more will be read: arriving data is acknowledged and dropped, as Linux does after SHUT_RD. */
    public void shutdownRead(final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Close: reset if there are unread bytes (RFC 2525 2.17) or linger is 0, otherwise FIN after what is in the send buffer. */
    public void close(final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Reset, dropping all data. */
    public void abort(final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    // --- the path ---

    /** A validated "fragmentation needed" or "packet too big" for this connection: packets of at most {@code mtu} fit. */
    public void onPathMtu(final int mtu, final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** A validated ICMP error that quotes sequence number {@code seq}; {@code hard} ones end a handshake (RFC 5927). */
    public void onIcmpError(final TcpError error, final boolean hard, final int seq, final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    // --- what the application sees ---

    public StreamBuffer sendBuffer() {
        throw new UnsupportedOperationException("contract only");
    }

    public StreamBuffer receiveBuffer() {
        throw new UnsupportedOperationException("contract only");
    }

    /** Why the connection failed; null if it did not. */
    public TcpError error() {
        throw new UnsupportedOperationException("contract only");
    }

    /** Options the application may set; the connection must be told through {@link #onOptionsChanged}. */
    public TcpOptions options() {
        throw new UnsupportedOperationException("contract only");
    }

    public void onOptionsChanged(final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Fills in what Linux's TCP_INFO would say. */
    public void info(final TcpInfo info, final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Gives the buffers' memory back; the last call. */
    public void free() {
        throw new UnsupportedOperationException("contract only");
    }
}
