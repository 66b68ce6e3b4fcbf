package io.holdfast.sim;

import io.holdfast.socket.Readiness;
import io.holdfast.socket.StreamSocket;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A socket as the most sensitive of its users sees it: after "nothing now" it is not asked again before an event says so. A
 * missed event thus ends the simulation in silence, which is found.
 */
final class Conduit {
    /** Told what an application does, when it has done it. */
    interface Watcher {
        /** {@code bytes} -1 for the end of the stream. */
        void onRead(Conduit conduit, int bytes);

        /** Before it does: bytes may leave at once. */
        void onWrite(Conduit conduit);

        void onWrote(Conduit conduit, int bytes);
    }

    private static final int READ_SIDE = Readiness.READ | Readiness.PEER_CLOSED | Readiness.HANG_UP | Readiness.ERROR;
    private static final int WRITE_SIDE = Readiness.WRITE | Readiness.HANG_UP | Readiness.ERROR;

    final StreamSocket socket;
    private final Watcher watcher;
    private boolean readable = true;
    private boolean writable = true;
    private boolean ended;
    private boolean connected;

    Conduit(final StreamSocket socket, final Watcher watcher) {
        this.socket = socket;
        this.watcher = watcher;
        socket.readinessListener(bits -> {
            readable |= (bits & READ_SIDE) != 0;
            writable |= (bits & WRITE_SIDE) != 0;
            connected |= (bits & (Readiness.CONNECT | Readiness.ERROR)) != 0;
        });
        connected |= (socket.readiness() & Readiness.WRITE) != 0;
    }

    @Override
    public String toString() {
        return socket.info().state + (readable ? " readable" : "") + (writable ? " writable" : "") + " in "
            + socket.available() + " out " + socket.unacknowledged();
    }

    boolean readable() {
        return readable;
    }

    boolean connected() {
        return connected;
    }

    /** Returns whether the peer has ended its stream, even if it is not read to the end. */
    boolean peerClosed() {
        return switch (socket.info().state) {
            case CLOSE_WAIT, LAST_ACK, CLOSING, TIME_WAIT, CLOSED -> true;
            default -> false;
        };
    }

    /** As the socket's, and 0 as long as no event has come. */
    int read(final ByteBuffer dst) throws IOException {
        if (!readable) {
            return 0;
        }
        final int n = socket.read(dst);
        readable = n != 0;
        if (watcher != null && (n > 0 || n < 0 && !ended)) {
            watcher.onRead(this, n);
        }
        ended |= n < 0;
        return n;
    }

    /** As the socket's, and 0 as long as no event has come. */
    int write(final ByteBuffer src) throws IOException {
        if (!writable) {
            return 0;
        }
        if (watcher != null) {
            watcher.onWrite(this);
        }
        final int n = socket.write(src);
        writable = n != 0;
        if (watcher != null) {
            watcher.onWrote(this, n);
        }
        return n;
    }
}
