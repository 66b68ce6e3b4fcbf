package io.holdfast.nio;

import io.holdfast.socket.ListenerSocket;
import io.holdfast.socket.StreamSocket;
import java.io.IOException;
import java.net.SocketOption;
import java.nio.channels.NetworkChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/**
 * The options of stack channels: those of the kernel's channels, as far as they make sense without hardware. Two have no
 * meaning in the stack and read as they do by default: urgent data inline, and sharing of ports.
 */
final class StackOptions {
    private static final Set<String> INERT = Set.of("SO_OOBINLINE", "SO_REUSEPORT");

    private final Set<SocketOption<?>> stream;
    private final Set<SocketOption<?>> listener;

    StackOptions(final SelectorProvider kernel) throws IOException {
        try (NetworkChannel channel = kernel.openSocketChannel()) {
            stream = supported(channel, StreamSocket.supportedOptions());
        }
        try (NetworkChannel channel = kernel.openServerSocketChannel()) {
            // A listener takes those of connections too, for the ones it will accept.
            listener = supported(channel, StreamSocket.supportedOptions());
        }
    }

    private static Set<SocketOption<?>> supported(final NetworkChannel channel, final Set<SocketOption<?>> stack) {
        final Set<SocketOption<?>> both = new HashSet<>();
        for (final SocketOption<?> option : channel.supportedOptions()) {
            if (stack.contains(option) || INERT.contains(option.name())) {
                both.add(option);
            }
        }
        return Collections.unmodifiableSet(both);
    }

    Set<SocketOption<?>> stream() {
        return stream;
    }

    Set<SocketOption<?>> listener() {
        return listener;
    }

    private static boolean isInert(final SocketOption<?> name, final Set<SocketOption<?>> known) {
        return !known.contains(name) && INERT.contains(name.name());
    }

    <T> void set(final StreamSocket socket, final SocketOption<T> name, final T value) throws IOException {
        if (!isInert(name, StreamSocket.supportedOptions())) {
            socket.option(name, value);
        }
    }

    @SuppressWarnings("unchecked")
    <T> T get(final StreamSocket socket, final SocketOption<T> name) throws IOException {
        return isInert(name, StreamSocket.supportedOptions()) ? (T) Boolean.FALSE : socket.option(name);
    }

    <T> void set(final ListenerSocket socket, final SocketOption<T> name, final T value) throws IOException {
        if (!isInert(name, StreamSocket.supportedOptions())) {
            socket.option(name, value);
        }
    }

    @SuppressWarnings("unchecked")
    <T> T get(final ListenerSocket socket, final SocketOption<T> name) throws IOException {
        return isInert(name, StreamSocket.supportedOptions()) ? (T) Boolean.FALSE : socket.option(name);
    }
}
