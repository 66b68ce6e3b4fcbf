package io.holdfast.nio;

import io.holdfast.replay.Choices;
import io.holdfast.socket.AddressPolicy;
import io.holdfast.socket.Readiness;
import io.holdfast.socket.StreamSocket;
import io.holdfast.stack.StackRoom;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A stream that becomes the stack's or the kernel's when it is bound or connected, as the {@link AddressPolicy} says.
 * Until then its options are set on an unconnected stack socket and remembered for the kernel. A kernel channel is
 * driven through a delegate; a stack channel blocks in {@link StreamSocket#await}, where its thread may run the shard.
 *
 * <p>Threads: as {@link SocketChannel} says: one reads, one writes, any closes.
 */
final class HybridSocketChannel extends SocketChannel implements HybridChannel {
    private static final long OVERTIME_NS = 20_000_000L;
    private static final int UNCONNECTED = 0;
    private static final int PENDING = 1;
    private static final int CONNECTED = 2;
    private static final long NO_LIMIT = -1;

    private final HybridProvider hybridProvider;
    private final ProtocolFamily family;
    private final StreamSocket stream;
    private final ReentrantLock readLock = new ReentrantLock();
    private final ReentrantLock writeLock = new ReentrantLock();
    private final Object stateLock = new Object();
    private final KeyList keys = new KeyList(this);
    private final OptionMemory optionMemory = new OptionMemory();
    /** The kernel's channel, once it is the kernel's, or bound to the wildcard and not yet connected. */
    private volatile SocketChannel kernel;
    /** Bound to or connected from the stack. */
    private volatile boolean onStack;
    private volatile int state = UNCONNECTED;
    private volatile boolean inputShut;
    private volatile boolean outputShut;
    private volatile InetSocketAddress remoteAddress;
    private volatile InetSocketAddress localAddress;
    private Socket adaptor;

    /** One that is neither bound nor connected. */
    HybridSocketChannel(final HybridProvider provider, final ProtocolFamily family) {
        super(provider);
        hybridProvider = provider;
        this.family = family;
        stream = provider.stack().openStream();
    }

    /** One that the stack accepted. */
    HybridSocketChannel(final HybridProvider provider, final StreamSocket accepted) {
        super(provider);
        hybridProvider = provider;
        family = null;
        stream = accepted;
        onStack = true;
        state = CONNECTED;
        remoteAddress = accepted.remoteAddress();
        localAddress = accepted.localAddress();
    }

    /** One that the kernel accepted. */
    HybridSocketChannel(final HybridProvider provider, final SocketChannel accepted) {
        super(provider);
        hybridProvider = provider;
        family = null;
        stream = null;
        kernel = accepted;
    }

    // --- whose it is ---

    @Override
    public SocketChannel bind(final SocketAddress local) throws IOException {
        StackRoom.forChannel();
        readLock.lock();
        writeLock.lock();
        try {
            synchronized (stateLock) {
                requireOpen();
                if (state == PENDING) {
                    throw new ConnectionPendingException();
                }
                if (localAddress != null) {
                    throw new AlreadyBoundException();
                }
                if (kernel != null) {
                    kernel.bind(local);
                    return this;
                }
                final InetSocketAddress address = Addresses.local(local);
                if (hybridProvider.stack().owns(address.getAddress())) {
                    stream.bind(address);
                    localAddress = stream.localAddress();
                    becomeStack();
                } else {
                    // The wildcard leaves the choice open; the kernel holds the port meanwhile.
                    final SocketChannel bound = openKernel();
                    try {
                        bound.bind(address);
                    } catch (final IOException | RuntimeException e) {
                        bound.close();
                        throw e;
                    }
                    becomeKernel(bound);
                }
            }
            return this;
        } finally {
            writeLock.unlock();
            readLock.unlock();
        }
    }

    private void chooseForConnect(final InetSocketAddress remote) throws IOException {
        synchronized (stateLock) {
            requireOpen();
            if (onStack) {
                return;
            }
            final SocketChannel holder = kernel;
            final InetSocketAddress local = holder == null ? null : (InetSocketAddress) holder.getLocalAddress();
            if (hybridProvider.policy().clientOnStack(hybridProvider.stack(), local, remote.getAddress())) {
                if (holder != null) {
                    stream.bind(new InetSocketAddress(local.getPort()));
                    leaveKernel(holder);
                }
                becomeStack();
            } else if (holder == null) {
                becomeKernel(openKernel());
            }
        }
    }

    private SocketChannel openKernel() throws IOException {
        final SocketChannel opened = family == null
            ? hybridProvider.kernel().openSocketChannel() : hybridProvider.kernel().openSocketChannel(family);
        try {
            optionMemory.applyTo(opened);
            opened.configureBlocking(isBlocking());
            return opened;
        } catch (final IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private void becomeStack() {
        onStack = true;
        stream.readinessListener(keys);
        keys.recheck();
    }

    private void becomeKernel(final SocketChannel channel) {
        kernel = channel;
        for (final HybridSelectionKey key : keys.all()) {
            key.attachKernel(channel);
        }
    }

    private void leaveKernel(final SocketChannel holder) throws IOException {
        kernel = null;
        for (final HybridSelectionKey key : keys.all()) {
            key.leaveKernel();
        }
        holder.close();
    }

    private SocketChannel kernelOnly() {
        return onStack ? null : kernel;
    }

    // --- connecting ---

    @Override
    public boolean connect(final SocketAddress remote) throws IOException {
        return connect(Addresses.remote(remote), NO_LIMIT);
    }

    /** For the adaptor: also with a time limit, and then in blocking mode only. */
    boolean connect(final InetSocketAddress remote, final long timeoutNs) throws IOException {
        StackRoom.forChannel();
        readLock.lock();
        writeLock.lock();
        try {
            requireOpen();
            if (isConnected()) {
                throw new AlreadyConnectedException();
            }
            if (isConnectionPending()) {
                throw new ConnectionPendingException();
            }
            chooseForConnect(remote);
            final SocketChannel k = kernelOnly();
            if (k != null) {
                return kernelConnect(k, remote, timeoutNs);
            }
            return stackConnect(remote, timeoutNs);
        } finally {
            writeLock.unlock();
            readLock.unlock();
        }
    }

    private boolean kernelConnect(final SocketChannel k, final InetSocketAddress remote, final long timeoutNs)
        throws IOException {
        try {
            if (timeoutNs < 0) {
                return k.connect(remote);
            }
            k.socket().connect(remote, (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(timeoutNs)));
            return true;
        } finally {
            followKernel(k);
        }
    }

    private boolean stackConnect(final InetSocketAddress remote, final long timeoutNs) throws IOException {
        try {
            final boolean blocking = isBlocking();
            boolean connected = false;
            try {
                if (blocking) {
                    begin();
                }
                requireOpen();
                synchronized (stateLock) {
                    remoteAddress = remote;
                    state = PENDING;
                }
                connected = stream.connect(remote);
                if (blocking && !connected) {
                    connected = awaitConnect(timeoutNs);
                }
            } finally {
                if (blocking) {
                    end(connected);
                }
            }
            return connected && established();
        } catch (final IOException e) {
            close();
            throw e;
        }
    }

    private boolean awaitConnect(final long timeoutNs) throws IOException {
        final long startNs = System.nanoTime();
        long leftNs = timeoutNs;
        boolean connected = stream.finishConnect();
        while (!connected && isOpen()) {
            stream.await(Readiness.CONNECT, leftNs);
            connected = stream.finishConnect();
            if (!connected && timeoutNs >= 0) {
                leftNs = timeoutNs - (System.nanoTime() - startNs);
                if (leftNs <= 0) {
                    throw new java.net.SocketTimeoutException("Connect timed out");
                }
            }
        }
        return connected;
    }

    private boolean established() throws IOException {
        synchronized (stateLock) {
            requireOpen();
            localAddress = stream.localAddress();
            remoteAddress = stream.remoteAddress();
            state = CONNECTED;
        }
        keys.recheck();
        return true;
    }

    @Override
    public boolean finishConnect() throws IOException {
        StackRoom.forChannel();
        readLock.lock();
        writeLock.lock();
        try {
            requireOpen();
            final SocketChannel k = kernelOnly();
            if (k != null) {
                try {
                    return k.finishConnect();
                } finally {
                    followKernel(k);
                }
            }
            if (state == CONNECTED) {
                return true;
            }
            if (state != PENDING) {
                throw new NoConnectionPendingException();
            }
            return stackFinishConnect();
        } finally {
            writeLock.unlock();
            readLock.unlock();
        }
    }

    private boolean stackFinishConnect() throws IOException {
        try {
            boolean connected = false;
            final boolean blocking = isBlocking();
            try {
                if (blocking) {
                    begin();
                    connected = awaitConnect(NO_LIMIT);
                } else {
                    connected = stream.finishConnect();
                }
            } finally {
                if (blocking) {
                    end(connected);
                }
            }
            return connected && established();
        } catch (final IOException e) {
            close();
            throw e;
        }
    }

    // --- bytes ---

    @Override
    public int read(final ByteBuffer dst) throws IOException {
        StackRoom.forChannel();
        Objects.requireNonNull(dst);
        final SocketChannel k = kernelOnly();
        if (k != null) {
            Choices.serving(null);
            try {
                return k.read(dst);
            } finally {
                followKernel(k);
            }
        }
        readLock.lock();
        try {
            requireConnected();
            return (int) (isBlocking() ? blockingRead(dst, null, 0, 0, NO_LIMIT) : readNow(dst, null, 0, 0));
        } finally {
            readLock.unlock();
        }
    }

    @Override
    public long read(final ByteBuffer[] dsts, final int offset, final int length) throws IOException {
        StackRoom.forChannel();
        Objects.checkFromIndexSize(offset, length, dsts.length);
        final SocketChannel k = kernelOnly();
        if (k != null) {
            Choices.serving(null);
            try {
                return k.read(dsts, offset, length);
            } finally {
                followKernel(k);
            }
        }
        readLock.lock();
        try {
            requireConnected();
            return isBlocking() ? blockingRead(null, dsts, offset, length, NO_LIMIT)
                : readNow(null, dsts, offset, length);
        } finally {
            readLock.unlock();
        }
    }

    /** One buffer, or several if {@code dst} is null. */
    private long readNow(final ByteBuffer dst, final ByteBuffer[] dsts, final int offset, final int length)
        throws IOException {
        if (inputShut) {
            return -1;
        }
        if (dst != null) {
            Buffers.requireWritable(dst);
            return dst.hasRemaining() ? readStream(dst, null, 0, 0) : 0;
        }
        return Buffers.haveRoom(dsts, offset, length) ? readStream(null, dsts, offset, length) : 0;
    }

    private long readStream(final ByteBuffer dst, final ByteBuffer[] dsts, final int offset, final int length)
        throws IOException {
        try {
            return dst != null ? stream.read(dst) : stream.read(dsts, offset, length);
        } catch (final IOException e) {
            throw Errors.reading(e);
        }
    }

    private long blockingRead(
        final ByteBuffer dst,
        final ByteBuffer[] dsts,
        final int offset,
        final int length,
        final long timeoutNs) throws IOException {
        long n = 0;
        try {
            begin();
            requireOpen();
            n = readNow(dst, dsts, offset, length);
            if (n == 0 && (dst != null ? dst.hasRemaining() : Buffers.haveRoom(dsts, offset, length))) {
                final long startNs = timeoutNs < 0 ? 0 : System.nanoTime();
                long leftNs = timeoutNs;
                while (n == 0 && isOpen()) {
                    stream.await(Readiness.READ, leftNs);
                    n = readNow(dst, dsts, offset, length);
                    if (n == 0 && timeoutNs >= 0) {
                        leftNs = timeoutNs - (System.nanoTime() - startNs);
                        if (stream.givesUp(leftNs <= 0)) {
                            throw new java.net.SocketTimeoutException("Read timed out");
                        }
                        // The primary's application read on here: so does this one, until it is told otherwise.
                        leftNs = leftNs <= 0 ? OVERTIME_NS : leftNs;
                    }
                }
            }
        } finally {
            end(n > 0);
        }
        return n;
    }

    @Override
    public int write(final ByteBuffer src) throws IOException {
        StackRoom.forChannel();
        Objects.requireNonNull(src);
        final SocketChannel k = kernelOnly();
        if (k != null) {
            try {
                return k.write(src);
            } finally {
                followKernel(k);
            }
        }
        writeLock.lock();
        try {
            requireConnected();
            return (int) (isBlocking() ? blockingWrite(src, null, 0, 0) : writeNow(src, null, 0, 0));
        } finally {
            writeLock.unlock();
        }
    }

    @Override
    public long write(final ByteBuffer[] srcs, final int offset, final int length) throws IOException {
        StackRoom.forChannel();
        Objects.checkFromIndexSize(offset, length, srcs.length);
        final SocketChannel k = kernelOnly();
        if (k != null) {
            try {
                return k.write(srcs, offset, length);
            } finally {
                followKernel(k);
            }
        }
        writeLock.lock();
        try {
            requireConnected();
            return isBlocking() ? blockingWrite(null, srcs, offset, length) : writeNow(null, srcs, offset, length);
        } finally {
            writeLock.unlock();
        }
    }

    private long writeNow(final ByteBuffer src, final ByteBuffer[] srcs, final int offset, final int length)
        throws IOException {
        if (outputShut) {
            throw new ClosedChannelException();
        }
        return src != null ? stream.write(src) : stream.write(srcs, offset, length);
    }

    /** Blocks until everything is taken, as the kernel's channels do. */
    private long blockingWrite(final ByteBuffer src, final ByteBuffer[] srcs, final int offset, final int length)
        throws IOException {
        final long wanted = src != null ? src.remaining() : Buffers.remaining(srcs, offset, length);
        long n = 0;
        try {
            begin();
            requireOpen();
            n = writeNow(src, srcs, offset, length);
            while (n < wanted && isOpen()) {
                stream.await(Readiness.WRITE, NO_LIMIT);
                n += writeNow(src, srcs, offset, length);
            }
        } catch (final IOException e) {
            if (n == 0) {
                throw e;
            }
            // Some of it went: that is told now, the error by the next call.
            return n;
        } finally {
            end(n > 0);
        }
        return n;
    }

    // --- for the adaptor's streams, blocking mode only ---

    int adaptorRead(final byte[] dst, final int offset, final int length, final int timeoutMs) throws IOException {
        StackRoom.forChannel();
        final SocketChannel k = kernelOnly();
        if (k != null) {
            try {
                final Socket socket = k.socket();
                socket.setSoTimeout(timeoutMs);
                return socket.getInputStream().read(dst, offset, length);
            } finally {
                followKernel(k);
            }
        }
        readLock.lock();
        try {
            requireConnected();
            requireBlocking();
            final long timeoutNs = timeoutMs == 0 ? NO_LIMIT : timeoutMs * 1_000_000L;
            return (int) blockingRead(ByteBuffer.wrap(dst, offset, length), null, 0, 0, timeoutNs);
        } finally {
            readLock.unlock();
        }
    }

    void adaptorWrite(final byte[] src, final int offset, final int length) throws IOException {
        StackRoom.forChannel();
        writeLock.lock();
        try {
            requireConnected();
            requireBlocking();
            final ByteBuffer buffer = ByteBuffer.wrap(src, offset, length);
            while (buffer.hasRemaining()) {
                write(buffer);
            }
        } finally {
            writeLock.unlock();
        }
    }

    int available() throws IOException {
        requireOpen();
        final SocketChannel k = kernelOnly();
        return k != null ? k.socket().getInputStream().available() : inputShut ? 0 : stream.available();
    }

    void requireBlocking() {
        if (!isBlocking()) {
            throw new java.nio.channels.IllegalBlockingModeException();
        }
    }

    // --- ends ---

    @Override
    public SocketChannel shutdownInput() throws IOException {
        StackRoom.forChannel();
        synchronized (stateLock) {
            requireConnected();
            final SocketChannel k = kernelOnly();
            if (k != null) {
                k.shutdownInput();
            } else if (!inputShut) {
                inputShut = true;
                stream.shutdownInput();
            }
        }
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() throws IOException {
        StackRoom.forChannel();
        synchronized (stateLock) {
            requireConnected();
            final SocketChannel k = kernelOnly();
            if (k != null) {
                k.shutdownOutput();
            } else if (!outputShut) {
                outputShut = true;
                stream.shutdownOutput();
            }
        }
        return this;
    }

    boolean isInputShut() {
        final SocketChannel k = kernelOnly();
        return k != null ? k.socket().isInputShutdown() : inputShut;
    }

    boolean isOutputShut() {
        final SocketChannel k = kernelOnly();
        return k != null ? k.socket().isOutputShutdown() : outputShut;
    }

    @Override
    protected void implCloseSelectableChannel() throws IOException {
        final SocketChannel closing;
        synchronized (stateLock) {
            closing = kernel;
        }
        if (stream != null) {
            stream.readinessListener(null);
            stream.close();
        }
        if (closing != null) {
            closing.close();
        }
    }

    /** A kernel channel closes itself when its thread is interrupted or its connect fails. */
    private void followKernel(final SocketChannel k) throws IOException {
        if (!k.isOpen() && isOpen()) {
            close();
        }
    }

    @Override
    protected void implConfigureBlocking(final boolean block) throws IOException {
        StackRoom.forChannel();
        synchronized (stateLock) {
            if (kernel != null) {
                for (final HybridSelectionKey key : keys.all()) {
                    key.cancelKernel(block);
                }
                kernel.configureBlocking(block);
            }
        }
    }

    // --- selection ---

    @Override
    public void addKey(final HybridSelectionKey key) {
        synchronized (stateLock) {
            keys.add(key);
            if (onStack) {
                stream.readinessListener(keys);
            } else if (kernel != null) {
                key.attachKernel(kernel);
            }
        }
    }

    @Override
    public void removeKey(final HybridSelectionKey key) {
        keys.remove(key);
    }

    @Override
    public int readyOps() {
        return onStack && isOpen() ? opsOf(stream.readiness()) : 0;
    }

    @Override
    public int opsOf(final int readiness) {
        if (state == CONNECTED) {
            int ops = 0;
            if ((readiness & (Readiness.READ | Readiness.PEER_CLOSED | Errors.ENDED)) != 0) {
                ops |= SelectionKey.OP_READ;
            }
            if ((readiness & (Readiness.WRITE | Errors.ENDED)) != 0) {
                ops |= SelectionKey.OP_WRITE;
            }
            return ops;
        }
        return state == PENDING && (readiness & (Readiness.CONNECT | Errors.ENDED)) != 0 ? SelectionKey.OP_CONNECT : 0;
    }

    @Override
    public SelectableChannel kernelChannel() {
        return kernelOnly();
    }

    // --- state, addresses, options ---

    @Override
    public boolean isConnected() {
        final SocketChannel k = kernelOnly();
        return k != null ? k.isConnected() : state == CONNECTED;
    }

    @Override
    public boolean isConnectionPending() {
        final SocketChannel k = kernelOnly();
        return k != null ? k.isConnectionPending() : state == PENDING && isOpen();
    }

    @Override
    public SocketAddress getRemoteAddress() throws IOException {
        requireOpen();
        return remote();
    }

    @Override
    public SocketAddress getLocalAddress() throws IOException {
        requireOpen();
        return local();
    }

    /** Known also after close, as far as the stack's channels go. */
    InetSocketAddress remote() throws IOException {
        final SocketChannel k = kernelOnly();
        return k == null ? remoteAddress : k.isOpen() ? (InetSocketAddress) k.getRemoteAddress()
            : (InetSocketAddress) k.socket().getRemoteSocketAddress();
    }

    InetSocketAddress local() throws IOException {
        final SocketChannel k = kernelOnly();
        return k == null ? localAddress : k.isOpen() ? (InetSocketAddress) k.getLocalAddress()
            : (InetSocketAddress) k.socket().getLocalSocketAddress();
    }

    @Override
    public Socket socket() {
        synchronized (stateLock) {
            if (adaptor == null) {
                adaptor = ChannelSocket.of(this);
            }
            return adaptor;
        }
    }

    @Override
    public <T> SocketChannel setOption(final SocketOption<T> name, final T value) throws IOException {
        Objects.requireNonNull(name);
        requireSupported(name);
        final T checked = OptionMemory.checked(name, value);
        synchronized (stateLock) {
            requireOpen();
            if (kernel != null) {
                kernel.setOption(name, checked);
            }
            if (!onStack) {
                optionMemory.remember(name, checked);
            }
            if (stream != null) {
                hybridProvider.options().set(stream, name, checked);
            }
        }
        return this;
    }

    @Override
    public <T> T getOption(final SocketOption<T> name) throws IOException {
        Objects.requireNonNull(name);
        requireSupported(name);
        synchronized (stateLock) {
            requireOpen();
            final SocketChannel k = kernelOnly();
            return k != null ? k.getOption(name) : hybridProvider.options().get(stream, name);
        }
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        final SocketChannel k = kernelOnly();
        return k != null ? k.supportedOptions() : hybridProvider.options().stream();
    }

    private void requireSupported(final SocketOption<?> name) {
        if (!supportedOptions().contains(name)) {
            throw new UnsupportedOperationException("'" + name + "' not supported");
        }
    }

    private void requireOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private void requireConnected() throws ClosedChannelException {
        requireOpen();
        if (!isConnected()) {
            throw new NotYetConnectedException();
        }
    }

    @Override
    public String toString() {
        try {
            return (onStack ? "HoldfastSocketChannel[" : "SocketChannel[")
                + (isOpen() ? "" : "closed ") + "local=" + local() + " remote=" + remote() + "]";
        } catch (final IOException e) {
            return "SocketChannel[" + e.getMessage() + "]";
        }
    }
}
