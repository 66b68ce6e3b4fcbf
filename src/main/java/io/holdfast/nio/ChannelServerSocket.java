package io.holdfast.nio;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;

/** A listening channel seen as a socket; see {@link ServerSocketChannel#socket()}. */
final class ChannelServerSocket extends ServerSocket {
    private final HybridServerSocketChannel channel;
    private final AdaptorOptions options;

    private ChannelServerSocket(final HybridServerSocketChannel channel) {
        super(new NoSocketImpl());
        this.channel = channel;
        options = new AdaptorOptions(channel);
    }

    static ServerSocket of(final HybridServerSocketChannel channel) {
        return new ChannelServerSocket(channel);
    }

    @Override
    public void bind(final SocketAddress local) throws IOException {
        bind(local, 50);
    }

    @Override
    public void bind(final SocketAddress local, final int backlog) throws IOException {
        try {
            channel.bind(local == null ? new InetSocketAddress(0) : local, backlog);
        } catch (final IOException | RuntimeException e) {
            throw Errors.socket(e);
        }
    }

    private InetSocketAddress local() {
        return AdaptorOptions.address(channel::local);
    }

    @Override
    public InetAddress getInetAddress() {
        final InetSocketAddress local = local();
        return local == null ? null : local.getAddress();
    }

    @Override
    public int getLocalPort() {
        return AdaptorOptions.port(local());
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return local();
    }

    @Override
    public Socket accept() throws IOException {
        channel.requireBlocking();
        try {
            final SocketChannel accepted = channel.accept(options.timeoutMs() == 0 ? -1 : options.timeoutMs() * 1_000_000L);
            return accepted.socket();
        } catch (final ClosedChannelException e) {
            // The JDK's adaptor lets the channel's own exception through here: closed by another thread, or by an interrupt.
            throw e;
        } catch (final IOException | RuntimeException e) {
            throw Errors.socket(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public ServerSocketChannel getChannel() {
        return channel;
    }

    @Override
    public boolean isBound() {
        return local() != null;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public void setSoTimeout(final int timeout) throws SocketException {
        options.timeoutMs(timeout);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return options.openTimeoutMs();
    }

    @Override
    public void setReuseAddress(final boolean on) throws SocketException {
        options.set(StandardSocketOptions.SO_REUSEADDR, on);
    }

    @Override
    public boolean getReuseAddress() throws SocketException {
        return options.value(StandardSocketOptions.SO_REUSEADDR);
    }

    @Override
    public void setReceiveBufferSize(final int size) throws SocketException {
        if (size <= 0) {
            throw new IllegalArgumentException("size cannot be 0 or negative");
        }
        options.set(StandardSocketOptions.SO_RCVBUF, size);
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return options.value(StandardSocketOptions.SO_RCVBUF);
    }

    @Override
    public void setPerformancePreferences(final int connectionTime, final int latency, final int bandwidth) {
        // Nothing to prefer.
    }

    @Override
    public <T> ServerSocket setOption(final SocketOption<T> name, final T value) throws IOException {
        channel.setOption(name, value);
        return this;
    }

    @Override
    public <T> T getOption(final SocketOption<T> name) throws IOException {
        return channel.getOption(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return channel.supportedOptions();
    }

    @Override
    public String toString() {
        return isBound() ? "ServerSocket[addr=" + getInetAddress() + ",localport=" + getLocalPort() + "]"
            : "ServerSocket[unbound]";
    }
}
