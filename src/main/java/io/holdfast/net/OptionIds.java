package io.holdfast.net;

import io.holdfast.socket.NativeOptions;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.StandardSocketOptions;

/** The numbers by which {@code java.net} has named options since before they had objects. */
final class OptionIds {
    private OptionIds() {
    }

    /** Null for one that the stack does not have: sharing of ports. */
    static SocketOption<?> of(final int optionId) throws SocketException {
        return switch (optionId) {
            case SocketOptions.TCP_NODELAY -> StandardSocketOptions.TCP_NODELAY;
            case SocketOptions.SO_KEEPALIVE -> StandardSocketOptions.SO_KEEPALIVE;
            case SocketOptions.SO_LINGER -> StandardSocketOptions.SO_LINGER;
            case SocketOptions.SO_RCVBUF -> StandardSocketOptions.SO_RCVBUF;
            case SocketOptions.SO_SNDBUF -> StandardSocketOptions.SO_SNDBUF;
            case SocketOptions.SO_REUSEADDR -> StandardSocketOptions.SO_REUSEADDR;
            case SocketOptions.IP_TOS -> StandardSocketOptions.IP_TOS;
            case SocketOptions.SO_OOBINLINE -> NativeOptions.SO_OOBINLINE;
            case SocketOptions.SO_REUSEPORT -> null;
            default -> throw new SocketException("Unknown option " + optionId);
        };
    }

    @SuppressWarnings("unchecked")
    static <T> void set(final StackSocketImpl socket, final SocketOption<T> name, final Object value)
        throws IOException {
        // "false" turns linger off.
        final Object known = name == StandardSocketOptions.SO_LINGER && value instanceof Boolean ? (Object) (-1) : value;
        socket.setOption(name, (T) known);
    }
}
