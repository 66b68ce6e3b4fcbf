package io.holdfast.stack;

import io.holdfast.config.StackConfig;
import io.holdfast.counters.Counters;
import io.holdfast.counters.CountersFile;
import io.holdfast.counters.StackCounter;
import io.holdfast.link.Link;
import io.holdfast.link.decorator.PcapngLink;
import io.holdfast.tcp.TcpStack;
import io.holdfast.util.Deadline;
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
 * <p>Public methods are for any thread. Work is done at once if the baton is free, and sent as a command otherwise; who calls for
 * a result waits for it. What sockets ask for by name is in {@link ShardClient}.
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
    private final PortAllocator ports;
    private final CommandQueue commands = new CommandQueue();
    private final Command allCommands = this::execute;
    private final Baton baton;
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
        ports = new PortAllocator(new KeyedHash(config.random()));
        connections = new ConnectionSet(new ConnectionTable(hash, config.maxConnections()), network, config.pool(),
            counters, errors);
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
        int work = connections.replication.roomForInput() ? frames.drain(RECEIVE_LIMIT, network, nowNs) : 0;
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

    // --- work for the cycle, from any thread ---

    /** Brings verbs to the connection: at once if the baton is free, else by command. */
    public void post(final Endpoint endpoint, final int verbs) {
        if (baton.held()) {
            try {
                connections.apply(endpoint, verbs, clock.lastCycleNs());
            } catch (final Error e) {
                throw poisoned(e);
            }
            return;
        }
        try {
            if (baton.tryTake()) {
                final long nowNs = beginCycle();
                connections.apply(endpoint, verbs, nowNs);
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

    ConnectionSet connections() {
        return connections;
    }

    TcpStack tcp() {
        return tcp;
    }

    PortAllocator ports() {
        return ports;
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
            network.start(config, connections.isReplicated(), clock.lastCycleNs());
            return null;
        });
    }

    /** Resets every connection and ends listening; sockets can still be closed. */
    @Override
    public void close() {
        lastCall(() -> {
            if (!closed) {
                final long nowNs = beginCycle();
                connections.close(nowNs);
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
