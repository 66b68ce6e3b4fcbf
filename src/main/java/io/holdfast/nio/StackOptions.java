package io.holdfast.nio;

import io.holdfast.socket.ListenerSocket;
import io.holdfast.socket.NativeOptions;
import io.holdfast.socket.StreamSocket;
import java.io.IOException;
import java.net.SocketOption;
import java.nio.channels.NetworkChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/**
 * The options of stack channels: those of the kernel's channels that the stack has too. Sharing of ports is not among them. That
 * of urgent data is the JDK's own, without a public name, and known by what it is called.
 */
final class StackOptions {
    private static final String URGENT_INLINE = NativeOptions.SO_OOBINLINE.name();

    private final Set<SocketOption<?>> stream;
    private final Set<SocketOption<?>> listener;

    StackOptions(final SelectorProvider kernel) throws IOException {
        try (NetworkChannel channel = kernel.openSocketChannel()) {
            stream = supported(channel);
        }
        try (NetworkChannel channel = kernel.openServerSocketChannel()) {
            // A listener takes those of connections too, for the ones it will accept.
            listener = supported(channel);
        }
    }

    private static Set<SocketOption<?>> supported(final NetworkChannel channel) {
        final Set<SocketOption<?>> both = new HashSet<>();
        for (final SocketOption<?> option : channel.supportedOptions()) {
            if (StreamSocket.supportedOptions().contains(ours(option))) {
                both.add(option);
            }
        }
        return Collections.unmodifiableSet(both);
    }

    /** The stack's option of that name. */
    @SuppressWarnings("unchecked")
    private static <T> SocketOption<T> ours(final SocketOption<T> name) {
        return name.name().equals(URGENT_INLINE) ? (SocketOption<T>) NativeOptions.SO_OOBINLINE : name;
    }

    Set<SocketOption<?>> stream() {
        return stream;
    }

    Set<SocketOption<?>> listener() {
        return listener;
    }

    <T> void set(final StreamSocket socket, final SocketOption<T> name, final T value) throws IOException {
        socket.option(ours(name), value);
    }

    <T> T get(final StreamSocket socket, final SocketOption<T> name) throws IOException {
        return socket.option(ours(name));
    }

    <T> void set(final ListenerSocket socket, final SocketOption<T> name, final T value) throws IOException {
        socket.option(ours(name), value);
    }

    <T> T get(final ListenerSocket socket, final SocketOption<T> name) throws IOException {
        return socket.option(ours(name));
    }
}
