package io.holdfast.sim;

import io.holdfast.config.StackConfig;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.socket.ListenerSocket;
import io.holdfast.socket.ResumeHandler;
import io.holdfast.socket.StreamSocket;
import io.holdfast.stack.Replication;
import io.holdfast.stack.ShardControl;
import io.holdfast.util.Deadline;
import io.holdfast.util.SeededRandom;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.PacketFormatter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.agrona.concurrent.UnsafeBuffer;

/** Stacks on a simulated network, in virtual time, in one thread. */
final class World implements AutoCloseable {
    /** {@code -Dholdfast.sim.trace=true} prints every packet. */
    static final boolean TRACE = Boolean.getBoolean("holdfast.sim.trace");
    private static final int NETWORK = 0x0A00_0000;
    /** Last byte of the address that several hosts share, one at a time. */
    static final int SERVICE = 100;
    private static final long MAX_EVENTS = 5_000_000;
    private static final long FULL_FRAME_BITS = 12_000;

    /** Told of every packet before its host sends it; the host may be crashed by it. */
    interface Emission {
        void onEmission(int host);
    }

    interface PacketWatcher {
        void onSent(int host, byte[] packet);
    }

    /** Which packets are lost by intention, not by chance. */
    interface Loss {
        boolean loses(int host, byte[] packet);
    }

    private record Event(long atNs, long order, Runnable action) {
    }

    private record Arrival(long atNs, long order, int host, byte[] packet) {
    }

    /** Accepts whenever it was told that it can. */
    private static final class Acceptor {
        private final int host;
        private final ListenerSocket listener;
        private final Consumer<StreamSocket> onAccept;
        private boolean acceptable = true;

        Acceptor(final int host, final ListenerSocket listener, final Consumer<StreamSocket> onAccept) {
            this.host = host;
            this.listener = listener;
            this.onAccept = onAccept;
            listener.readinessListener(bits -> acceptable = true);
        }

        boolean run() throws IOException {
            if (!acceptable) {
                return false;
            }
            final StreamSocket accepted = listener.accept();
            acceptable = accepted != null;
            if (acceptable) {
                onAccept.accept(accepted);
            }
            return acceptable;
        }
    }

    final long seed;
    final SeededRandom random;
    final WireOracle oracle = new WireOracle();
    final List<HoldfastStack> stacks = new ArrayList<>();
    final List<Actor> talks = new ArrayList<>();
    private final List<SimLink> links = new ArrayList<>();
    private final List<Acceptor> acceptors = new ArrayList<>();
    /** Hosts that hear what is sent to {@link #SERVICE}. */
    private final List<Integer> replicas = new ArrayList<>();
    private final List<Boolean> crashed = new ArrayList<>();
    private final List<Long> skewNs = new ArrayList<>();
    private final PriorityQueue<Event> later = new PriorityQueue<>((a, b) ->
        a.atNs != b.atNs ? Long.compare(a.atNs, b.atNs) : Long.compare(a.order, b.order));
    private Emission emission = host -> { };
    private Emission arrival = host -> { };
    private PacketWatcher watcher = (host, packet) -> { };
    private Runnable afterSettling = () -> { };
    private final List<long[]> busyUntilNs = new ArrayList<>();
    private final PriorityQueue<Arrival> arrivals = new PriorityQueue<>((a, b) ->
        a.atNs != b.atNs ? Long.compare(a.atNs, b.atNs) : Long.compare(a.order, b.order));
    private Faults faults = Faults.NONE;
    private Loss loss = (host, packet) -> false;
    private long cutFromNs = Long.MAX_VALUE;
    private long cutUntilNs = Long.MIN_VALUE;
    private long order;
    private long events;
    long nowNs = 1_000_000_000L;

    World(final long seed) {
        this.seed = seed;
        random = new SeededRandom(seed);
    }

    void faults(final Faults value) {
        faults = value;
    }

    /** Everything sent in that time is lost. */
    void cut(final long fromNs, final long untilNs) {
        cutFromNs = fromNs;
        cutUntilNs = untilNs;
    }

    void lose(final Loss value) {
        loss = value;
    }

    int addHost(final int mtu, final Consumer<StackConfig> settings) {
        return add(mtu, stacks.size(), 0, settings, null);
    }

    /** A host that stands for the service address, when it is its turn. {@code skewNs}: what its clock is ahead. */
    int addReplica(final int mtu, final long skewNs, final Consumer<StackConfig> settings,
        final Function<ShardControl, Replication> replication) {
        replicas.add(stacks.size());
        return add(mtu, SERVICE - 1, skewNs, settings, replication);
    }

    private int add(final int mtu, final int address, final long skew, final Consumer<StackConfig> settings,
        final Function<ShardControl, Replication> replication) {
        final int host = stacks.size();
        final SimLink link = new SimLink(this, host, mtu);
        links.add(link);
        crashed.add(false);
        skewNs.add(skew);
        busyUntilNs.add(new long[1]);
        final StackConfig config = new StackConfig().threading(StackConfig.Threading.INVOKER).link(link)
            .address(address(address)).prefixLength(24).random(new SeededRandom(seed * 31 + host));
        settings.accept(config);
        stacks.add(HoldfastStack.start(config, replication));
        return host;
    }

    /** Sets the number of frames in a duty cycle after which the host's device is full. */
    void burst(final int host, final int frames) {
        links.get(host).burst(frames);
    }

    /** The host does and says nothing any more. */
    void crash(final int host) {
        crashed.set(host, true);
        for (final Actor talk : talks) {
            talk.die(host);
        }
    }

    boolean isCrashed(final int host) {
        return crashed.get(host);
    }

    /** Schedules an action. */
    void at(final long atNs, final Runnable action) {
        later.add(new Event(atNs, order++, action));
    }

    /** Sees every packet that enters the network. */
    void watch(final PacketWatcher value) {
        watcher = value;
    }

    void onEmission(final Emission value) {
        emission = value;
    }

    /** Told of every packet before its host receives it. */
    void onArrival(final Emission value) {
        arrival = value;
    }

    /** After everybody has acted at an instant: what moves data between hosts by other ways than the network. */
    void afterSettling(final Runnable value) {
        afterSettling = value;
    }

    static IpAddress address(final int host) {
        return IpAddress.ofV4(NETWORK + host + 1);
    }

    static InetSocketAddress at(final int host, final int port) {
        return new InetSocketAddress(address(host).toInetAddress(), port);
    }

    void listen(final int host, final int port, final int backlog, final Consumer<StreamSocket> onAccept)
        throws IOException {
        listen(host, port, backlog, onAccept, null);
    }

    /** Listens with a handler that takes connections back; null for none. */
    void listen(final int host, final int port, final int backlog, final Consumer<StreamSocket> onAccept,
        final ResumeHandler onResume) throws IOException {
        final ListenerSocket listener = stacks.get(host).openListener();
        listener.bind(at(replicas.contains(host) ? SERVICE - 1 : host, port));
        listener.resumeHandler(onResume);
        listener.listen(backlog);
        acceptors.add(new Acceptor(host, listener, onAccept));
    }

    /** Injects a packet that no host sent, and that only this host hears. */
    void forge(final int to, final byte[] packet) {
        arrivals.add(new Arrival(nowNs, order++, to, packet));
    }

    private double uniform() {
        return (random.nextLong() >>> 11) * 0x1p-53;
    }

    /** A host's packet enters the network. */
    void sent(final int from, final byte[] packet) {
        if (crashed.get(from)) {
            return;
        }
        emission.onEmission(from);
        if (crashed.get(from)) {
            return;
        }
        if (TRACE) {
            System.out.println(nowNs / 1_000 + " us host " + from + " "
                + new PacketFormatter(false, false).format(new UnsafeBuffer(packet), 0, packet.length));
        }
        oracle.onSent(packet);
        watcher.onSent(from, packet);
        if (loss.loses(from, packet)) {
            return;
        }
        if ((packet[19] & 0xFF) == SERVICE) {
            for (final int replica : replicas) {
                travel(from, replica, packet);
            }
        } else {
            travel(from, (packet[19] & 0xFF) - 1, packet);
        }
    }

    private void travel(final int from, final int to, final byte[] packet) {
        if (to < 0 || to >= links.size() || nowNs >= cutFromNs && nowNs < cutUntilNs || uniform() < faults.loss()) {
            return;
        }
        long leavesNs = nowNs;
        if (faults.bitsPerSecond() > 0) {
            final long wireNs = packet.length * 8_000_000_000L / faults.bitsPerSecond();
            final long[] busy = busyUntilNs.get(from);
            leavesNs = Math.max(nowNs, busy[0]);
            // The queue holds as many bytes as that number of full frames, so that small packets do not fare worse.
            if (leavesNs - nowNs > faults.queueFrames() * FULL_FRAME_BITS * 1_000_000_000L / faults.bitsPerSecond()) {
                return;
            }
            leavesNs += wireNs;
            busy[0] = leavesNs;
        }
        for (int copies = uniform() < faults.duplicate() ? 2 : 1; copies > 0; copies--) {
            long atNs = leavesNs + faults.delayNs();
            if (faults.jitterNs() > 0) {
                atNs += (long) (uniform() * faults.jitterNs());
            }
            if (uniform() < faults.reorder()) {
                atNs += faults.delayNs() + (long) (uniform() * 5_000_000);
            }
            final byte[] copy = packet.clone();
            if (uniform() < faults.corrupt()) {
                copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
            }
            arrivals.add(new Arrival(atNs, order++, to, copy));
        }
    }

    /** Runs until every talk is over, or the time is up; liveness is the caller's check. */
    void run(final long untilNs) throws IOException {
        settle();
        while (talks.isEmpty() || !over()) {
            if (!step(untilNs)) {
                return;
            }
        }
    }

    private boolean over() {
        for (final Actor actor : talks) {
            if (!actor.over()) {
                return false;
            }
        }
        return true;
    }

    /** One instant; false if there is none before that time. */
    boolean step(final long untilNs) throws IOException {
        long nextNs = arrivals.isEmpty() ? Long.MAX_VALUE : arrivals.peek().atNs;
        if (!later.isEmpty()) {
            nextNs = Math.min(nextNs, later.peek().atNs);
        }
        for (int i = 0; i < stacks.size(); i++) {
            if (!crashed.get(i)) {
                final long deadlineNs = stacks.get(i).nextDeadlineNs();
                nextNs = Math.min(nextNs, deadlineNs == Deadline.NONE ? deadlineNs : deadlineNs - skewNs.get(i));
            }
        }
        for (final Actor talk : talks) {
            if (!talk.over() && talk.wakeNs > nowNs) {
                nextNs = Math.min(nextNs, talk.wakeNs);
            }
        }
        if (nextNs > untilNs) {
            return false;
        }
        nowNs = Math.max(nowNs, nextNs);
        while (!arrivals.isEmpty() && arrivals.peek().atNs <= nowNs) {
            final Arrival next = arrivals.poll();
            if (!crashed.get(next.host)) {
                arrival.onEmission(next.host);
            }
            if (!crashed.get(next.host)) {
                links.get(next.host).arrive(next.packet);
            }
        }
        while (!later.isEmpty() && later.peek().atNs <= nowNs) {
            later.poll().action.run();
        }
        settle();
        return true;
    }

    /** One duty cycle of one host, by its own clock. */
    int invoke(final int host) {
        links.get(host).beginCycle();
        return stacks.get(host).invoke(hostNs(host));
    }

    /** Returns the reading of that host's clock. */
    long hostNs(final int host) {
        return nowNs + skewNs.get(host);
    }

    /** Lets all actors act at this instant until none has anything to do. */
    private void settle() throws IOException {
        boolean active = true;
        while (active) {
            if (++events > MAX_EVENTS) {
                throw new AssertionError("no end in sight at " + nowNs / 1_000_000 + " ms: " + talks);
            }
            active = false;
            for (int i = 0; i < stacks.size(); i++) {
                active |= !crashed.get(i) && invoke(i) > 0;
            }
            afterSettling.run();
            oracle.verify();
            for (final Acceptor acceptor : acceptors) {
                active |= !crashed.get(acceptor.host) && acceptor.run();
            }
            for (int i = 0; i < talks.size(); i++) {
                active |= talks.get(i).run(nowNs);
            }
        }
    }

    @Override
    public void close() {
        stacks.forEach(HoldfastStack::close);
    }
}
