package io.holdfast.stack;

import io.holdfast.tcp.TcpConnection;

/** The application's verbs, in the order in which they must reach a connection when several come together. */
final class ApplicationVerbs {
    private ApplicationVerbs() {
    }

    static void apply(final TcpConnection connection, final int verbs, final long nowNs) {
        if ((verbs & Endpoint.OPTIONS) != 0) {
            connection.onOptionsChanged(nowNs);
        }
        if ((verbs & Endpoint.READ) != 0) {
            connection.onApplicationRead(nowNs);
        }
        if ((verbs & Endpoint.WROTE) != 0) {
            connection.onApplicationWrote(nowNs);
        }
        if ((verbs & Endpoint.SHUTDOWN_READ) != 0) {
            connection.shutdownRead(nowNs);
        }
        if ((verbs & Endpoint.SHUTDOWN_WRITE) != 0) {
            connection.shutdownWrite(nowNs);
        }
        if ((verbs & Endpoint.CLOSE) != 0) {
            connection.close(nowNs);
        }
        if ((verbs & Endpoint.ABORT) != 0) {
            connection.abort(nowNs);
        }
    }
}
