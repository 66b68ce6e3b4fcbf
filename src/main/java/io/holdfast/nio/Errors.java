package io.holdfast.nio;

import io.holdfast.socket.Readiness;
import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;

/** Turns exceptions into those that a kernel channel, or its socket adaptor, would throw. */
final class Errors {
    /** What ends a connection; beside the direction asked for, any of these must end a wait. */
    static final int ENDED = Readiness.ERROR | Readiness.HANG_UP;

    private Errors() {
    }

    /** The kernel's channels name a reset this way when reading. */
    static IOException reading(final IOException e) {
        if ("Connection reset by peer".equals(e.getMessage())) {
            final SocketException reset = new SocketException("Connection reset");
            reset.initCause(e);
            return reset;
        }
        return e;
    }

    /** What a {@code java.net} socket throws where its channel throws something else. */
    static IOException socket(final Exception e) {
        final String message;
        if (e instanceof ClosedChannelException) {
            message = "Socket is closed";
        } else if (e instanceof NotYetConnectedException) {
            message = "Socket is not connected";
        } else if (e instanceof AlreadyBoundException) {
            message = "Already bound";
        } else if (e instanceof NotYetBoundException) {
            message = "Socket is not bound yet";
        } else if (e instanceof AlreadyConnectedException) {
            message = "already connected";
        } else if (e instanceof ConnectionPendingException) {
            message = "connection pending";
        } else if (e instanceof UnresolvedAddressException) {
            message = "Unresolved address";
        } else if (e instanceof IOException io) {
            return io;
        } else if (e instanceof RuntimeException runtime) {
            throw runtime;
        } else {
            message = String.valueOf(e.getMessage());
        }
        final SocketException socket = new SocketException(message);
        socket.initCause(e);
        return socket;
    }
}
