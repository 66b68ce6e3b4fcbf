package io.holdfast.socket;

import io.holdfast.replay.Choices;
import io.holdfast.stack.Endpoint;
import io.holdfast.stack.ListenerEntry;
import io.holdfast.stack.PortBinding;
import io.holdfast.stack.Resumption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.util.Set;

/** A passive TCP socket. Any thread, also several accepting at a time. */
public final class ListenerSocket extends TcpSocket {
    private final HoldfastStack stack;
    private final WaiterSlot acceptors;
    private PortBinding binding;
    private volatile ListenerEntry entry;
    private volatile ReadinessListener listener;
    private volatile ConnectionHandler handler;
    private volatile ResumeHandler resumeHandler;
    private volatile KernelAcceptor<?> kernelSide;
    private volatile boolean closed;

    ListenerSocket(final HoldfastStack stack) {
        super(stack.shard(), stack.config().tcp);
        this.stack = stack;
        acceptors = new WaiterSlot(shard);
    }

    /** Binds without listening. */
    public synchronized void bind(final InetSocketAddress local) throws IOException {
        requireOpen();
        if (binding != null) {
            throw new SocketException("Invalid argument");
        }
        binding = stack.bind(local, options.reuseAddress);
    }

    /** Listens; may be called again to change the backlog. Binds to an ephemeral port if not bound. */
    public synchronized void listen(final int backlog) throws IOException {
        requireOpen();
        if (entry != null) {
            shard.backlog(entry, backlog);
            return;
        }
        if (binding == null) {
            bind(new InetSocketAddress(0));
        }
        final ListenerEntry made = shard.listen(binding, backlog, options, resumeHandler != null);
        if (made == null) {
            throw SocketErrors.addressInUse();
        }
        entry = made;
        made.observer(this::onAcceptable);
        // After a takeover there may be connections that waited for it.
        shard.publish(made);
    }

    /** The next connection, or null if none is there. */
    public StreamSocket accept() throws IOException {
        requireOpen();
        Choices.serving(null);
        final ListenerEntry e = entry;
        if (e == null) {
            throw new SocketException("Invalid argument");
        }
        if (e.acceptable() == 0) {
            return null;
        }
        final Endpoint[] taken = new Endpoint[1];
        try {
            final Endpoint endpoint = shard.accept(e, taken);
            return endpoint == null ? null : stack.remember(new StreamSocket(stack, endpoint));
        } catch (final Error error) {
            if (taken[0] != null) {
                // Nobody has it, nor ever will.
                shard.post(taken[0], Endpoint.ABORT | Endpoint.DETACH);
            }
            throw error;
        }
    }

    public int readiness() {
        if (closed) {
            return Readiness.HANG_UP;
        }
        if (shard.isStopped()) {
            return Readiness.HANG_UP | Readiness.ERROR | Readiness.ACCEPT;
        }
        final ListenerEntry e = entry;
        final KernelAcceptor<?> other = kernelSide;
        return e != null && e.acceptable() > 0 || other != null && other.hasWaiting() ? Readiness.ACCEPT : 0;
    }

    /**
     * From now on this listener is ready, too, when a client waits at the kernel's side, whose connections the caller takes from
     * there. That side is closed with this listener.
     */
    public void kernelSide(final KernelAcceptor<?> value) {
        kernelSide = value;
        value.start();
    }

    /** null if there is none. */
    KernelAcceptor<?> kernelSide() {
        return kernelSide;
    }

    void kernelArrived() {
        tell(Readiness.ACCEPT);
    }

    public void readinessListener(final ReadinessListener value) {
        listener = value;
    }

    /** Accepts every connection as it comes, inside the shard, and gives it to that handler. Before {@link #listen}. */
    public void handler(final ConnectionHandler value) {
        handler = value;
    }

    /**
     * Takes connections that this application served on another host, until that died: replication mode resume. Before
     * {@link #listen}. Without one, such connections are reset, and reported.
     */
    public void resumeHandler(final ResumeHandler value) {
        resumeHandler = value;
    }

    private void resumeAll() {
        RuntimeException failed = null;
        for (Resumption r = shard.resume(entry); r != null; r = shard.resume(entry)) {
            final StreamSocket socket = stack.remember(new StreamSocket(stack, r));
            try {
                resumeHandler.onResume(socket, new Checkpoint(r.readOffset(), r.writeOffset(), ByteBuffer.wrap(r.blob())));
                final ConnectionHandler to = handler;
                if (to != null && socket.isOpen()) {
                    socket.handler(to);
                    HandlerAdapter.readable(socket, to);
                }
            } catch (final Throwable e) {
                socket.abort();
                failed = new HandlerAdapter.HandlerException(e);
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    private void acceptAll(final ConnectionHandler to) {
        try {
            for (StreamSocket socket = accept(); socket != null; socket = accept()) {
                socket.handler(to);
                HandlerAdapter.begin(socket, to);
            }
        } catch (final IOException e) {
            // Closed meanwhile: there is nothing to accept.
        }
    }

    private void onAcceptable() {
        resumeAll();
        final ConnectionHandler to = handler;
        if (to != null) {
            acceptAll(to);
            return;
        }
        tell(Readiness.ACCEPT);
    }

    @Override
    public void onStackStopped() {
        tell(Readiness.ACCEPT | Readiness.HANG_UP | Readiness.ERROR);
    }

    private void tell(final int bits) {
        acceptors.wake();
        final ReadinessListener told = listener;
        if (told != null) {
            told.onReady(bits);
        }
    }

    /** As {@link StreamSocket#await}. */
    public int await(final int interest, final long timeoutNs) {
        shard.requireRoom();
        return acceptors.await(mask -> readiness() & mask, interest | Readiness.HANG_UP, timeoutNs);
    }

    /** Options that {@link #option} knows. */
    public static Set<SocketOption<?>> supportedOptions() {
        return TcpOptionValues.LISTENER;
    }

    @Override
    void applyOptions() {
        final ListenerEntry e = entry;
        if (e != null) {
            shard.options(e, options);
        }
    }

    /** null if not bound. */
    public synchronized InetSocketAddress localAddress() {
        return binding == null ? null : SocketErrors.socketAddress(binding.address(), binding.port());
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public void close() {
        shard.requireRoom();
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            final ListenerEntry e = entry;
            if (e != null) {
                shard.close(e);
            }
            if (binding != null) {
                shard.unbind(binding);
            }
        }
        final KernelAcceptor<?> other = kernelSide;
        if (other != null) {
            other.close();
        }
        tell(Readiness.HANG_UP);
        stack.forget(this);
    }
}
