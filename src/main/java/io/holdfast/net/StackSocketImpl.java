package io.holdfast.net;

import io.holdfast.socket.HoldfastStack;
import io.holdfast.socket.KernelAcceptor;
import io.holdfast.socket.ListenerSocket;
import io.holdfast.socket.Readiness;
import io.holdfast.socket.StreamSocket;
import io.holdfast.stack.StackRoom;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A socket or a listener of the stack behind {@code java.net}'s classes. Threads wait in the stack's own waits, where
 * platform threads may run the shard and virtual ones park.
 */
class StackSocketImpl extends SocketImpl {
    private final HoldfastStack stack;
    private final boolean server;
    private final ReentrantLock readLock = new ReentrantLock();
    private final ReentrantLock writeLock = new ReentrantLock();
    private volatile StreamSocket stream;
    private volatile ListenerSocket listener;
    private volatile KernelAcceptor<SocketImpl> kernelSide;
    private volatile int timeoutMs;
    private volatile boolean inputShut;
    private volatile boolean closed;

    StackSocketImpl(final HoldfastStack stack, final boolean server) {
        this.stack = stack;
        this.server = server;
    }

    @Override
    protected void create(final boolean streaming) throws IOException {
        if (!streaming) {
            throw new SocketException("datagram sockets are the kernel's");
        }
        if (server) {
            listener = stack.openListener();
            listener.option(StandardSocketOptions.SO_REUSEADDR, true);
        } else {
            stream = stack.openStream();
        }
    }

    // --- connecting and accepting ---

    @Override
    protected void connect(final String host, final int remotePort) throws IOException {
        connect(new InetSocketAddress(host, remotePort), 0);
    }

    @Override
    protected void connect(final InetAddress remote, final int remotePort) throws IOException {
        connect(new InetSocketAddress(remote, remotePort), 0);
    }

    @Override
    protected void connect(final SocketAddress remote, final int timeout) throws IOException {
        StackRoom.forChannel();
        if (!(remote instanceof InetSocketAddress inet)) {
            throw new IllegalArgumentException("Unsupported address type");
        }
        if (inet.isUnresolved()) {
            throw new UnknownHostException(inet.getHostName());
        }
        writeLock.lock();
        try (Waits waits = new Waits(timeout, "Connect timed out")) {
            address = inet.getAddress();
            port = inet.getPort();
            boolean connected = openStream().connect(inet);
            while (!connected) {
                waits.once(this, leftNs -> stream.await(Readiness.CONNECT, leftNs));
                connected = stream.finishConnect();
            }
            localport = stream.localAddress().getPort();
        } catch (final IOException e) {
            close();
            throw translated(e);
        } finally {
            writeLock.unlock();
        }
    }

    @Override
    protected void bind(final InetAddress host, final int localPort) throws IOException {
        StackRoom.forChannel();
        final InetSocketAddress local = new InetSocketAddress(host, localPort);
        try {
            if (server) {
                openListener().bind(local);
                address = listener.localAddress().getAddress();
                localport = listener.localAddress().getPort();
            } else {
                openStream().bind(local);
                localport = stream.localAddress().getPort();
            }
        } catch (final IOException e) {
            throw translated(e);
        }
    }

    @Override
    protected void listen(final int backlog) throws IOException {
        StackRoom.forChannel();
        openListener().listen(backlog < 1 ? 50 : backlog);
    }

    @Override
    protected void accept(final SocketImpl accepted) throws IOException {
        final ListenerSocket from = openListener();
        ((StackSocketImpl) accepted).adopt(accepted(from, () -> from.accept()));
    }

    /** Accepts at the kernel, too, from now on. */
    final void kernelSide(final KernelListener listening) {
        kernelSide = new KernelAcceptor<>(listener, listening);
        listener.kernelSide(kernelSide);
    }

    /** A client of either side: one of this class, or the kernel's. */
    final SocketImpl acceptAny() throws IOException {
        final ListenerSocket from = openListener();
        return accepted(from, () -> {
            final StreamSocket next = from.accept();
            if (next != null) {
                final StackSocketImpl accepted = new StackSocketImpl(stack, false);
                accepted.adopt(next);
                return accepted;
            }
            return kernelSide == null ? null : kernelSide.accept();
        });
    }

    /** Blocks until a client is there, at most for the socket's timeout. */
    private <T> T accepted(final ListenerSocket from, final Accepting<T> accepting) throws IOException {
        StackRoom.forChannel();
        try (Waits waits = new Waits(timeoutMs, "Accept timed out")) {
            T next = accepting.next();
            while (next == null) {
                waits.once(this, leftNs -> from.await(Readiness.ACCEPT, leftNs));
                next = accepting.next();
            }
            return next;
        } catch (final IOException e) {
            throw translated(e);
        }
    }

    private interface Accepting<T> {
        /** null if nobody is there. */
        T next() throws IOException;
    }

    /** Becomes the socket of an accepted connection. */
    final void adopt(final StreamSocket accepted) {
        final StreamSocket unused = stream;
        if (unused != null) {
            unused.close();
        }
        stream = accepted;
        final InetSocketAddress remote = accepted.remoteAddress();
        address = remote.getAddress();
        port = remote.getPort();
        localport = accepted.localAddress().getPort();
    }

    private StreamSocket openStream() throws SocketException {
        final StreamSocket open = stream;
        if (closed || open == null) {
            throw new SocketException("Socket closed");
        }
        return open;
    }

    private ListenerSocket openListener() throws SocketException {
        final ListenerSocket open = listener;
        if (closed || open == null) {
            throw new SocketException("Socket closed");
        }
        return open;
    }

    // --- bytes ---

    private int read(final byte[] dst, final int offset, final int length) throws IOException {
        StackRoom.forChannel();
        if (length == 0) {
            return 0;
        }
        final StreamSocket from = openStream();
        readLock.lock();
        try (Waits waits = new Waits(timeoutMs, "Read timed out")) {
            final ByteBuffer buffer = ByteBuffer.wrap(dst, offset, length);
            int n = readOnce(from, buffer);
            while (n == 0) {
                waits.once(this, leftNs -> from.await(Readiness.READ, leftNs), from::givesUp);
                n = readOnce(from, buffer);
            }
            return n;
        } catch (final IOException e) {
            throw "Connection reset by peer".equals(e.getMessage())
                ? new SocketException("Connection reset") : translated(e);
        } finally {
            readLock.unlock();
        }
    }

    private int readOnce(final StreamSocket from, final ByteBuffer buffer) throws IOException {
        return inputShut ? -1 : from.read(buffer);
    }

    private void write(final byte[] src, final int offset, final int length) throws IOException {
        StackRoom.forChannel();
        final StreamSocket to = openStream();
        writeLock.lock();
        try (Waits waits = new Waits(0, "")) {
            final ByteBuffer buffer = ByteBuffer.wrap(src, offset, length);
            while (buffer.hasRemaining()) {
                to.write(buffer);
                if (buffer.hasRemaining()) {
                    waits.once(this, leftNs -> to.await(Readiness.WRITE, leftNs));
                }
            }
        } catch (final IOException e) {
            throw translated(e);
        } finally {
            writeLock.unlock();
        }
    }

    @Override
    protected InputStream getInputStream() {
        serve();
        return new Input();
    }

    @Override
    protected OutputStream getOutputStream() {
        serve();
        return new Output();
    }

    /** Whoever takes the streams is going to serve the connection, and may draw numbers before it reads or writes. */
    private void serve() {
        final StreamSocket s = stream;
        if (s != null) {
            s.serve();
        }
    }

    @Override
    protected int available() throws IOException {
        return inputShut ? 0 : openStream().available();
    }

    // --- the end ---

    @Override
    protected void close() throws IOException {
        closed = true;
        final StreamSocket closingStream = stream;
        if (closingStream != null) {
            closingStream.close();
        }
        final ListenerSocket closingListener = listener;
        if (closingListener != null) {
            closingListener.close();
        }
    }

    @Override
    protected void shutdownInput() throws IOException {
        StackRoom.forChannel();
        inputShut = true;
        openStream().shutdownInput();
    }

    @Override
    protected void shutdownOutput() throws IOException {
        StackRoom.forChannel();
        openStream().shutdownOutput();
    }

    // --- seen by this package too ---

    @Override
    protected InetAddress getInetAddress() {
        return super.getInetAddress();
    }

    @Override
    protected int getPort() {
        return super.getPort();
    }

    @Override
    protected int getLocalPort() {
        return super.getLocalPort();
    }

    @Override
    protected boolean supportsUrgentData() {
        return true;
    }

    /** As a byte of the stream: urgent data is a mistake of the protocol's that the stack does not repeat (RFC 6093). */
    @Override
    protected void sendUrgentData(final int data) throws IOException {
        write(new byte[] {(byte) data}, 0, 1);
    }

    // --- options ---

    @Override
    public void setOption(final int optionId, final Object value) throws SocketException {
        if (optionId == SO_TIMEOUT) {
            final int timeout = (Integer) value;
            if (timeout < 0) {
                throw new IllegalArgumentException("timeout < 0");
            }
            timeoutMs = timeout;
            return;
        }
        final SocketOption<?> name = OptionIds.of(optionId);
        if (name == null) {
            return;
        }
        try {
            OptionIds.set(this, name, value);
        } catch (final IOException e) {
            throw asSocketException(e);
        }
    }

    @Override
    public Object getOption(final int optionId) throws SocketException {
        if (closed) {
            throw new SocketException("Socket closed");
        }
        if (optionId == SO_TIMEOUT) {
            return timeoutMs;
        }
        if (optionId == SO_BINDADDR) {
            final InetSocketAddress local = stream != null ? stream.localAddress() : listener.localAddress();
            return local == null ? new InetSocketAddress(0).getAddress() : local.getAddress();
        }
        final SocketOption<?> name = OptionIds.of(optionId);
        if (name == null) {
            return Boolean.FALSE;
        }
        try {
            final Object value = getOption(name);
            return optionId == SO_LINGER && (Integer) value < 0 ? Boolean.FALSE : value;
        } catch (final IOException e) {
            throw asSocketException(e);
        }
    }

    @Override
    protected <T> void setOption(final SocketOption<T> name, final T value) throws IOException {
        if (server) {
            openListener().option(name, value);
        } else {
            openStream().option(name, value);
        }
    }

    @Override
    protected <T> T getOption(final SocketOption<T> name) throws IOException {
        return server ? openListener().option(name) : openStream().option(name);
    }

    @Override
    protected Set<SocketOption<?>> supportedOptions() {
        return server ? ListenerSocket.supportedOptions() : StreamSocket.supportedOptions();
    }

    private static SocketException named(final String message, final IOException cause) {
        final SocketException e = new SocketException(message);
        e.initCause(cause);
        return e;
    }

    /** What {@code java.net} throws where the stack throws this; a timeout stays one. */
    private static IOException translated(final IOException e) {
        return e instanceof InterruptedIOException ? e : asSocketException(e);
    }

    private static SocketException asSocketException(final IOException e) {
        if (e instanceof SocketException socket) {
            return socket;
        }
        return named(e instanceof ClosedChannelException ? "Socket closed" : e.getMessage(), e);
    }

    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            final byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(final byte[] dst, final int offset, final int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, dst.length);
            return StackSocketImpl.this.read(dst, offset, length);
        }

        @Override
        public int available() throws IOException {
            return StackSocketImpl.this.available();
        }

        @Override
        public void close() throws IOException {
            StackSocketImpl.this.close();
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(final int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(final byte[] src, final int offset, final int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, src.length);
            StackSocketImpl.this.write(src, offset, length);
        }

        @Override
        public void close() throws IOException {
            StackSocketImpl.this.close();
        }
    }
}
