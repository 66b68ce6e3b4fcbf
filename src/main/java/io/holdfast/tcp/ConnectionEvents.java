package io.holdfast.tcp;

/** What an application may be told of a connection, as bits; see {@link TcpConnection#takeEvents()}. */
public interface ConnectionEvents {
    /** The handshake is over. */
    int CONNECTED = 1;
    /** New bytes to read. */
    int READABLE = 1 << 1;
    /** Room in the send buffer again, at least a third of it. */
    int WRITABLE = 1 << 2;
    /** The peer's FIN was reached: end of stream after the bytes that are there. */
    int PEER_CLOSED = 1 << 3;
    /** {@link TcpConnection#error()} says why; the connection is closed. */
    int FAILED = 1 << 4;
    /** Reached CLOSED and has nothing more to send: the owner removes it from its table and frees it. */
    int CLOSED = 1 << 5;
    /** Entered TIME_WAIT: the application is done with it, the table not yet. */
    int TIME_WAIT = 1 << 6;
    /** The segment just given is for a new connection in this one's place: remove this one, offer the segment anew. */
    int RECYCLED = 1 << 7;
    /** The peer has acknowledged our FIN, and with it all that was sent; it may still send. */
    int FIN_ACKNOWLEDGED = 1 << 8;
}
