package io.holdfast.nio;

import io.holdfast.socket.KernelAcceptor;
import io.holdfast.socket.ListenerSocket;
import io.holdfast.socket.Readiness;
import io.holdfast.socket.StreamSocket;
import io.holdfast.stack.StackRoom;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A listener that becomes the stack's or the kernel's when it is bound, or at the wildcard both worlds'; see
 * {@link HybridSocketChannel}.
 */
final class HybridServerSocketChannel extends ServerSocketChannel implements HybridChannel {
    private static final int DEFAULT_BACKLOG = 50;
    private static final long NO_LIMIT = -1;

    private final HybridProvider hybridProvider;
    private final ProtocolFamily family;
    private final ListenerSocket listener;
    private final ReentrantLock acceptLock = new ReentrantLock();
    private final Object stateLock = new Object();
    private final KeyList keys = new KeyList(this);
    private final OptionMemory optionMemory = new OptionMemory();
    private volatile ServerSocketChannel kernel;
    private volatile InetSocketAddress localAddress;
    /** Of a listener at the wildcard that is both worlds'. */
    private volatile KernelAcceptor<SocketChannel> kernelSide;
    private ServerSocket adaptor;

    HybridServerSocketChannel(final HybridProvider provider, final ProtocolFamily family)
        throws IOException {
        super(provider);
        hybridProvider = provider;
        this.family = family;
        listener = provider.stack().openListener();
        listener.option(StandardSocketOptions.SO_REUSEADDR, true);
    }

    private boolean onStack() {
        return localAddress != null;
    }

    @Override
    public ServerSocketChannel bind(final SocketAddress local, final int backlog) throws IOException {
        StackRoom.forChannel();
        synchronized (stateLock) {
            requireOpen();
            if (onStack()) {
                throw new AlreadyBoundException();
            }
            if (kernel != null) {
                kernel.bind(local, backlog);
                return this;
            }
            final InetSocketAddress address = Addresses.local(local);
            switch (hybridProvider.policy().server(hybridProvider.stack(), address.getAddress(), address.getPort())) {
                case STACK -> bindStack(address, backlog);
                case BOTH -> bindBoth(address, backlog);
                default -> bindKernel(address, backlog);
            }
        }
        return this;
    }

    private void bindStack(final InetSocketAddress address, final int backlog) throws IOException {
        listener.bind(address);
        listener.readinessListener(keys);
        listener.listen(backlog < 1 ? DEFAULT_BACKLOG : backlog);
        localAddress = listener.localAddress();
        keys.recheck();
    }

    /**
     * A port that is given is the kernel's first, who may have it in use; any port is the stack's to choose, for a backup follows
     * it.
     */
    private void bindBoth(final InetSocketAddress address, final int backlog) throws IOException {
        ServerSocketChannel opened = null;
        if (address.getPort() != 0) {
            opened = boundKernel(address, backlog);
        }
        try {
            bindStack(address, backlog);
        } catch (final IOException | RuntimeException e) {
            if (opened != null) {
                opened.close();
            }
            throw e;
        }
        if (opened == null) {
            try {
                opened = boundKernel(new InetSocketAddress(address.getAddress(), localAddress.getPort()), backlog);
            } catch (final BindException e) {
                // The kernel uses the number for something else; then it is the stack's alone.
                return;
            }
        }
        kernelSide = new KernelAcceptor<>(listener, new KernelListener(opened));
        listener.kernelSide(kernelSide);
    }

    private ServerSocketChannel boundKernel(final InetSocketAddress address, final int backlog) throws IOException {
        final ServerSocketChannel opened = family == null
            ? hybridProvider.kernel().openServerSocketChannel()
            : hybridProvider.kernel().openServerSocketChannel(family);
        try {
            optionMemory.applyTo(opened);
            opened.bind(address, backlog);
            return opened;
        } catch (final IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private void bindKernel(final InetSocketAddress address, final int backlog) throws IOException {
        final ServerSocketChannel opened = boundKernel(address, backlog);
        opened.configureBlocking(isBlocking());
        kernel = opened;
        keys.attachKernel(opened);
    }

    @Override
    public SocketChannel accept() throws IOException {
        return accept(NO_LIMIT);
    }

    /** For the adaptor: also with a time limit. */
    SocketChannel accept(final long timeoutNs) throws IOException {
        StackRoom.forChannel();
        acceptLock.lock();
        try {
            requireOpen();
            final ServerSocketChannel k = kernel;
            if (k != null) {
                return kernelAccept(k, timeoutNs);
            }
            if (!onStack()) {
                throw new NotYetBoundException();
            }
            return isBlocking() ? blockingAccept(timeoutNs) : acceptNow();
        } finally {
            acceptLock.unlock();
        }
    }

    /** From either side; null if nobody is there. */
    private SocketChannel acceptNow() throws IOException {
        final StreamSocket accepted = listener.accept();
        if (accepted != null) {
            return new HybridSocketChannel(hybridProvider, accepted);
        }
        final KernelAcceptor<SocketChannel> other = kernelSide;
        final SocketChannel byKernel = other == null ? null : other.accept();
        return byKernel == null ? null : new HybridSocketChannel(hybridProvider, byKernel);
    }

    private SocketChannel kernelAccept(final ServerSocketChannel k, final long timeoutNs) throws IOException {
        try {
            final SocketChannel accepted;
            if (timeoutNs < 0) {
                accepted = k.accept();
            } else {
                k.socket().setSoTimeout((int) Math.max(1, timeoutNs / 1_000_000));
                accepted = k.socket().accept().getChannel();
            }
            return accepted == null ? null : new HybridSocketChannel(hybridProvider, accepted);
        } finally {
            if (!k.isOpen() && isOpen()) {
                close();
            }
        }
    }

    private SocketChannel blockingAccept(final long timeoutNs) throws IOException {
        SocketChannel accepted = null;
        try {
            begin();
            requireOpen();
            accepted = acceptNow();
            if (accepted == null) {
                final long startNs = timeoutNs < 0 ? 0 : System.nanoTime();
                long leftNs = timeoutNs;
                while (accepted == null && isOpen()) {
                    listener.await(Readiness.ACCEPT, leftNs);
                    accepted = acceptNow();
                    if (accepted == null && timeoutNs >= 0) {
                        leftNs = timeoutNs - (System.nanoTime() - startNs);
                        if (leftNs <= 0) {
                            throw new SocketTimeoutException("Accept timed out");
                        }
                    }
                }
            }
        } finally {
            end(accepted != null);
        }
        return accepted;
    }

    void requireBlocking() {
        if (!isBlocking()) {
            throw new IllegalBlockingModeException();
        }
    }

    @Override
    protected void implCloseSelectableChannel() throws IOException {
        final ServerSocketChannel closing;
        synchronized (stateLock) {
            closing = kernel;
        }
        listener.readinessListener(null);
        listener.close();
        if (closing != null) {
            closing.close();
        }
    }

    @Override
    protected void implConfigureBlocking(final boolean block) throws IOException {
        StackRoom.forChannel();
        synchronized (stateLock) {
            keys.configureKernel(kernel, block);
        }
    }

    /** The kernel's side of one that is both worlds'. */
    private record KernelListener(ServerSocketChannel channel) implements KernelAcceptor.Source<SocketChannel> {
        @Override
        public SocketChannel accept() throws IOException {
            return channel.accept();
        }

        @Override
        public void discard(final SocketChannel connection) {
            try {
                connection.close();
            } catch (final IOException e) {
                // It is gone either way.
                return;
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    // --- selection ---

    @Override
    public void addKey(final HybridSelectionKey key) {
        synchronized (stateLock) {
            keys.add(key);
            if (kernel != null) {
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
        return onStack() && isOpen() ? opsOf(listener.readiness()) : 0;
    }

    @Override
    public int opsOf(final int readiness) {
        return (readiness & (Readiness.ACCEPT | Errors.ENDED)) != 0 ? SelectionKey.OP_ACCEPT : 0;
    }

    @Override
    public SelectableChannel kernelChannel() {
        return kernel;
    }

    // --- addresses, options, adaptor ---

    @Override
    public SocketAddress getLocalAddress() throws IOException {
        requireOpen();
        return local();
    }

    /** Null if not bound; known also after close. */
    InetSocketAddress local() throws IOException {
        final ServerSocketChannel k = kernel;
        return k == null ? localAddress : k.isOpen() ? (InetSocketAddress) k.getLocalAddress()
            : (InetSocketAddress) k.socket().getLocalSocketAddress();
    }

    @Override
    public ServerSocket socket() {
        synchronized (stateLock) {
            if (adaptor == null) {
                adaptor = ChannelServerSocket.of(this);
            }
            return adaptor;
        }
    }

    @Override
    public <T> ServerSocketChannel setOption(final SocketOption<T> name, final T value) throws IOException {
        final T checked = OptionMemory.checked(this, name, value);
        synchronized (stateLock) {
            requireOpen();
            if (kernel != null) {
                kernel.setOption(name, checked);
            } else {
                optionMemory.remember(name, checked);
                hybridProvider.options().set(listener, name, checked);
            }
        }
        return this;
    }

    @Override
    public <T> T getOption(final SocketOption<T> name) throws IOException {
        OptionMemory.requireSupported(this, name);
        synchronized (stateLock) {
            requireOpen();
            return kernel != null ? kernel.getOption(name) : hybridProvider.options().get(listener, name);
        }
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        final ServerSocketChannel k = kernel;
        return k != null ? k.supportedOptions() : hybridProvider.options().listener();
    }

    private void requireOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public String toString() {
        try {
            return (onStack() ? "HoldfastServerSocketChannel[" : "ServerSocketChannel[")
                + (isOpen() ? "" : "closed ") + "local=" + local() + "]";
        } catch (final IOException e) {
            return "ServerSocketChannel[" + e.getMessage() + "]";
        }
    }
}
