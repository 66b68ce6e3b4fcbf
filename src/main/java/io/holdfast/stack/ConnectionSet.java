package io.holdfast.stack;

import io.holdfast.buffer.ChunkPool;
import io.holdfast.counters.Counters;
import io.holdfast.counters.StackCounter;
import io.holdfast.tcp.ConnectionId;
import io.holdfast.tcp.TcpConnection;
import io.holdfast.tcp.TcpListener;
import io.holdfast.tcp.TcpStack;
import io.holdfast.wire.IpAddress;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * The connections and listeners of a shard, from birth to removal: table, timers, and the list of those that were
 * touched and are settled once a batch. With the baton only.
 */
final class ConnectionSet implements TcpStack.Table {
    /** Timer entries expired in one duty cycle at most. */
    static final int TIMER_LIMIT = 1024;
    /** Payload that one connection may send in its turn. */
    static final int TURN_BYTES = 256 * 1024;
    /** Payload after which a duty cycle leaves transmission to the next one. */
    static final int CYCLE_BYTES = 1024 * 1024;
    /** How long a device that was full is left alone. */
    static final long STALL_NS = 200_000;
    /** How long a host that may not speak waits before it asks again. */
    static final long SILENCE_NS = 1_000_000;

    final ConnectionTable table;
    final ListenerTable listeners = new ListenerTable();
    final PortTable ports = new PortTable();
    private final EndpointTimers timers;
    private final DirtyList dirty = new DirtyList();
    final Starvation starvation;
    private final Consumer<Endpoint> relieved = this::publishWritable;
    private final ArrayDeque<ListenerEntry> dirtyListeners = new ArrayDeque<>();
    private final Counters counters;
    private final ErrorLog errors;
    private final Network network;
    private final Endpoint.VerbHandler verbHandler = this::apply;
    /** What carries the connections to another host. */
    Replication replication = NoReplication.INSTANCE;
    private boolean closed;
    private long expiryNs;
    private boolean stalled;
    private long stalledUntilNs;
    /** The log had no room for what the connection that was settled last had to say. */
    private boolean logFull;

    ConnectionSet(final ConnectionTable table, final Network network, final ChunkPool pool, final Counters counters,
        final ErrorLog errors) {
        starvation = new Starvation(pool);
        this.table = table;
        this.network = network;
        this.counters = counters;
        this.errors = errors;
        timers = new EndpointTimers(table.limit(), this::onTimer);
    }

    // --- TcpStack.Table ---

    @Override
    public boolean add(final TcpConnection connection) {
        return addEndpoint(connection) != null;
    }

    @Override
    public void onAcceptable(final TcpListener listener) {
        final ListenerEntry entry = listeners.of(listener);
        if (entry != null && !entry.dirty) {
            entry.dirty = true;
            dirtyListeners.add(entry);
        }
    }

    @Override
    public int pathMtu(final IpAddress remote) {
        return network.pathMtu(remote);
    }

    @Override
    public boolean isListened(final ConnectionId id) {
        return listeners.find(id.localAddress().hi(), id.localAddress().lo(), id.localPort()) != null;
    }

    @Override
    public boolean segmentation() {
        return network.segmentation();
    }

    @Override
    public void onWork(final TcpConnection connection) {
        final Endpoint endpoint = find(connection.id());
        if (endpoint != null && endpoint.connection() == connection) {
            touch(endpoint);
        }
    }

    // --- the shard's part ---

    /** Puts a connection into the table; null if that is full. */
    Endpoint addEndpoint(final TcpConnection connection) {
        final Endpoint endpoint = new Endpoint(connection, verbHandler);
        connection.owner(endpoint);
        if (!table.add(endpoint)) {
            counters.increment(StackCounter.CONNECTION_TABLE_FULL);
            return null;
        }
        ports.connectionAdded(endpoint.localPort);
        counters.set(StackCounter.CONNECTIONS, table.size());
        replication.onAdded(endpoint, expiryNs);
        touch(endpoint);
        return endpoint;
    }

    Endpoint find(final ConnectionId id) {
        return table.find(id.localAddress().hi(), id.localAddress().lo(), id.localPort(), id.remoteAddress().hi(),
            id.remoteAddress().lo(), id.remotePort());
    }

    /** Something happened to the connection: it is settled before the batch ends. */
    void touch(final Endpoint endpoint) {
        dirty.add(endpoint);
    }

    /** A segment for a TIME-WAIT connection opens a new one over it: the old one goes. */
    boolean recycled(final Endpoint endpoint) {
        // Not its state: that has gone on to CLOSED with the segment.
        if ((endpoint.connection().pendingEvents() & TcpConnection.RECYCLED) == 0) {
            return false;
        }
        final int events = endpoint.connection().takeEvents();
        drop(endpoint);
        publish(endpoint, events | TcpConnection.CLOSED, 0);
        return true;
    }

    /** Fires the timers that are due. Returns their number. */
    int expire(final long nowNs) {
        expiryNs = nowNs;
        final int fired = timers.expire(nowNs, TIMER_LIMIT);
        if (fired > 0) {
            counters.add(StackCounter.TIMERS_FIRED, fired);
        }
        return fired;
    }

    private void onTimer(final Endpoint endpoint) {
        try {
            endpoint.connection().onTimer(expiryNs);
        } catch (final RuntimeException e) {
            fail(endpoint, e);
        }
        touch(endpoint);
    }

    /** Brings an application's verbs to its connection. */
    void apply(final Endpoint endpoint, final int verbs, final long nowNs) {
        if ((verbs & ~(Endpoint.READ | Endpoint.DUE)) != 0) {
            starvation.acted(endpoint);
        }
        if (endpoint.freed) {
            return;
        }
        if (replication.onVerbs(endpoint, verbs, nowNs)) {
            if ((verbs & Endpoint.STARVED) != 0) {
                starvation.add(endpoint);
            }
            if ((verbs & Endpoint.DETACH) != 0) {
                detach(endpoint);
            }
            return;
        }
        try {
            if (endpoint.inTable && !closed) {
                ApplicationVerbs.apply(endpoint.connection(), verbs, nowNs);
                if ((verbs & Endpoint.STARVED) != 0) {
                    counters.increment(StackCounter.WRITES_WITHOUT_MEMORY);
                    starvation.add(endpoint);
                }
                touch(endpoint);
            }
        } catch (final RuntimeException e) {
            fail(endpoint, e);
        }
        if ((verbs & Endpoint.DETACH) != 0) {
            detach(endpoint);
        }
    }

    /**
     * Settles what was touched: each connection transmits, is told of to its application, and gets its timer. Goes round
     * while there is something to send, up to a byte budget.
     *
     * @return amount of work done; 0 too if only the device's being full keeps work waiting
     */
    int flush(final long nowNs) {
        replication.beginFlush(nowNs);
        if (!replication.mayDepart(nowNs)) {
            stalled = true;
            stalledUntilNs = nowNs + SILENCE_NS;
        }
        final int work = flushAll(nowNs);
        replication.endFlush(nowNs);
        return work;
    }

    private int flushAll(final long nowNs) {
        if (stalled && nowNs < stalledUntilNs) {
            settleOthers(nowNs);
            return publishListeners();
        }
        stalled = false;
        starvation.relieve(relieved, nowNs);
        int work = settleAll(nowNs);
        // Handlers that accept inside the shard touch connections.
        while (!dirtyListeners.isEmpty()) {
            work += publishListeners() + settleAll(nowNs);
        }
        return work;
    }

    private int settleAll(final long nowNs) {
        final Transmitter transmitter = network.transmitter();
        final long startBytes = transmitter.bytesSent();
        int work = 0;
        for (Endpoint e = dirty.poll(); e != null; e = dirty.poll()) {
            work++;
            if (settle(e, nowNs)) {
                dirty.add(e);
                if (logFull) {
                    logFull = false;
                    stalled = true;
                    stalledUntilNs = nowNs + STALL_NS;
                    settleOthers(nowNs);
                    break;
                }
                if (transmitter.deviceFull()) {
                    stalled = true;
                    stalledUntilNs = nowNs + STALL_NS;
                    counters.increment(StackCounter.TRANSMIT_STALLS);
                    settleOthers(nowNs);
                    break;
                }
                if (transmitter.bytesSent() - startBytes > CYCLE_BYTES) {
                    counters.increment(StackCounter.TRANSMIT_BUDGET);
                    break;
                }
            }
        }
        return work;
    }

    private void publishWritable(final Endpoint endpoint) {
        publish(endpoint, TcpConnection.WRITABLE, 0);
    }

    private int publishListeners() {
        int n = 0;
        for (ListenerEntry entry = dirtyListeners.poll(); entry != null; entry = dirtyListeners.poll()) {
            entry.dirty = false;
            try {
                entry.publish();
            } catch (final RuntimeException e) {
                errors.record(StackCounter.HANDLER_ERRORS, "handler of the listener on port " + entry.port, e);
            }
            n++;
        }
        return n;
    }

    /** The device is full: the others' log, events and timers do not wait for it. */
    private void settleOthers(final long nowNs) {
        for (int n = dirty.size(); n > 0; n--) {
            final Endpoint e = dirty.poll();
            if (!e.freed) {
                try {
                    final boolean captured = replication.capture(e, nowNs);
                    if (!captured || e.connection().transmitPending()) {
                        dirty.add(e);
                    }
                } catch (final RuntimeException failure) {
                    fail(e, failure);
                }
                finish(e, nowNs);
            }
        }
    }

    /** True if the connection has more to send. */
    private boolean settle(final Endpoint endpoint, final long nowNs) {
        if (endpoint.freed) {
            return false;
        }
        boolean more = false;
        try {
            final TcpConnection connection = endpoint.connection();
            if (!replication.capture(endpoint, nowNs)) {
                logFull = true;
                more = true;
            } else if (connection.transmitPending()) {
                more = connection.pollTransmit(nowNs, network.transmitter(), TURN_BYTES);
            }
        } catch (final RuntimeException e) {
            fail(endpoint, e);
        }
        finish(endpoint, nowNs);
        return more && endpoint.inTable;
    }

    private void finish(final Endpoint endpoint, final long nowNs) {
        final TcpConnection connection = endpoint.connection();
        final int events = connection.takeEvents();
        if (events != 0) {
            if ((events & TcpConnection.CLOSED) != 0) {
                drop(endpoint);
            }
            publish(endpoint, events, nowNs);
        }
        if (endpoint.inTable) {
            timers.arm(endpoint, connection.nextDeadlineNs());
        }
    }

    private void publish(final Endpoint endpoint, final int events, final long nowNs) {
        try {
            endpoint.publish(events);
        } catch (final RuntimeException e) {
            errors.record(StackCounter.HANDLER_ERRORS, "handler of " + endpoint.connection().id(), e);
            if (endpoint.inTable) {
                endpoint.connection().abort(nowNs);
                touch(endpoint);
            }
        }
    }

    /** Takes the connection out of table and timers, and frees it once no application holds it. */
    void drop(final Endpoint endpoint) {
        if (endpoint.inTable) {
            table.remove(endpoint);
            ports.connectionRemoved(endpoint.localPort);
            timers.remove(endpoint);
            counters.set(StackCounter.CONNECTIONS, table.size());
            replication.onDropped(endpoint, expiryNs);
        }
        if (!endpoint.attached && !endpoint.promised && !endpoint.freed) {
            endpoint.freed = true;
            endpoint.connection().free();
        }
    }

    /** The application lets go of the connection. */
    void detach(final Endpoint endpoint) {
        endpoint.attached = false;
        endpoint.promised = false;
        if (!endpoint.inTable) {
            drop(endpoint);
        }
    }

    /** Ends listening, and resets every connection that lives on this host alone; then nothing is applied any more. */
    void close(final long nowNs) {
        for (final ListenerEntry entry : listeners.members()) {
            listeners.remove(entry);
            if (!isReplicated()) {
                entry.listener.close(nowNs);
            }
        }
        // What lives on another host too must not hear that this one ends: a stop is not a close.
        for (final Endpoint endpoint : table.members()) {
            if (endpoint.replica() == null) {
                endpoint.connection().abort(nowNs);
                touch(endpoint);
            }
        }
        flush(nowNs);
        closed = true;
    }

    boolean isReplicated() {
        return replication != NoReplication.INSTANCE;
    }

    /** A bug in the core must not end the shard: its connection is dropped, with no word to the peer. */
    void fail(final Endpoint endpoint, final Throwable error) {
        errors.record(StackCounter.CONNECTION_ERRORS, "connection " + endpoint.connection().id(), error);
        drop(endpoint);
        publish(endpoint, TcpConnection.FAILED | TcpConnection.CLOSED, 0);
    }

    /** When the next timer fires, or what waits for its turn, or for memory, is to go on. */
    long nextDeadlineNs(final long nowNs) {
        final long timer = Math.min(timers.nextDeadlineNs(), starvation.nextDeadlineNs(nowNs));
        if (dirty.size() == 0) {
            return timer;
        }
        return stalled ? Math.min(timer, stalledUntilNs) : 0;
    }
}
