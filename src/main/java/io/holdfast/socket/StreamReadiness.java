package io.holdfast.socket;

import io.holdfast.buffer.StreamBuffer;
import io.holdfast.stack.Endpoint;
import io.holdfast.tcp.TcpConnection;

/** {@link Readiness} of a connection, from its state and from its events. */
final class StreamReadiness {
    private StreamReadiness() {
    }

    /**
     * Bits that are set now.
     *
     * @param connected the application knows that the connection is established
     */
    static int of(final Endpoint e, final boolean connected, final boolean inputShut, final boolean outputShut) {
        final int status = e.visible();
        final int connect = connected ? 0 : Readiness.CONNECT;
        final boolean peerClosed = (status & TcpConnection.PEER_CLOSED) != 0 && !e.hidesEnd();
        int bits = peerClosed ? Readiness.PEER_CLOSED | Readiness.READ : 0;
        if ((status & TcpConnection.FAILED) != 0) {
            return bits | Readiness.READ | Readiness.WRITE | Readiness.ERROR | Readiness.HANG_UP | connect;
        }
        if ((status & (TcpConnection.CLOSED | TcpConnection.TIME_WAIT)) != 0) {
            return bits | Readiness.READ | Readiness.WRITE | Readiness.HANG_UP | connect;
        }
        if ((status & TcpConnection.CONNECTED) == 0) {
            return bits;
        }
        bits |= connect;
        if (inputShut || e.readable()) {
            bits |= Readiness.READ;
        }
        final StreamBuffer out = e.connection().sendBuffer();
        if (outputShut || out.free() * 3L >= out.capacity() && !e.isStarved() && e.mayWrite()) {
            bits |= Readiness.WRITE;
        }
        if (outputShut && (peerClosed || inputShut)) {
            bits |= Readiness.HANG_UP;
        }
        return bits;
    }

    /** Bits to tell of these events of {@link TcpConnection#takeEvents()}. */
    static int ofEvents(final int events, final boolean outputShut) {
        int bits = 0;
        if ((events & TcpConnection.CONNECTED) != 0) {
            bits |= Readiness.CONNECT | Readiness.WRITE;
        }
        if ((events & TcpConnection.READABLE) != 0) {
            bits |= Readiness.READ;
        }
        // Who lingers waits on the side of writers.
        if ((events & (TcpConnection.WRITABLE | TcpConnection.FIN_ACKNOWLEDGED)) != 0) {
            bits |= Readiness.WRITE;
        }
        if ((events & TcpConnection.PEER_CLOSED) != 0) {
            bits |= Readiness.READ | Readiness.PEER_CLOSED | (outputShut ? Readiness.HANG_UP : 0);
        }
        if ((events & TcpConnection.FAILED) != 0) {
            bits |= Readiness.READ | Readiness.WRITE | Readiness.CONNECT | Readiness.ERROR | Readiness.HANG_UP;
        }
        if ((events & (TcpConnection.CLOSED | TcpConnection.TIME_WAIT)) != 0) {
            bits |= Readiness.READ | Readiness.WRITE | Readiness.HANG_UP;
        }
        return bits;
    }
}
