package io.holdfast.nio;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketImpl;

/** What {@code ServerSocket}'s constructor demands of a subclass that overrides everything. Never called. */
final class NoSocketImpl extends SocketImpl {
    private static IllegalStateException uncalled() {
        return new IllegalStateException("a channel's socket has no SocketImpl");
    }

    @Override
    protected void create(final boolean stream) {
        throw uncalled();
    }

    @Override
    protected void connect(final String host, final int port) {
        throw uncalled();
    }

    @Override
    protected void connect(final InetAddress address, final int port) {
        throw uncalled();
    }

    @Override
    protected void connect(final SocketAddress address, final int timeout) {
        throw uncalled();
    }

    @Override
    protected void bind(final InetAddress host, final int port) {
        throw uncalled();
    }

    @Override
    protected void listen(final int backlog) {
        throw uncalled();
    }

    @Override
    protected void accept(final SocketImpl s) {
        throw uncalled();
    }

    @Override
    protected InputStream getInputStream() {
        throw uncalled();
    }

    @Override
    protected OutputStream getOutputStream() {
        throw uncalled();
    }

    @Override
    protected int available() {
        throw uncalled();
    }

    @Override
    protected void close() {
        throw uncalled();
    }

    @Override
    protected void sendUrgentData(final int data) {
        throw uncalled();
    }

    @Override
    public Object getOption(final int optionId) {
        throw uncalled();
    }

    @Override
    public void setOption(final int optionId, final Object value) {
        throw uncalled();
    }
}
