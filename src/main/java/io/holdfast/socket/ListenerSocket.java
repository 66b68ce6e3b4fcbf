package io.holdfast.socket;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;

/** A passive TCP socket. Any thread, also several accepting at a time. */
public final class ListenerSocket implements Closeable {
    ListenerSocket() {
    }

    /** Binds without listening. */
    public void bind(final InetSocketAddress local) throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    /** Listens; may be called again to change the backlog. Binds to an ephemeral port if not bound. */
    public void listen(final int backlog) throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    /** The next connection, or null if none is there. */
    public StreamSocket accept() throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    public int readiness() {
        throw new UnsupportedOperationException("contract only");
    }

    public void readinessListener(final ReadinessListener listener) {
        throw new UnsupportedOperationException("contract only");
    }

    /** As {@link StreamSocket#await}. */
    public int await(final int interest, final long timeoutNs) {
        throw new UnsupportedOperationException("contract only");
    }

    public <T> void option(final SocketOption<T> name, final T value) throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    public <T> T option(final SocketOption<T> name) throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    public InetSocketAddress localAddress() {
        throw new UnsupportedOperationException("contract only");
    }

    public boolean isOpen() {
        throw new UnsupportedOperationException("contract only");
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException("contract only");
    }
}
