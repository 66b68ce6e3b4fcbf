package io.holdfast.replication.channel;

import java.io.IOException;
import javax.net.ssl.SSLException;

/** Why a path carries nothing. Only what the peer's kernel says is a sign of its process's death. */
public enum PathLoss {
    /** A FIN or a RST came without a word before it: the peer's process died. */
    CLOSED_BY_PEER(true),
    /** The peer's process said that it closes this connection: it lives, and has heard nothing, or wants a new one. */
    LEFT_BY_PEER(false),
    /** The peer's kernel answered a connection attempt with a RST: nobody listens there. */
    REFUSED(true),
    /** Nothing came for too long. */
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

    /** What a failed read means. The JDK tells errno only in words. */
    static PathLoss of(final IOException error) {
        if (error instanceof Refusal || error instanceof SSLException) {
            return CLOSED_HERE;
        }
        final String message = String.valueOf(error.getMessage());
        return message.contains("timed out") || message.contains("unreachable") || message.contains("No route") ? TIMED_OUT
            : CLOSED_BY_PEER;
    }
}
