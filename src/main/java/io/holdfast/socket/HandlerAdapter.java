package io.holdfast.socket;

/** Turns readiness into the calls of a {@link ConnectionHandler}. By the thread that runs the shard. */
final class HandlerAdapter implements ReadinessListener {
    private final StreamSocket socket;
    private final ConnectionHandler handler;
    private boolean ended;

    HandlerAdapter(final StreamSocket socket, final ConnectionHandler handler) {
        this.socket = socket;
        this.handler = handler;
    }

    /** The first events of an accepted connection, and whatever was there before it was accepted. */
    static void begin(final StreamSocket socket, final ConnectionHandler handler) {
        try {
            handler.onConnected(socket);
            readable(socket, handler);
        } catch (final Throwable e) {
            socket.abort();
            throw new HandlerException(e);
        }
    }

    /** Tells it of what was there before it was. */
    static void readable(final StreamSocket socket, final ConnectionHandler handler) throws Exception {
        if (socket.isOpen() && (socket.readiness() & Readiness.READ) != 0) {
            handler.onReadable(socket);
        }
    }

    @Override
    public void onReady(final int ready) {
        if (ended) {
            return;
        }
        try {
            if ((ready & Readiness.CONNECT) != 0 && (ready & Readiness.ERROR) == 0 && socket.finishConnect()) {
                handler.onConnected(socket);
            }
            if ((ready & Readiness.READ) != 0 && socket.isOpen()) {
                handler.onReadable(socket);
            }
            if ((ready & Readiness.WRITE) != 0 && socket.isOpen()) {
                handler.onWritable(socket);
            }
        } catch (final Throwable e) {
            socket.abort();
            end();
            // A failed connection makes read and write throw: its handler's exception is then no news.
            if ((ready & Readiness.ERROR) == 0) {
                throw new HandlerException(e);
            }
        }
        if ((ready & (Readiness.HANG_UP | Readiness.ERROR)) != 0 || !socket.isOpen()) {
            end();
        }
    }

    private void end() {
        if (!ended) {
            ended = true;
            socket.close();
            handler.onClosed(socket);
        }
    }

    /** What left an application's handler; the shard counts it. */
    static final class HandlerException extends RuntimeException {
        private static final long serialVersionUID = 1;

        HandlerException(final Throwable cause) {
            super("handler failed", cause);
        }
    }
}
