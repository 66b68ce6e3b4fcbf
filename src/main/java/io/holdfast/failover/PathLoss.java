package io.holdfast.failover;

/** Why a path carries nothing. Only what the peer's kernel says is a sign of its process's death. */
public enum PathLoss {
    /** A FIN or a RST came: the peer's process died, or closed the connection. */
    CLOSED_BY_PEER(true),
    /** The peer's kernel answered a connection attempt with a RST: nobody listens there. */
    REFUSED(true),
    /** Nothing came for too long, a handshake included. */
    TIMED_OUT(false),
    /** This side closed it: garbage came, another connection took its place, or it was told to. */
    CLOSED_HERE(false);

    private final boolean fromPeer;

    PathLoss(final boolean fromPeer) {
        this.fromPeer = fromPeer;
    }

    /** The peer's kernel said so, so its host lives and the network works. */
    public boolean isFromPeer() {
        return fromPeer;
    }
}
