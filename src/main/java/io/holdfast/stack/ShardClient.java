package io.holdfast.stack;

import io.holdfast.counters.Counters;
import io.holdfast.counters.StackCounter;
import io.holdfast.tcp.ConnectionId;
import io.holdfast.tcp.TcpConnection;
import io.holdfast.tcp.TcpInfo;
import io.holdfast.tcp.TcpListener;
import io.holdfast.tcp.TcpOptions;
import io.holdfast.tcp.TcpStack;
import io.holdfast.wire.IpAddress;

/** What sockets and listings ask of their shard, by name. Any thread; what returns something waits for it. */
public final class ShardClient {
    private final Shard shard;
    private final Network network;
    private final ConnectionSet connections;
    private final TcpStack tcp;
    private final PortAllocator ports;
    private final Counters counters;
    private final Datagrams datagrams;

    public ShardClient(final Shard shard) {
        this.shard = shard;
        network = shard.network();
        connections = shard.connections();
        tcp = shard.tcp();
        ports = shard.ports();
        counters = shard.counters();
        datagrams = new Datagrams(shard, network.udp());
    }

    // --- what every call begins with ---

    /** As {@link Shard#requireRoom}. */
    public void requireRoom() {
        shard.requireRoom();
    }

    /** As {@link Shard#hasRoom}. */
    public boolean hasRoom() {
        return shard.hasRoom();
    }

    /** As {@link Shard#requireRunning}. */
    public void requireRunning() {
        shard.requireRunning();
    }

    /** As {@link Shard#isStopped}. */
    public boolean isStopped() {
        return shard.isStopped();
    }

    /** As {@link Shard#poisoned}. */
    public Error poisoned(final Error error) {
        return shard.poisoned(error);
    }

    /** As {@link Shard#isRunByCaller}. */
    public boolean isRunByCaller() {
        return shard.isRunByCaller();
    }

    /** As {@link Shard#isInvoked}. */
    public boolean isInvoked() {
        return shard.isInvoked();
    }

    // --- verbs and waiting ---

    /** As {@link Shard#post(Endpoint, int)}. */
    public void post(final Endpoint endpoint, final int verbs) {
        shard.post(endpoint, verbs);
    }

    /** As {@link Shard#post(Runnable)}. */
    public void post(final Runnable work) {
        shard.post(work);
    }

    public BatonWaiter newWaiter() {
        return shard.newWaiter();
    }

    /** As {@link Shard#await}. */
    public boolean await(final BatonWaiter waiter, final long timeoutNs) {
        return shard.await(waiter, timeoutNs);
    }

    /** The shard's clock. */
    public long nowNs() {
        return shard.nowNs();
    }

    // --- ports, listeners, connections ---

    /** Binds a local port; null if it is taken. {@code port} 0 chooses one. */
    public PortBinding bind(final IpAddress address, final int port, final boolean reuse) {
        return shard.call(() -> {
            int chosen = port;
            if (port == 0) {
                chosen = ports.choose(address.hi(), address.lo(), 0, 0, 0, connections.ports::unused);
                if (chosen == 0) {
                    counters.increment(StackCounter.EPHEMERAL_PORTS_EXHAUSTED);
                    return null;
                }
            }
            return connections.ports.bind(address, chosen, reuse);
        });
    }

    public void unbind(final PortBinding binding) {
        shard.lastCall(() -> connections.ports.release(binding));
    }

    /**
     * Listens on a bound port; null if another socket listens there.
     *
     * @param resumes connections that another host's application served are given to it too, see {@link #resume}
     */
    public ListenerEntry listen(final PortBinding binding, final int backlog, final TcpOptions options,
        final boolean resumes) {
        return shard.call(() -> {
            if (!connections.ports.listen(binding)) {
                return null;
            }
            final TcpListener listener = tcp.listen(binding.address, binding.port, backlog, options);
            final ListenerEntry entry = new ListenerEntry(listener, binding.address, binding.port, backlog, resumes);
            connections.listeners.add(entry);
            connections.replication.onListening(entry, shard.lastCycleNs());
            return entry;
        });
    }

    public void backlog(final ListenerEntry entry, final int backlog) {
        shard.call(() -> {
            entry.listener.backlog(backlog);
            return null;
        });
    }

    /**
     * The next connection of a listener, or null.
     *
     * @param taken the connection is put here too, as it is taken: for a caller who never hears the answer, because of an error
     */
    public Endpoint accept(final ListenerEntry entry, final Endpoint[] taken) {
        return shard.call(() -> {
            Endpoint endpoint;
            do {
                final TcpConnection connection = entry.listener.accept();
                if (connection == null) {
                    entry.refresh();
                    return null;
                }
                endpoint = (Endpoint) connection.owner();
                // One that ended before it was accepted is passed over.
            } while (endpoint.freed);
            entry.refresh();
            endpoint.attached = true;
            taken[0] = endpoint;
            connections.replication.onAccepted(endpoint);
            return endpoint;
        });
    }

    /** The next connection of another host's application for that listener to go on with, or null. */
    public Resumption resume(final ListenerEntry entry) {
        return shard.call(() -> {
            Resumption next = entry.resumed.poll();
            while (next != null && next.endpoint().freed) {
                next = entry.resumed.poll();
            }
            if (next != null) {
                next.endpoint().attached = true;
            }
            return next;
        });
    }

    /** Tells the listener's observer, with the baton, what came before it was there. */
    public void publish(final ListenerEntry entry) {
        shard.call(() -> {
            entry.publish();
            return null;
        });
    }

    /** Ends listening: connections that were not accepted are reset. */
    public void close(final ListenerEntry entry) {
        shard.lastCall(() -> {
            connections.listeners.remove(entry);
            connections.replication.onUnlistening(entry);
            entry.listener.close(shard.lastCycleNs());
            for (final Resumption left : entry.resumed) {
                left.endpoint().connection().abort(shard.lastCycleNs());
                connections.touch(left.endpoint());
            }
            entry.resumed.clear();
        });
    }

    /**
     * Starts a connection; the SYN leaves at once.
     *
     * @param binding the port the socket is bound to; null to choose one
     * @return null if no port is free, or the connection exists, or the table is full
     */
    public Endpoint connect(final IpAddress local, final PortBinding binding, final IpAddress remote, final int remotePort,
        final TcpOptions options) {
        return shard.call(() -> {
            final ConnectionTable table = connections.table;
            final int port = binding != null ? binding.port
                : ports.choose(local.hi(), local.lo(), remote.hi(), remote.lo(), remotePort,
                    p -> connections.ports.unbound(p)
                        && table.find(local.hi(), local.lo(), p, remote.hi(), remote.lo(), remotePort) == null);
            if (port == 0) {
                counters.increment(StackCounter.EPHEMERAL_PORTS_EXHAUSTED);
                return null;
            }
            if (table.find(local.hi(), local.lo(), port, remote.hi(), remote.lo(), remotePort) != null) {
                return null;
            }
            final TcpConnection connection =
                tcp.connect(new ConnectionId(local, port, remote, remotePort), options, shard.lastCycleNs());
            final Endpoint endpoint = connections.addEndpoint(connection);
            if (endpoint == null) {
                connection.free();
                return null;
            }
            endpoint.attached = true;
            return endpoint;
        });
    }

    /** Gives a connection new options. */
    public void options(final Endpoint endpoint, final TcpOptions options) {
        shard.call(() -> {
            endpoint.connection().options().copyFrom(options);
            connections.apply(endpoint, Endpoint.OPTIONS, shard.lastCycleNs());
            return null;
        });
    }

    /** Gives a listener new options, which connections inherit from now on. */
    public void options(final ListenerEntry entry, final TcpOptions options) {
        shard.call(() -> {
            entry.listener.options().copyFrom(options);
            return null;
        });
    }

    // --- addresses and insight ---

    public Datagrams datagrams() {
        return datagrams;
    }

    /** The address to send from to that one; null if there is none. */
    public IpAddress sourceFor(final IpAddress remote) {
        return shard.call(() -> network.ip().selectSource(remote.hi(), remote.lo()));
    }

    /** The connection's vital signs. */
    public TcpInfo info(final Endpoint endpoint) {
        return shard.call(() -> {
            final TcpInfo info = new TcpInfo();
            endpoint.connection().info(info, shard.lastCycleNs());
            return info;
        });
    }

    /** Shows every listener. */
    public void listeners(final ListenerVisitor visitor) {
        shard.call(() -> {
            for (final ListenerEntry e : connections.listeners.members()) {
                visitor.onListener(e.address, e.port, e.listener.acceptable(), e.backlog);
            }
            return null;
        });
    }

    /** Shows every connection, TIME-WAIT included. */
    public void connections(final ConnectionVisitor visitor) {
        shard.call(() -> {
            for (final Endpoint e : connections.table.members()) {
                final TcpConnection connection = e.connection();
                final TcpInfo info = new TcpInfo();
                connection.info(info, shard.lastCycleNs());
                visitor.onConnection(connection.id(), connection.receiveBuffer().size(), connection.sendBuffer().size(), info);
            }
            return null;
        });
    }
}
