package io.holdfast.nio;

import io.holdfast.socket.Readiness;
import io.holdfast.socket.StreamSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The stack's stream, and one that is nobody's yet: an unconnected stack socket has its options until it is known whose it is. A
 * blocking call waits in {@link StreamSocket#await}, where its thread may run the shard.
 */
final class StackStream implements StreamSide {
    private static final long OVERTIME_NS = 20_000_000L;
    private static final long NO_LIMIT = -1;

    private enum State {
        UNCONNECTED,
        PENDING,
        CONNECTED
    }

    private final HybridSocketChannel channel;
    private final StreamSocket socket;
    private final StackOptions options;
    private final ReentrantLock readLock;
    private final ReentrantLock writeLock;
    private final Object stateLock;
    private volatile State state = State.UNCONNECTED;
    private volatile boolean inputShut;
    private volatile boolean outputShut;
    private volatile InetSocketAddress remoteAddress;
    private volatile InetSocketAddress localAddress;

    /** The locks are the channel's. */
    StackStream(final HybridSocketChannel channel, final StreamSocket socket, final StackOptions options,
        final ReentrantLock readLock, final ReentrantLock writeLock, final Object stateLock) {
        this.channel = channel;
        this.socket = socket;
        this.options = options;
        this.readLock = readLock;
        this.writeLock = writeLock;
        this.stateLock = stateLock;
    }

    StreamSocket socket() {
        return socket;
    }

    /** It was accepted. */
    void accepted() {
        state = State.CONNECTED;
        remoteAddress = socket.remoteAddress();
        localAddress = socket.localAddress();
    }

    /** With the state's lock. */
    void bind(final InetSocketAddress local) throws IOException {
        socket.bind(local);
        localAddress = socket.localAddress();
    }

    // --- connecting ---

    @Override
    public boolean connect(final InetSocketAddress remote, final long timeoutNs) throws IOException {
        try {
            final boolean blocking = channel.isBlocking();
            boolean connected = false;
            try {
                if (blocking) {
                    channel.beginBlocking();
                }
                channel.requireOpen();
                synchronized (stateLock) {
                    remoteAddress = remote;
                    state = State.PENDING;
                }
                connected = socket.connect(remote);
                if (blocking && !connected) {
                    connected = awaitConnect(timeoutNs);
                }
            } finally {
                if (blocking) {
                    channel.endBlocking(connected);
                }
            }
            return connected && established();
        } catch (final IOException e) {
            channel.close();
            throw e;
        }
    }

    private boolean awaitConnect(final long timeoutNs) throws IOException {
        final long startNs = System.nanoTime();
        long leftNs = timeoutNs;
        boolean connected = socket.finishConnect();
        while (!connected && channel.isOpen()) {
            socket.await(Readiness.CONNECT, leftNs);
            connected = socket.finishConnect();
            if (!connected && timeoutNs >= 0) {
                leftNs = timeoutNs - (System.nanoTime() - startNs);
                if (leftNs <= 0) {
                    throw new SocketTimeoutException("Connect timed out");
                }
            }
        }
        return connected;
    }

    private boolean established() throws IOException {
        synchronized (stateLock) {
            channel.requireOpen();
            localAddress = socket.localAddress();
            remoteAddress = socket.remoteAddress();
            state = State.CONNECTED;
        }
        channel.recheckKeys();
        return true;
    }

    @Override
    public boolean finishConnect() throws IOException {
        if (state == State.CONNECTED) {
            return true;
        }
        if (state != State.PENDING) {
            throw new NoConnectionPendingException();
        }
        try {
            boolean connected = false;
            final boolean blocking = channel.isBlocking();
            try {
                if (blocking) {
                    channel.beginBlocking();
                    connected = awaitConnect(NO_LIMIT);
                } else {
                    connected = socket.finishConnect();
                }
            } finally {
                if (blocking) {
                    channel.endBlocking(connected);
                }
            }
            return connected && established();
        } catch (final IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public boolean isConnected() {
        return state == State.CONNECTED;
    }

    @Override
    public boolean isConnectionPending() {
        return state == State.PENDING && channel.isOpen();
    }

    // --- bytes ---

    @Override
    public int read(final ByteBuffer dst) throws IOException {
        readLock.lock();
        try {
            channel.requireConnected();
            return (int) (channel.isBlocking() ? blockingRead(dst, null, 0, 0, NO_LIMIT) : readNow(dst, null, 0, 0));
        } finally {
            readLock.unlock();
        }
    }

    @Override
    public long read(final ByteBuffer[] dsts, final int offset, final int length) throws IOException {
        readLock.lock();
        try {
            channel.requireConnected();
            return channel.isBlocking() ? blockingRead(null, dsts, offset, length, NO_LIMIT)
                : readNow(null, dsts, offset, length);
        } finally {
            readLock.unlock();
        }
    }

    @Override
    public int read(final byte[] dst, final int offset, final int length, final int timeoutMs) throws IOException {
        readLock.lock();
        try {
            channel.requireConnected();
            channel.requireBlocking();
            final long timeoutNs = timeoutMs == 0 ? NO_LIMIT : timeoutMs * 1_000_000L;
            return (int) blockingRead(ByteBuffer.wrap(dst, offset, length), null, 0, 0, timeoutNs);
        } finally {
            readLock.unlock();
        }
    }

    /** One buffer, or several if {@code dst} is null. */
    private long readNow(final ByteBuffer dst, final ByteBuffer[] dsts, final int offset, final int length) throws IOException {
        if (inputShut) {
            return -1;
        }
        if (dst != null) {
            Buffers.requireWritable(dst);
            return dst.hasRemaining() ? readSocket(dst, null, 0, 0) : 0;
        }
        return Buffers.haveRoom(dsts, offset, length) ? readSocket(null, dsts, offset, length) : 0;
    }

    private long readSocket(final ByteBuffer dst, final ByteBuffer[] dsts, final int offset, final int length)
        throws IOException {
        try {
            return dst != null ? socket.read(dst) : socket.read(dsts, offset, length);
        } catch (final IOException e) {
            throw Errors.reading(e);
        }
    }

    private long blockingRead(final ByteBuffer dst, final ByteBuffer[] dsts, final int offset, final int length,
        final long timeoutNs) throws IOException {
        long n = 0;
        try {
            channel.beginBlocking();
            channel.requireOpen();
            n = readNow(dst, dsts, offset, length);
            if (n == 0 && (dst != null ? dst.hasRemaining() : Buffers.haveRoom(dsts, offset, length))) {
                final long startNs = timeoutNs < 0 ? 0 : System.nanoTime();
                long leftNs = timeoutNs;
                while (n == 0 && channel.isOpen()) {
                    socket.await(Readiness.READ, leftNs);
                    n = readNow(dst, dsts, offset, length);
                    if (n == 0 && timeoutNs >= 0) {
                        leftNs = timeoutNs - (System.nanoTime() - startNs);
                        if (socket.givesUp(leftNs <= 0)) {
                            throw new SocketTimeoutException("Read timed out");
                        }
                        // The primary's application read on here: so does this one, until it is told otherwise.
                        leftNs = leftNs <= 0 ? OVERTIME_NS : leftNs;
                    }
                }
            }
        } finally {
            channel.endBlocking(n > 0);
        }
        return n;
    }

    @Override
    public int write(final ByteBuffer src) throws IOException {
        writeLock.lock();
        try {
            channel.requireConnected();
            return (int) (channel.isBlocking() ? blockingWrite(src, null, 0, 0) : writeNow(src, null, 0, 0));
        } finally {
            writeLock.unlock();
        }
    }

    @Override
    public long write(final ByteBuffer[] srcs, final int offset, final int length) throws IOException {
        writeLock.lock();
        try {
            channel.requireConnected();
            return channel.isBlocking() ? blockingWrite(null, srcs, offset, length) : writeNow(null, srcs, offset, length);
        } finally {
            writeLock.unlock();
        }
    }

    private long writeNow(final ByteBuffer src, final ByteBuffer[] srcs, final int offset, final int length) throws IOException {
        if (outputShut) {
            throw new ClosedChannelException();
        }
        return src != null ? socket.write(src) : socket.write(srcs, offset, length);
    }

    /** Blocks until everything is taken, as the kernel's channels do. */
    private long blockingWrite(final ByteBuffer src, final ByteBuffer[] srcs, final int offset, final int length)
        throws IOException {
        final long wanted = src != null ? src.remaining() : Buffers.remaining(srcs, offset, length);
        long n = 0;
        try {
            channel.beginBlocking();
            channel.requireOpen();
            n = writeNow(src, srcs, offset, length);
            while (n < wanted && channel.isOpen()) {
                socket.await(Readiness.WRITE, NO_LIMIT);
                n += writeNow(src, srcs, offset, length);
            }
        } catch (final IOException e) {
            if (n == 0) {
                throw e;
            }
            // Some of it went: that is told now, the error by the next call.
            return n;
        } finally {
            channel.endBlocking(n > 0);
        }
        return n;
    }

    @Override
    public int available() {
        return inputShut ? 0 : socket.available();
    }

    // --- ends ---

    @Override
    public void shutdownInput() throws IOException {
        if (!inputShut) {
            inputShut = true;
            socket.shutdownInput();
        }
    }

    @Override
    public void shutdownOutput() throws IOException {
        if (!outputShut) {
            outputShut = true;
            socket.shutdownOutput();
        }
    }

    @Override
    public boolean isInputShut() {
        return inputShut;
    }

    @Override
    public boolean isOutputShut() {
        return outputShut;
    }

    // --- selection, addresses, options ---

    /** Selection-key operations that those bits of readiness may mean. */
    int opsOf(final int readiness) {
        if (state == State.CONNECTED) {
            int ops = 0;
            if ((readiness & (Readiness.READ | Readiness.PEER_CLOSED | Errors.ENDED)) != 0) {
                ops |= SelectionKey.OP_READ;
            }
            if ((readiness & (Readiness.WRITE | Errors.ENDED)) != 0) {
                ops |= SelectionKey.OP_WRITE;
            }
            return ops;
        }
        return state == State.PENDING && (readiness & (Readiness.CONNECT | Errors.ENDED)) != 0 ? SelectionKey.OP_CONNECT : 0;
    }

    /** Known also after close. */
    @Override
    public InetSocketAddress remote() {
        return remoteAddress;
    }

    /** Known also after close. */
    @Override
    public InetSocketAddress local() {
        return localAddress;
    }

    @Override
    public <T> T option(final SocketOption<T> name) throws IOException {
        return options.get(socket, name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return options.stream();
    }

    @Override
    public SocketChannel kernel() {
        return null;
    }
}
