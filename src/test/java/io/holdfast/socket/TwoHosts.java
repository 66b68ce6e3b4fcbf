package io.holdfast.socket;

import io.holdfast.config.StackConfig;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.memory.MemoryLink;
import io.holdfast.util.Deadline;
import io.holdfast.util.SeededRandom;
import io.holdfast.wire.IpAddress;
import java.net.InetSocketAddress;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Two stacks on one wire in virtual time, run by the test's thread. */
public final class TwoHosts implements AutoCloseable {
    public static final IpAddress CLIENT = IpAddress.parse("10.0.0.1");
    public static final IpAddress SERVER = IpAddress.parse("10.0.0.2");
    public static final long MS = 1_000_000;

    final HoldfastStack client;
    final HoldfastStack server;
    private long nowNs = 1_000 * MS;

    public TwoHosts() {
        this(false, config -> {
        });
    }

    public TwoHosts(final boolean offloads, final Consumer<StackConfig> change) {
        final MemoryLink.Pair wire = wire(offloads);
        client = HoldfastStack.start(config(CLIENT, wire.left(), 1, StackConfig.Threading.INVOKER, change));
        server = HoldfastStack.start(config(SERVER, wire.right(), 2, StackConfig.Threading.INVOKER, change));
        run(0);
    }

    public static MemoryLink.Pair wire(final boolean offloads) {
        final LinkCapabilities left = LinkCapabilities.plainEthernet(1500, 0x02_00_00_00_00_01L);
        final LinkCapabilities right = LinkCapabilities.plainEthernet(1500, 0x02_00_00_00_00_02L);
        return MemoryLink.pair(left.withOffloads(offloads, offloads), right.withOffloads(offloads, offloads));
    }

    public static StackConfig config(final IpAddress address, final MemoryLink link, final long seed,
        final StackConfig.Threading threading, final Consumer<StackConfig> change) {
        final StackConfig config = new StackConfig().threading(threading).link(link).address(address).prefixLength(24)
            .random(new SeededRandom(seed)).memoryLimit(64 << 20);
        change.accept(config);
        return config;
    }

    public static InetSocketAddress at(final IpAddress address, final int port) {
        return new InetSocketAddress(address.toInetAddress(), port);
    }

    public long nowMs() {
        return nowNs / MS;
    }

    /** Lets time pass, firing what is due on the way. */
    public void run(final long ms) {
        final long end = nowNs + ms * MS;
        settle();
        while (next() <= end) {
            nowNs = Math.max(nowNs, next());
            settle();
        }
        nowNs = end;
        settle();
    }

    /** Lets time pass until the condition holds; fails after that many milliseconds. */
    public void runUntil(final long ms, final BooleanSupplier condition) {
        final long end = nowNs + ms * MS;
        settle();
        while (!condition.getAsBoolean()) {
            final long next = next();
            if (next > end) {
                throw new AssertionError("not within " + ms + " ms; sockets of the client " + client.sockets()
                    + ", of the server " + server.sockets());
            }
            nowNs = Math.max(nowNs, next);
            settle();
        }
    }

    private long next() {
        final long next = Math.min(client.nextDeadlineNs(), server.nextDeadlineNs());
        return next == Deadline.NONE ? next : Math.max(next, nowNs);
    }

    private void settle() {
        int rounds = 0;
        while (client.invoke(nowNs) + server.invoke(nowNs) > 0) {
            if (++rounds > 1_000_000) {
                throw new AssertionError("the two stacks do not come to rest");
            }
        }
    }

    /** A listening socket of the server. */
    public ListenerSocket listen(final int port, final int backlog) throws java.io.IOException {
        final ListenerSocket listener = server.openListener();
        listener.bind(at(SERVER, port));
        listener.listen(backlog);
        return listener;
    }

    /** A connection of the client's to a port of the server's, established. */
    public StreamSocket connect(final int port) throws java.io.IOException {
        final StreamSocket socket = client.openStream();
        socket.connect(at(SERVER, port));
        runUntil(1_000, () -> (socket.readiness() & Readiness.CONNECT) != 0);
        socket.finishConnect();
        return socket;
    }

    public StreamSocket accept(final ListenerSocket listener) throws java.io.IOException {
        runUntil(1_000, () -> (listener.readiness() & Readiness.ACCEPT) != 0);
        return listener.accept();
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
