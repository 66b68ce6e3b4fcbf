package io.holdfast.stack;

import io.holdfast.config.StackConfig;
import io.holdfast.counters.Counters;
import io.holdfast.counters.CountersFile;
import io.holdfast.counters.StackCounter;
import io.holdfast.link.Link;
import io.holdfast.link.decorator.PcapngLink;
import io.holdfast.tcp.ConnectionId;
import io.holdfast.tcp.TcpConnection;
import io.holdfast.tcp.TcpInfo;
import io.holdfast.tcp.TcpListener;
import io.holdfast.tcp.TcpOptions;
import io.holdfast.tcp.TcpStack;
import io.holdfast.util.Deadline;
import io.holdfast.wire.IpAddress;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One device queue with its connections and timers, run by one thread at a time, the holder of the {@link Baton}. The
 * duty cycle: read the clock; take in frames, a bounded number; execute commands; expire timers; give every connection
 * that was touched its turn to transmit, once for the whole batch, so that acknowledgements leave once per batch; publish
 * what became ready.
 *
 * <p>Public methods are for any thread: they do their work at once if the baton is free, and send it as a command
 * otherwise. Those that return something wait for it.
 */
public final class Shard implements DutyCycle, AutoCloseable {
    /** Frames taken in one duty cycle at most. */
    static final int RECEIVE_LIMIT = 256;
    /** Whatever -Xss says: it runs the shard where others cannot. */
    private static final long AGENT_STACK_BYTES = 1024 * 1024;
    /** How long a caller parks before it looks again whether its command was executed, or the queue has room. */
    private static final long CALL_PARK_NS = 1_000_000L;
    private static final Runnable NOTHING_MEANWHILE = () -> { };

    private final StackConfig config;
    private final Link link;
    private final PcapngLink capturing;
    private final CountersFile countersFile;
    private final Counters counters;
    private final ShardClock clock;
    private final ErrorLog errors;
    private final Network network;
    private final FrameSource frames;
    /** null unless the mode is DEDICATED. */
    private final ReceiverThread receiver;
    private final ConnectionSet connections;
    private final TcpStack tcp;
    private final PortAllocator portAllocator;
    private final CommandQueue commands = new CommandQueue();
    private final Command allCommands = this::execute;
    private final Baton baton;
    private final Datagrams datagrams;
    private final boolean invoker;
    private final StopNews stopNews = new StopNews();
    private Thread agentThread;
    private volatile boolean closed;

    /**
     * @param replication  makes what carries the connections to another host; null for nothing
     * @param capturing    the link's part that can capture
     * @param countersFile where the counters are; null if nowhere else
     */
    Shard(final StackConfig config, final Function<ShardControl, Replication> replication, final Link link,
        final PcapngLink capturing, final Counters counters, final CountersFile countersFile) {
        this.countersFile = countersFile;
        this.config = config;
        this.link = link;
        this.capturing = capturing;
        this.counters = counters;
        invoker = config.threading() == StackConfig.Threading.INVOKER;
        clock = new ShardClock(invoker);
        errors = new ErrorLog(counters);
        network = new Network(config, link, counters, errors);
        final KeyedHash hash = new KeyedHash(config.random());
        portAllocator = new PortAllocator(new KeyedHash(config.random()));
        connections = new ConnectionSet(new ConnectionTable(hash, config.maxConnections()), network, config.pool(),
            counters, errors, this::apply);
        tcp = new TcpStack(config.tcp, config.pool(), counters, config.random(), connections);
        network.connect(connections, tcp, config.random());
        if (replication != null) {
            connections.ports.connectionsOutliveServers = true;
            connections.replication = replication.apply(new ShardControl(this, connections, tcp));
        }
        final boolean exclusive = config.threading() == StackConfig.Threading.SHARED
            || config.threading() == StackConfig.Threading.DEDICATED;
        final boolean dedicated = config.threading() == StackConfig.Threading.DEDICATED;
        final SleepPoint sleep = dedicated ? new SleepPoint.Parked() : SleepPoint.on(link);
        receiver = dedicated ? new ReceiverThread(link, sleep, counters) : null;
        frames = dedicated ? receiver : new DirectFrameSource(link);
        datagrams = new Datagrams(this, network.udp());
        baton = new Baton(sleep, this, exclusive, config.lookIntervalNs(), config.spinNs(), this::tellStopped);
    }

    // --- the duty cycle, with the baton ---

    @Override
    public long nowNs() {
        return clock.nowNs();
    }

    @Override
    public int run() {
        if (closed) {
            return 0;
        }
        final long nowNs = beginCycle();
        int work = connections.replication == null || connections.replication.roomForInput()
            ? frames.drain(RECEIVE_LIMIT, network, nowNs) : 0;
        if (!commands.isEmpty()) {
            work += execute(nowNs);
        }
        work += connections.expire(nowNs);
        work += network.poll(nowNs);
        work += connections.flush(nowNs);
        counters.increment(StackCounter.DUTY_CYCLES);
        return work;
    }

    /** Reads the clock, once for all that follows until the baton is released. */
    private long beginCycle() {
        final long nowNs = clock.cycleNs();
        network.now(nowNs);
        return nowNs;
    }

    @Override
    public void runCommands() {
        final long nowNs = beginCycle();
        execute(nowNs);
        if (!closed) {
            connections.flush(nowNs);
        }
    }

    @Override
    public boolean commandsPending() {
        return !commands.isEmpty();
    }

    @Override
    public long nextDeadlineNs() {
        return closed ? Deadline.NONE : Math.min(connections.nextDeadlineNs(clock.lastCycleNs()),
            network.nextDeadlineNs());
    }

    private int execute(final long nowNs) {
        int n = 0;
        while (n < CommandQueue.DRAIN_LIMIT) {
            final Command command = commands.poll();
            if (command == null) {
                break;
            }
            n++;
            try {
                command.execute(nowNs);
            } catch (final RuntimeException e) {
                errors.record(StackCounter.COMMAND_ERRORS, "command", e);
            }
        }
        counters.add(StackCounter.COMMANDS, n);
        counters.set(StackCounter.COMMAND_QUEUE_FULL, commands.failedOffers());
        return n;
    }

    /** Brings an application's verbs to its connection. */
    void apply(final Endpoint endpoint, final int verbs, final long nowNs) {
        if ((verbs & ~(Endpoint.READ | Endpoint.DUE)) != 0) {
            connections.starvation.acted(endpoint);
        }
        if (endpoint.freed) {
            return;
        }
        if (connections.replication != null && connections.replication.onVerbs(endpoint, verbs, nowNs)) {
            if ((verbs & Endpoint.STARVED) != 0) {
                connections.starvation.add(endpoint);
            }
            if ((verbs & Endpoint.DETACH) != 0) {
                connections.detach(endpoint);
            }
            return;
        }
        try {
            if (endpoint.inTable && !closed) {
                ApplicationVerbs.apply(endpoint.connection(), verbs, nowNs);
                if ((verbs & Endpoint.STARVED) != 0) {
                    counters.increment(StackCounter.WRITES_WITHOUT_MEMORY);
                    connections.starvation.add(endpoint);
                }
                connections.touch(endpoint);
            }
        } catch (final RuntimeException e) {
            connections.fail(endpoint, e);
        }
        if ((verbs & Endpoint.DETACH) != 0) {
            connections.detach(endpoint);
        }
    }

    // --- for sockets, any thread ---

    /** Brings verbs to the connection: at once if the baton is free, else by command. */
    public void post(final Endpoint endpoint, final int verbs) {
        if (baton.held()) {
            try {
                apply(endpoint, verbs, clock.lastCycleNs());
            } catch (final Error e) {
                throw poisoned(e);
            }
            return;
        }
        try {
            if (baton.tryTake()) {
                final long nowNs = beginCycle();
                apply(endpoint, verbs, nowNs);
                connections.flush(nowNs);
                baton.release();
                return;
            }
        } catch (final Throwable e) {
            baton.thrown(e);
            throw e;
        }
        if (endpoint.note(verbs)) {
            offer(endpoint);
        }
        help();
    }

    /** Executes work with the baton: at once if that is free, else by command. */
    public void post(final Runnable work) {
        if (baton.held()) {
            work.run();
            return;
        }
        final Command command = nowNs -> work.run();
        if (!runAtOnce(command)) {
            offer(command);
            help();
        }
    }

    /** Does it with the baton, and settles what it touched. False if the baton is not to be had. */
    private boolean runAtOnce(final Command command) {
        try {
            if (!baton.tryTake()) {
                return false;
            }
            final long nowNs = beginCycle();
            command.execute(nowNs);
            if (!closed) {
                connections.flush(nowNs);
            }
            baton.release();
            return true;
        } catch (final Throwable e) {
            baton.thrown(e);
            throw e;
        }
    }

    /** Executes work with the baton and waits for its result. */
    <T> T call(final Supplier<T> work) {
        return call(work, NOTHING_MEANWHILE);
    }

    <T> T call(final Supplier<T> work, final Runnable meanwhile) {
        if (baton.held()) {
            try {
                return work.get();
            } catch (final Error e) {
                throw poisoned(e);
            }
        }
        final Call<T> call = new Call<>(work);
        if (runAtOnce(call)) {
            return call.result();
        }
        offer(call);
        boolean interrupted = false;
        while (!call.done()) {
            help();
            if (!call.done()) {
                requireRunning();
                meanwhile.run();
                LockSupport.parkNanos(this, CALL_PARK_NS);
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return call.result();
    }

    private void offer(final Command command) {
        while (!commands.offer(command) && baton.poison() == null) {
            help();
            LockSupport.parkNanos(this, CALL_PARK_NS);
        }
    }

    /** After an offer: whoever has the baton looks at the queue when it releases; if nobody has it, this thread does. */
    private void help() {
        if (!runAtOnce(allCommands)) {
            baton.commandOffered();
        }
    }

    // --- the end by an error ---

    /**
     * Stops the shard: an error struck in the middle of a cycle, or while a connection's buffers were being changed. Nothing
     * leaves the host any more, nobody waits, and those who listen are told of it by a thread that has stack left. Any thread.
     *
     * @return the error, to be thrown on
     */
    public Error poisoned(final Error error) {
        baton.poison(error);
        return error;
    }

    /**
     * @throws ShardStoppedException if it was poisoned
     */
    public void requireRunning() {
        final Throwable cause = baton.poison();
        if (cause != null) {
            throw new ShardStoppedException(cause);
        }
    }

    public boolean isStopped() {
        return baton.poison() != null;
    }

    /** Who is told, once, that an error stopped the shard. Any thread; at once if it has stopped. */
    public void onStopped(final Consumer<Throwable> listener) {
        stopNews.add(listener, baton.poison());
    }

    private void tellStopped() {
        stopNews.tell(baton.poison());
    }

    /**
     * Before a socket's call touches anything.
     *
     * @throws StackOverflowError if the calling thread has no stack left for it
     */
    public void requireRoom() {
        StackRoom.require(neededBytes());
    }

    /** Would {@link #requireRoom} throw nothing? */
    public boolean hasRoom() {
        return StackRoom.has(neededBytes());
    }

    private int neededBytes() {
        return baton.held() ? StackRoom.HELD_BYTES : StackRoom.CALL_BYTES;
    }

    /** Binds a local port; null if it is taken. {@code port} 0 chooses one. */
    public PortBinding bind(final IpAddress address, final int port, final boolean reuse) {
        return call(() -> {
            int chosen = port;
            if (port == 0) {
                chosen = portAllocator.choose(address.hi(), address.lo(), 0, 0, 0, connections.ports::unused);
                if (chosen == 0) {
                    counters.increment(StackCounter.EPHEMERAL_PORTS_EXHAUSTED);
                    return null;
                }
            }
            return connections.ports.bind(address, chosen, reuse);
        });
    }

    public void unbind(final PortBinding binding) {
        lastCall(() -> connections.ports.release(binding));
    }

    /** Of what is closed. Nothing if the shard has stopped: then there is nothing left to close. */
    void lastCall(final Runnable work) {
        try {
            call(() -> {
                work.run();
                return null;
            });
        } catch (final ShardStoppedException e) {
            return;
        }
    }

    /**
     * Listens on a bound port; null if another socket listens there.
     *
     * @param resumes connections that another host's application served are given to it too, see {@link #resume}
     */
    public ListenerEntry listen(final PortBinding binding, final int backlog, final TcpOptions options,
        final boolean resumes) {
        return call(() -> {
            if (!connections.ports.listen(binding)) {
                return null;
            }
            final TcpListener listener = tcp.listen(binding.address, binding.port, backlog, options);
            final ListenerEntry entry = new ListenerEntry(listener, binding.address, binding.port, backlog, resumes);
            connections.listeners.add(entry);
            if (connections.replication != null) {
                connections.replication.onListening(entry, clock.lastCycleNs());
            }
            return entry;
        });
    }

    public void backlog(final ListenerEntry entry, final int backlog) {
        call(() -> {
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
        return call(() -> {
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
            if (connections.replication != null) {
                connections.replication.onAccepted(endpoint);
            }
            return endpoint;
        });
    }

    /** The next connection of another host's application for that listener to go on with, or null. */
    public Resumption resume(final ListenerEntry entry) {
        return call(() -> {
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
        call(() -> {
            entry.publish();
            return null;
        });
    }

    /** Ends listening: connections that were not accepted are reset. */
    public void close(final ListenerEntry entry) {
        lastCall(() -> {
            connections.listeners.remove(entry);
            if (connections.replication != null) {
                connections.replication.onUnlistening(entry);
            }
            entry.listener.close(clock.lastCycleNs());
            for (final Resumption left : entry.resumed) {
                left.endpoint().connection().abort(clock.lastCycleNs());
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
        return call(() -> {
            final ConnectionTable table = connections.table;
            final int port = binding != null ? binding.port
                : portAllocator.choose(local.hi(), local.lo(), remote.hi(), remote.lo(), remotePort,
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
                tcp.connect(new ConnectionId(local, port, remote, remotePort), options, clock.lastCycleNs());
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
        call(() -> {
            endpoint.connection().options().copyFrom(options);
            apply(endpoint, Endpoint.OPTIONS, clock.lastCycleNs());
            return null;
        });
    }

    /** Gives a listener new options, which connections inherit from now on. */
    public void options(final ListenerEntry entry, final TcpOptions options) {
        call(() -> {
            entry.listener.options().copyFrom(options);
            return null;
        });
    }

    // --- more ---

    public Datagrams datagrams() {
        return datagrams;
    }

    /** The address to send from to that one; null if there is none. */
    public IpAddress sourceFor(final IpAddress remote) {
        return call(() -> network.ip().selectSource(remote.hi(), remote.lo()));
    }

    /** The connection's vital signs. */
    public TcpInfo info(final Endpoint endpoint) {
        return call(() -> {
            final TcpInfo info = new TcpInfo();
            endpoint.connection().info(info, clock.lastCycleNs());
            return info;
        });
    }

    /** Shows every listener. */
    public void listeners(final ListenerVisitor visitor) {
        call(() -> {
            for (final ListenerEntry e : connections.listeners.members()) {
                visitor.onListener(e.address, e.port, e.listener.acceptable(), e.backlog);
            }
            return null;
        });
    }

    /** Shows every connection, TIME-WAIT included. */
    public void connections(final ConnectionVisitor visitor) {
        call(() -> {
            for (final Endpoint e : connections.table.members()) {
                final TcpConnection connection = e.connection();
                final TcpInfo info = new TcpInfo();
                connection.info(info, clock.lastCycleNs());
                visitor.onConnection(connection.id(), connection.receiveBuffer().size(), connection.sendBuffer().size(), info);
            }
            return null;
        });
    }

    // --- waiting ---

    public BatonWaiter newWaiter() {
        return baton.newWaiter();
    }

    /** See {@link Baton#await}. In INVOKER mode nothing waits: says whether the waiter was woken. */
    public boolean await(final BatonWaiter waiter, final long timeoutNs) {
        if (baton.held()) {
            throw new IllegalStateException("a handler that the shard runs must not wait");
        }
        if (invoker) {
            return !waiter.begin(Thread.currentThread()) || waiter.end();
        }
        return baton.await(waiter, timeoutNs);
    }

    /** The caller is in the shard: in a handler, or a readiness listener. It must not wait. */
    public boolean isRunByCaller() {
        return baton.held();
    }

    // --- INVOKER mode ---

    /** The caller's thread is the only one, see {@link #invoke}. */
    public boolean isInvoked() {
        return invoker;
    }

    /** One duty cycle at that time. */
    public int invoke(final long nowNs) {
        if (!invoker) {
            throw new IllegalStateException("invoke is for threading mode INVOKER");
        }
        requireRunning();
        StackRoom.require(StackRoom.CYCLE_BYTES);
        if (baton.held()) {
            throw new IllegalStateException("the stack is invoked from a handler");
        }
        try {
            if (!baton.tryTake()) {
                throw new IllegalStateException("the stack is invoked by another thread");
            }
            clock.manual(nowNs);
            final int work = run();
            baton.release();
            return work;
        } catch (final Throwable e) {
            baton.thrown(e);
            throw e;
        }
    }

    /** When {@link #invoke} is wanted next although no frame comes. */
    public long invokeDeadlineNs() {
        return nextDeadlineNs();
    }

    // --- life ---

    public Counters counters() {
        return counters;
    }

    boolean isClosed() {
        return closed;
    }

    /** Time of the current or last batch. With the baton only. */
    long lastCycleNs() {
        return clock.lastCycleNs();
    }

    Network network() {
        return network;
    }

    /** What can capture the frames of the device. */
    public PcapngLink capture() {
        return capturing;
    }

    /** Tells the link of the addresses, and starts the threads that the mode has. */
    void start() {
        if (!invoker) {
            agentThread = new Thread(null, baton::runAgent, "holdfast-shard-0", AGENT_STACK_BYTES);
            agentThread.setDaemon(true);
            agentThread.start();
        }
        if (receiver != null) {
            receiver.start();
        }
        call(() -> {
            network.start(config, connections.replication != null, clock.lastCycleNs());
            return null;
        });
    }

    /** Resets every connection and ends listening; sockets can still be closed. */
    @Override
    public void close() {
        lastCall(() -> {
            if (!closed) {
                final long nowNs = beginCycle();
                for (final ListenerEntry entry : connections.listeners.members()) {
                    connections.listeners.remove(entry);
                    if (connections.replication == null) {
                        entry.listener.close(nowNs);
                    }
                }
                // What lives on another host too must not hear that this one ends: a stop is not a close.
                for (final Endpoint endpoint : connections.table.members()) {
                    if (endpoint.replica() == null) {
                        endpoint.connection().abort(nowNs);
                        connections.touch(endpoint);
                    }
                }
                connections.flush(nowNs);
                closed = true;
            }
        });
    }

    /** Ends the threads, then closes the device. After {@link #close}. */
    public void terminate() {
        baton.close();
        ThreadJoin.join(agentThread);
        if (receiver != null) {
            receiver.close();
        }
        link.close();
        if (countersFile != null) {
            countersFile.close();
        }
    }
}
