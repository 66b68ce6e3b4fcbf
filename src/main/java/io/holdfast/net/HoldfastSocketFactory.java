package io.holdfast.net;

import io.holdfast.socket.HoldfastStack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.Objects;
import javax.net.SocketFactory;

/** Connections from the stack for programs that take a {@code SocketFactory}: all of them leave through the stack. */
public final class HoldfastSocketFactory extends SocketFactory {
    private final HoldfastStack stack;

    public HoldfastSocketFactory(final HoldfastStack stack) {
        this.stack = Objects.requireNonNull(stack, "stack");
    }

    @Override
    public Socket createSocket() throws IOException {
        return new HoldfastSocket(stack);
    }

    @Override
    public Socket createSocket(final String host, final int port) throws IOException {
        return connected(resolved(host, port), null);
    }

    @Override
    public Socket createSocket(
        final String host,
        final int port,
        final InetAddress localAddress,
        final int localPort) throws IOException {
        return connected(resolved(host, port), new InetSocketAddress(localAddress, localPort));
    }

    @Override
    public Socket createSocket(final InetAddress host, final int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(
        final InetAddress host,
        final int port,
        final InetAddress localAddress,
        final int localPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(localAddress, localPort));
    }

    private static InetSocketAddress resolved(final String host, final int port) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(host), port);
    }

    private Socket connected(final InetSocketAddress remote, final InetSocketAddress local) throws IOException {
        final Socket socket = createSocket();
        try {
            if (local != null) {
                socket.bind(local);
            }
            socket.connect(remote);
            return socket;
        } catch (final IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }
}
