package io.holdfast.nio;

import io.holdfast.socket.AddressPolicy;
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
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A stream that becomes the stack's or the kernel's when it is bound or connected, as the {@link AddressPolicy} says. What it
 * does is its side's, {@link StackStream} or {@link KernelStream}; whose it is, and its keys and locks, are kept here. Until that
 * is decided, options are set on an unconnected stack socket and remembered for the kernel.
 *
 * <p>Threads: as {@link SocketChannel} says: one reads, one writes, any closes.
 */
final class HybridSocketChannel extends SocketChannel implements HybridChannel {
    private static final long NO_LIMIT = -1;

    private final HybridProvider hybridProvider;
    private final ProtocolFamily family;
    private final ReentrantLock readLock = new ReentrantLock();
    private final ReentrantLock writeLock = new ReentrantLock();
    private final Object stateLock = new Object();
    private final KeyList keys = new KeyList(this);
    private final OptionMemory optionMemory = new OptionMemory();
    /** The stack's side, while it may be the stack's; null of one that the kernel accepted. */
    private final StackStream stack;
    /** Whose it is; the kernel's also while it is bound to the wildcard and not yet connected. */
    private volatile StreamSide side;
    /** Bound to or connected from the stack. */
    private volatile boolean onStack;
    private Socket adaptor;

    /** One that is neither bound nor connected. */
    HybridSocketChannel(final HybridProvider provider, final ProtocolFamily family) {
        super(provider);
        hybridProvider = provider;
        this.family = family;
        stack = stackStream(provider.stack().openStream());
        side = stack;
    }

    /** One that the stack accepted. */
    HybridSocketChannel(final HybridProvider provider, final StreamSocket accepted) {
        super(provider);
        hybridProvider = provider;
        family = null;
        stack = stackStream(accepted);
        stack.accepted();
        side = stack;
        onStack = true;
    }

    /** One that the kernel accepted. */
    HybridSocketChannel(final HybridProvider provider, final SocketChannel accepted) {
        super(provider);
        hybridProvider = provider;
        family = null;
        stack = null;
        side = new KernelStream(this, accepted);
    }

    private StackStream stackStream(final StreamSocket socket) {
        return new StackStream(this, socket, hybridProvider.options(), readLock, writeLock, stateLock);
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
                final SocketChannel kernel = side.kernel();
                if (kernel != null) {
                    kernel.bind(local);
                    return this;
                }
                if (stack.isConnectionPending()) {
                    throw new ConnectionPendingException();
                }
                if (stack.local() != null) {
                    throw new AlreadyBoundException();
                }
                final InetSocketAddress address = Addresses.local(local);
                if (hybridProvider.stack().owns(address.getAddress())) {
                    stack.bind(address);
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
            final SocketChannel holder = side.kernel();
            final InetSocketAddress local = holder == null ? null : (InetSocketAddress) holder.getLocalAddress();
            if (hybridProvider.policy().clientOnStack(hybridProvider.stack(), local, remote.getAddress())) {
                if (holder != null) {
                    stack.socket().bind(new InetSocketAddress(local.getPort()));
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
        stack.socket().readinessListener(keys);
        keys.recheck();
    }

    private void becomeKernel(final SocketChannel channel) {
        side = new KernelStream(this, channel);
        keys.attachKernel(channel);
    }

    private void leaveKernel(final SocketChannel holder) throws IOException {
        side = stack;
        for (final HybridSelectionKey key : keys.all()) {
            key.leaveKernel();
        }
        holder.close();
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
            return side.connect(remote, timeoutNs);
        } finally {
            writeLock.unlock();
            readLock.unlock();
        }
    }

    @Override
    public boolean finishConnect() throws IOException {
        StackRoom.forChannel();
        readLock.lock();
        writeLock.lock();
        try {
            requireOpen();
            return side.finishConnect();
        } finally {
            writeLock.unlock();
            readLock.unlock();
        }
    }

    // --- bytes ---

    @Override
    public int read(final ByteBuffer dst) throws IOException {
        StackRoom.forChannel();
        Objects.requireNonNull(dst);
        return side.read(dst);
    }

    @Override
    public long read(final ByteBuffer[] dsts, final int offset, final int length) throws IOException {
        StackRoom.forChannel();
        Objects.checkFromIndexSize(offset, length, dsts.length);
        return side.read(dsts, offset, length);
    }

    @Override
    public int write(final ByteBuffer src) throws IOException {
        StackRoom.forChannel();
        Objects.requireNonNull(src);
        return side.write(src);
    }

    @Override
    public long write(final ByteBuffer[] srcs, final int offset, final int length) throws IOException {
        StackRoom.forChannel();
        Objects.checkFromIndexSize(offset, length, srcs.length);
        return side.write(srcs, offset, length);
    }

    // --- for the adaptor's streams, blocking mode only ---

    int adaptorRead(final byte[] dst, final int offset, final int length, final int timeoutMs) throws IOException {
        StackRoom.forChannel();
        return side.read(dst, offset, length, timeoutMs);
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
        return side.available();
    }

    void requireBlocking() {
        if (!isBlocking()) {
            throw new IllegalBlockingModeException();
        }
    }

    // --- for the sides ---

    void beginBlocking() {
        begin();
    }

    void endBlocking(final boolean completed) throws AsynchronousCloseException {
        end(completed);
    }

    /** The state changed so that other operations may be ready now. */
    void recheckKeys() {
        keys.recheck();
    }

    // --- ends ---

    @Override
    public SocketChannel shutdownInput() throws IOException {
        StackRoom.forChannel();
        synchronized (stateLock) {
            requireConnected();
            side.shutdownInput();
        }
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() throws IOException {
        StackRoom.forChannel();
        synchronized (stateLock) {
            requireConnected();
            side.shutdownOutput();
        }
        return this;
    }

    boolean isInputShut() {
        return side.isInputShut();
    }

    boolean isOutputShut() {
        return side.isOutputShut();
    }

    @Override
    protected void implCloseSelectableChannel() throws IOException {
        final SocketChannel closing;
        synchronized (stateLock) {
            closing = side.kernel();
        }
        if (stack != null) {
            stack.socket().readinessListener(null);
            stack.socket().close();
        }
        if (closing != null) {
            closing.close();
        }
    }

    @Override
    protected void implConfigureBlocking(final boolean block) throws IOException {
        StackRoom.forChannel();
        synchronized (stateLock) {
            keys.configureKernel(side.kernel(), block);
        }
    }

    // --- selection ---

    @Override
    public void addKey(final HybridSelectionKey key) {
        synchronized (stateLock) {
            keys.add(key);
            if (onStack) {
                stack.socket().readinessListener(keys);
            } else if (side.kernel() != null) {
                key.attachKernel(side.kernel());
            }
        }
    }

    @Override
    public void removeKey(final HybridSelectionKey key) {
        keys.remove(key);
    }

    @Override
    public int readyOps() {
        return onStack && isOpen() ? opsOf(stack.socket().readiness()) : 0;
    }

    @Override
    public int opsOf(final int readiness) {
        return stack == null ? 0 : stack.opsOf(readiness);
    }

    @Override
    public SelectableChannel kernelChannel() {
        return side.kernel();
    }

    // --- state, addresses, options ---

    @Override
    public boolean isConnected() {
        return side.isConnected();
    }

    @Override
    public boolean isConnectionPending() {
        return side.isConnectionPending();
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
        return side.remote();
    }

    InetSocketAddress local() throws IOException {
        return side.local();
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
        final T checked = OptionMemory.checked(this, name, value);
        synchronized (stateLock) {
            requireOpen();
            final SocketChannel kernel = side.kernel();
            if (kernel != null) {
                kernel.setOption(name, checked);
            }
            if (!onStack) {
                optionMemory.remember(name, checked);
            }
            if (stack != null) {
                hybridProvider.options().set(stack.socket(), name, checked);
            }
        }
        return this;
    }

    @Override
    public <T> T getOption(final SocketOption<T> name) throws IOException {
        OptionMemory.requireSupported(this, name);
        synchronized (stateLock) {
            requireOpen();
            return side.option(name);
        }
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return side.supportedOptions();
    }

    void requireOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    void requireConnected() throws ClosedChannelException {
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
