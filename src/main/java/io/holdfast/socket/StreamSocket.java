package io.holdfast.socket;

import io.holdfast.tcp.TcpInfo;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;

/**
 * A TCP connection, or one to be. Any thread; at most one thread reads and one writes at a time (others must be kept out
 * by the caller, as NIO channels do). Non-blocking by nature: {@link #await} blocks.
 *
 * <p>Errors are {@code IOException}s with the kernel's wording ("Connection reset by peer"), {@code ConnectException},
 * {@code NoRouteToHostException}, {@code BindException}, {@code ClosedChannelException} after a local close.
 */
public final class StreamSocket implements Closeable {
    StreamSocket() {
    }

    public void bind(final InetSocketAddress local) throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    /** Sends the SYN; {@link Readiness#CONNECT} tells the end. Returns true if it ended at once. */
    public boolean connect(final InetSocketAddress remote) throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    /** True if connected, false if still under way; throws what ended it. */
    public boolean finishConnect() throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    /** Bytes read, 0 if there are none, -1 at the end of the stream. */
    public int read(final ByteBuffer dst) throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    public long read(final ByteBuffer[] dsts, final int offset, final int length) throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    /** Copies without consuming, like MSG_PEEK. */
    public int peek(final ByteBuffer dst) throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    /** Bytes taken, 0 if the send buffer is full. */
    public int write(final ByteBuffer src) throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    public long write(final ByteBuffer[] srcs, final int offset, final int length) throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    /** Current {@link Readiness} bits. */
    public int readiness() {
        throw new UnsupportedOperationException("contract only");
    }

    /** At most one; null for none. */
    public void readinessListener(final ReadinessListener listener) {
        throw new UnsupportedOperationException("contract only");
    }

    /**
     * Blocks until one of the bits is set, the time is up, the thread is interrupted, or the socket is closed by another
     * thread.
     *
     * @param timeoutNs negative: no limit
     * @return the bits that are set; 0 after a timeout or interrupt
     */
    public int await(final int interest, final long timeoutNs) {
        throw new UnsupportedOperationException("contract only");
    }

    public void shutdownInput() throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    public void shutdownOutput() throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    /** Standard and extended options that Linux's sockets support; {@code UnsupportedOperationException} for others. */
    public <T> void option(final SocketOption<T> name, final T value) throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    public <T> T option(final SocketOption<T> name) throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    /** Bytes that can be read now (SIOCINQ). */
    public int available() {
        throw new UnsupportedOperationException("contract only");
    }

    /** Bytes written and not yet acknowledged (SIOCOUTQ). */
    public int unacknowledged() {
        throw new UnsupportedOperationException("contract only");
    }

    /** null if not bound. */
    public InetSocketAddress localAddress() {
        throw new UnsupportedOperationException("contract only");
    }

    /** null if not connected. */
    public InetSocketAddress remoteAddress() {
        throw new UnsupportedOperationException("contract only");
    }

    public boolean isOpen() {
        throw new UnsupportedOperationException("contract only");
    }

    public TcpInfo info() {
        throw new UnsupportedOperationException("contract only");
    }

    /** Orderly close; what was written is still delivered. With linger set, blocks as SO_LINGER says. */
    @Override
    public void close() {
        throw new UnsupportedOperationException("contract only");
    }

    /** Reset. */
    public void abort() {
        throw new UnsupportedOperationException("contract only");
    }
}
