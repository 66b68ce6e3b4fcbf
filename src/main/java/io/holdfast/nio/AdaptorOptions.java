package io.holdfast.nio;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.NetworkChannel;

/**
 * What {@link ChannelSocket} and {@link ChannelServerSocket} have in common: the channel's options and addresses with a socket's
 * errors, and the time limit. Any thread.
 */
final class AdaptorOptions {
    /** Where an adaptor finds an address of its channel; also after close. */
    interface AddressSource {
        InetSocketAddress address() throws IOException;
    }

    private final NetworkChannel channel;
    private volatile int timeoutMs;

    AdaptorOptions(final NetworkChannel channel) {
        this.channel = channel;
    }

    void requireOpen() throws SocketException {
        if (!channel.isOpen()) {
            throw new SocketException("Socket is closed");
        }
    }

    /** Null if there is none, or it cannot be had. */
    static InetSocketAddress address(final AddressSource source) {
        try {
            return source.address();
        } catch (final IOException e) {
            return null;
        }
    }

    /** As {@code getLocalPort} has it: -1 if not bound. */
    static int port(final InetSocketAddress local) {
        return local == null ? -1 : local.getPort();
    }

    <T> void set(final SocketOption<T> name, final T value) throws SocketException {
        try {
            channel.setOption(name, value);
        } catch (final IOException e) {
            throw asSocketException(e);
        }
    }

    <T> T value(final SocketOption<T> name) throws SocketException {
        try {
            return channel.getOption(name);
        } catch (final IOException e) {
            throw asSocketException(e);
        }
    }

    private static SocketException asSocketException(final IOException e) {
        final IOException translated = Errors.socket(e);
        if (translated instanceof SocketException socket) {
            return socket;
        }
        final SocketException socket = new SocketException(e.getMessage());
        socket.initCause(e);
        return socket;
    }

    /** SO_TIMEOUT; 0 for no limit. */
    void timeoutMs(final int value) throws SocketException {
        requireOpen();
        if (value < 0) {
            throw new IllegalArgumentException("timeout < 0");
        }
        timeoutMs = value;
    }

    int openTimeoutMs() throws SocketException {
        requireOpen();
        return timeoutMs;
    }

    /** Whether open or not. */
    int timeoutMs() {
        return timeoutMs;
    }
}
