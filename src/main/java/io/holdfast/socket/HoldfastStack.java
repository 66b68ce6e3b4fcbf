package io.holdfast.socket;

import io.holdfast.config.StackConfig;
import io.holdfast.counters.Counters;
import io.holdfast.replay.Choices;
import io.holdfast.stack.BatonWaiter;
import io.holdfast.stack.PortBinding;
import io.holdfast.stack.Replication;
import io.holdfast.stack.Shard;
import io.holdfast.stack.ShardClient;
import io.holdfast.stack.ShardControl;
import io.holdfast.stack.StackStart;
import io.holdfast.tcp.TcpState;
import io.holdfast.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A running stack: where sockets come from. Any thread.
 */
public final class HoldfastStack implements AutoCloseable {
    private static final long FINISH_CHECK_NS = 2_000_000;
    /** Nothing is sent any more but to answer. */
    private static final Set<TcpState> FINISHED = Set.of(TcpState.FIN_WAIT_2, TcpState.TIME_WAIT, TcpState.CLOSED);

    private final StackConfig config;
    private final Shard shard;
    private final ShardClient client;
    private final Set<StackSocket> sockets = ConcurrentHashMap.newKeySet();

    private HoldfastStack(final StackConfig config, final Shard shard) {
        this.config = config;
        this.shard = shard;
        client = new ShardClient(shard);
        shard.onStopped(this::wakeAll);
    }

    private void wakeAll(final Throwable cause) {
        for (final StackSocket socket : sockets) {
            socket.onStackStopped();
        }
    }

    /** Starts a stack on the device that the configuration names. */
    public static HoldfastStack start(final StackConfig config) {
        return start(config, null);
    }

    /**
     * @param replication makes what carries the connections to another host; null for nothing. The addresses are held back until
     *                    it takes them
     */
    public static HoldfastStack start(final StackConfig config, final Function<ShardControl, Replication> replication) {
        return new HoldfastStack(config, StackStart.start(config, replication));
    }

    /** Is this one of the addresses the stack answers for? What NIO and java.net ask to choose between stack and kernel. */
    public boolean owns(final InetAddress address) {
        return config.addresses().contains(IpAddress.of(address));
    }

    /** Is this address of the stack in use here now? Not on a backup: there, whoever leads has it. */
    public boolean serves(final InetAddress address) {
        return owns(address) && client.sourceFor(IpAddress.of(address)) != null;
    }

    public StreamSocket openStream() {
        return remember(new StreamSocket(this));
    }

    public ListenerSocket openListener() {
        return remember(new ListenerSocket(this));
    }

    public DatagramSocket openDatagram() {
        return remember(new DatagramSocket(this));
    }

    public Waiter newWaiter() {
        return new Waiter(client.newWaiter());
    }

    /**
     * Waits until the waiter is woken, the time is up, or the thread is interrupted (whose status stays set). Platform
     * threads may run the shard meanwhile; virtual ones park. In INVOKER mode it does not wait.
     *
     * @param timeoutNs negative: no limit
     * @return true if it was woken
     */
    public boolean await(final Waiter waiter, final long timeoutNs) {
        final BatonWaiter inner = waiter.inner;
        return shard.await(inner, timeoutNs);
    }

    // --- insight, for ops; any thread ---

    /** The counters of the shard, live. */
    public Counters counters() {
        return shard.counters();
    }

    /** Every socket there is, at about one moment: listeners, connections (TIME-WAIT too), datagram sockets. */
    public List<SocketEntry> sockets() {
        final List<SocketEntry> all = new ArrayList<>();
        client.listeners((address, port, acceptable, backlog) -> all.add(new SocketEntry("tcp", "LISTEN", acceptable, backlog,
            SocketErrors.socketAddress(address, port), null, null)));
        client.connections((id, received, unacknowledged, info) -> all.add(new SocketEntry("tcp", info.state.name(), received,
            unacknowledged, SocketErrors.socketAddress(id.localAddress(), id.localPort()),
            SocketErrors.socketAddress(id.remoteAddress(), id.remotePort()), info)));
        for (final StackSocket socket : sockets) {
            if (socket instanceof DatagramSocket datagram && datagram.localAddress() != null) {
                all.add(new SocketEntry("udp", datagram.remoteAddress() == null ? "UNCONN" : "ESTAB", 0, 0,
                    datagram.localAddress(), datagram.remoteAddress(), null));
            }
        }
        return all;
    }

    /** Of the listeners that are the kernel's too. What comes there is not protected. */
    public List<KernelAcceptor<?>> kernelSides() {
        final List<KernelAcceptor<?>> all = new ArrayList<>();
        for (final StackSocket socket : sockets) {
            if (socket instanceof ListenerSocket listening && listening.kernelSide() != null) {
                all.add(listening.kernelSide());
            }
        }
        all.sort(Comparator.comparingInt(KernelAcceptor::port));
        return all;
    }

    /** Writes every frame of the device to a new pcapng file, until stopped. One capture at a time. */
    public void startCapture(final Path file) throws IOException {
        shard.capture().start(file);
    }

    /** Ends the capture and completes its file. No effect if there is none. */
    public void stopCapture() throws IOException {
        shard.capture().stop();
    }

    // --- INVOKER mode only: the caller is the shard's thread, and time is what it says ---

    /** One duty cycle at that time. Returns the amount of work done, 0 if there was none. */
    public int invoke(final long nowNs) {
        return shard.invoke(nowNs);
    }

    /** When {@link #invoke} is wanted next although no frame comes; {@code Deadline.NONE} if never. */
    public long nextDeadlineNs() {
        return shard.invokeDeadlineNs();
    }

    /**
     * Who is told, once, that an error went through the middle of the stack's work and has stopped it: nothing leaves any more,
     * and every socket's next operation ends in an {@code IOException} that says so. By a thread of the stack's, or the caller if
     * that is so.
     */
    public void onStopped(final Consumer<Throwable> listener) {
        shard.onStopped(listener);
    }

    /**
     * Closes every socket as the kernel does for a process that is gone, and waits until what was written has arrived. The stack
     * goes on meanwhile, and afterwards.
     *
     * @param limitMs longest wait
     */
    public void finish(final int limitMs) {
        for (final StackSocket socket : List.copyOf(sockets)) {
            try {
                socket.close();
            } catch (final IOException e) {
                throw new IllegalStateException("sockets of a stack close without I/O", e);
            }
        }
        final long endNs = System.nanoTime() + limitMs * 1_000_000L;
        while (!shard.isStopped() && isUnfinished() && endNs - System.nanoTime() > 0) {
            LockSupport.parkNanos(FINISH_CHECK_NS);
        }
    }

    /** Has a connection something to send that the other end has not acknowledged, its end included? */
    private boolean isUnfinished() {
        final boolean[] found = new boolean[1];
        client.connections((id, received, unacknowledged, info) ->
            found[0] |= unacknowledged > 0 || !FINISHED.contains(info.state));
        return found[0];
    }

    /** Closes every socket (connections are reset), then the device. */
    @Override
    public void close() {
        shard.close();
        for (final StackSocket socket : sockets) {
            try {
                socket.close();
            } catch (final IOException e) {
                throw new IllegalStateException("sockets of a closed stack close without I/O", e);
            }
        }
        shard.terminate();
    }

    // --- for the sockets ---

    void requireRunning() throws IOException {
        SocketErrors.requireRunning(client);
    }

    ShardClient shard() {
        return client;
    }

    StackConfig config() {
        return config;
    }

    <S extends StackSocket> S remember(final S socket) {
        sockets.add(socket);
        return socket;
    }

    void forget(final StackSocket socket) {
        sockets.remove(socket);
    }

    PortBinding bind(final InetSocketAddress local, final boolean reuse) throws IOException {
        final IpAddress address = local == null ? IpAddress.ANY : SocketErrors.address(local);
        if (!address.isAny() && !config.addresses().contains(address)) {
            throw SocketErrors.addressNotAvailable();
        }
        final int port = local == null ? 0 : local.getPort();
        final PortBinding binding = port == 0 ? bindAny(address, reuse) : client.bind(address, port, reuse);
        if (binding == null) {
            throw SocketErrors.addressInUse();
        }
        return binding;
    }

    /** To a port that nobody uses, or, on a backup, that the primary chose for the same purpose. Null if there is none. */
    private PortBinding bindAny(final IpAddress address, final boolean reuse) {
        final PortBinding[] made = new PortBinding[1];
        final long port = Choices.choose(Choices.PORT, () -> {
            made[0] = client.bind(address, 0, reuse);
            return made[0] == null ? 0 : made[0].port();
        });
        return made[0] != null || port == 0 ? made[0] : client.bind(address, (int) port, reuse);
    }

    IpAddress sourceFor(final IpAddress remote) {
        return client.sourceFor(remote);
    }
}
