package io.holdfast.socket;

/** Readiness of a socket, as bits. Level-triggered when asked for, edge-triggered when told. */
public final class Readiness {
    /** Bytes, a datagram, or end of stream can be read; an error counts as readable too. */
    public static final int READ = 1;
    /** At least a third of the send buffer is free; a failed or write-shut socket counts as writable. */
    public static final int WRITE = 1 << 1;
    /** A connect ended, well or badly: {@code finishConnect} will say. */
    public static final int CONNECT = 1 << 2;
    /** A connection can be accepted. */
    public static final int ACCEPT = 1 << 3;
    /** The peer sent its FIN (Linux's POLLRDHUP). */
    public static final int PEER_CLOSED = 1 << 4;
    /** Both directions are over (POLLHUP). */
    public static final int HANG_UP = 1 << 5;
    /** The connection failed (POLLERR). */
    public static final int ERROR = 1 << 6;

    private Readiness() {
    }
}
