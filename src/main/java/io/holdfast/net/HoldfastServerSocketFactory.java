package io.holdfast.net;

import io.holdfast.socket.HoldfastStack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Objects;
import javax.net.ServerSocketFactory;

/**
 * Listeners on the stack for programs that take a {@code ServerSocketFactory}. They bind to addresses of the stack, or to
 * the wildcard, which here is all of the stack's. For SSL, layer it: {@code SSLSocketFactory.createSocket(accepted, ...)}.
 */
public final class HoldfastServerSocketFactory extends ServerSocketFactory {
    private final HoldfastStack stack;

    public HoldfastServerSocketFactory(final HoldfastStack stack) {
        this.stack = Objects.requireNonNull(stack, "stack");
    }

    @Override
    public ServerSocket createServerSocket() {
        return new HoldfastServerSocket(stack);
    }

    @Override
    public ServerSocket createServerSocket(final int port) throws IOException {
        return createServerSocket(port, 50, null);
    }

    @Override
    public ServerSocket createServerSocket(final int port, final int backlog) throws IOException {
        return createServerSocket(port, backlog, null);
    }

    @Override
    public ServerSocket createServerSocket(final int port, final int backlog, final InetAddress address)
        throws IOException {
        final ServerSocket socket = createServerSocket();
        try {
            socket.bind(new InetSocketAddress(address, port), backlog);
            return socket;
        } catch (final IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }
}
