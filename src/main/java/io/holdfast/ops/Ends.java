package io.holdfast.ops;

import io.holdfast.tcp.ConnectionId;
import io.holdfast.wire.IpAddress;

/** A connection's ends as text. */
final class Ends {
    private Ends() {
    }

    static String local(final ConnectionId id) {
        return end(id.localAddress(), id.localPort());
    }

    static String remote(final ConnectionId id) {
        return end(id.remoteAddress(), id.remotePort());
    }

    private static String end(final IpAddress address, final int port) {
        return address + ":" + port;
    }
}
