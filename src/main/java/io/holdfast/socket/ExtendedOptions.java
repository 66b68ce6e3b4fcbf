package io.holdfast.socket;

import java.net.SocketOption;

/**
 * The options of {@code jdk.net.ExtendedSocketOptions} that the stack has. Their module may be missing, in a small runtime image
 * or under a program of modules that does not require it; then nobody can name the JDK's, and own ones of the same names stand
 * in.
 */
final class ExtendedOptions {
    static final SocketOption<?> TCP_KEEPIDLE = find("TCP_KEEPIDLE", Integer.class);
    static final SocketOption<?> TCP_KEEPINTERVAL = find("TCP_KEEPINTERVAL", Integer.class);
    static final SocketOption<?> TCP_KEEPCOUNT = find("TCP_KEEPCOUNT", Integer.class);
    static final SocketOption<?> TCP_QUICKACK = find("TCP_QUICKACK", Boolean.class);

    private ExtendedOptions() {
    }

    private static SocketOption<?> find(final String name, final Class<?> type) {
        try {
            return (SocketOption<?>) Class.forName("jdk.net.ExtendedSocketOptions").getField(name).get(null);
        } catch (final ReflectiveOperationException e) {
            return new NativeOptions.Option<>(name, type);
        }
    }
}
