package io.holdfast.socket;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;

/** A UDP socket. Any thread. */
public final class DatagramSocket implements Closeable {
    DatagramSocket() {
    }

    public void bind(final InetSocketAddress local) throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    /** Fixes the peer; null dissolves. */
    public void connect(final InetSocketAddress remote) throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    /** Takes one datagram; what does not fit is lost. Returns its source, or null if there is none. */
    public InetSocketAddress receive(final ByteBuffer dst) throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    /** Bytes sent; 0 if the device is full. {@code remote} null: the connected peer. */
    public int send(final ByteBuffer src, final InetSocketAddress remote) throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    public int readiness() {
        throw new UnsupportedOperationException("contract only");
    }

    public void readinessListener(final ReadinessListener listener) {
        throw new UnsupportedOperationException("contract only");
    }

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

    public InetSocketAddress remoteAddress() {
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
