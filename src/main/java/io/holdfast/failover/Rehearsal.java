package io.holdfast.failover;

import io.holdfast.config.StackConfig;
import io.holdfast.counters.Counters;
import io.holdfast.ip.Presence;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.memory.MemoryHub;
import io.holdfast.replication.Replica;
import io.holdfast.replication.ReplicationEvents;
import io.holdfast.replication.ReplicationMode;
import io.holdfast.replication.ReplicationOrder;
import io.holdfast.replication.channel.Channels;
import io.holdfast.replication.log.BatchResult;
import io.holdfast.replication.log.History;
import io.holdfast.replication.log.HistoryLimits;
import io.holdfast.replication.log.HistoryListener;
import io.holdfast.replication.log.LogMessages;
import io.holdfast.replication.log.LogReceiver;
import io.holdfast.replication.log.LogSender;
import io.holdfast.replication.log.LogWriter;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.socket.ListenerSocket;
import io.holdfast.socket.StreamSocket;
import io.holdfast.stack.ShardControl;
import io.holdfast.tcp.ConnectionId;
import io.holdfast.util.SeededRandom;
import io.holdfast.wire.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A takeover on stacks of its own: a client, a primary that dies and a backup, on a network in memory, in virtual time. A
 * backup's first takeover is its last, so without this most of the code that it runs would be loaded and interpreted then, which
 * costs ten milliseconds and more; one that was rehearsed is compiled. Of one thread, and of no effect on anything else.
 */
final class Rehearsal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    /** Together more takeovers of a connection than the JIT compiler waits for. */
    private static final int ROUNDS = 3;
    private static final int CONNECTIONS = 100;
    private static final int CHUNK_BYTES = 6_000;
    private static final long MEMORY_BYTES = 32 << 20;
    private static final int HEAR_BYTES = 1 << 20;
    private static final int SEGMENT_BYTES = 512 << 10;
    private static final int LOG_BYTES = LogWriter.MIN_CAPACITY_BYTES;
    private static final long TICK_NS = 200_000;
    private static final int MAX_TICKS = 20_000;
    private static final int DRAIN_LIMIT = 4_096;
    private static final int MTU = 1_500;
    private static final int PORT = 7;
    private static final long MAC = 0x02_00_00_00_00_01L;
    private static final long VIRTUAL_MAC = 0x02_00_00_00_00_09L;
    private static final IpAddress CLIENT = IpAddress.parse("10.0.0.1");
    private static final IpAddress SERVICE = IpAddress.parse("10.0.0.9");
    private static final AtomicBoolean BEGUN = new AtomicBoolean();

    /** A connection's end that says again what it hears. */
    private static final class Echo {
        private final StreamSocket socket;
        private final ByteBuffer bytes = ByteBuffer.allocate(CHUNK_BYTES);

        Echo(final StreamSocket socket) {
            this.socket = socket;
        }

        void run() throws IOException {
            socket.read(bytes);
            bytes.flip();
            if (bytes.hasRemaining()) {
                socket.write(bytes);
            }
            bytes.compact();
        }
    }

    /** A connection's end that says something, and waits until it has heard as much. */
    private static final class Caller {
        private final StreamSocket socket;
        private final ByteBuffer out = ByteBuffer.allocate(CHUNK_BYTES);
        private final ByteBuffer in = ByteBuffer.allocate(CHUNK_BYTES);
        private int toHear;
        private boolean connected;

        Caller(final StreamSocket socket) {
            this.socket = socket;
            out.position(CHUNK_BYTES);
        }

        void say() {
            out.clear();
            toHear += CHUNK_BYTES;
        }

        void run() throws IOException {
            connected = connected || socket.finishConnect();
            if (!connected) {
                return;
            }
            if (out.hasRemaining()) {
                socket.write(out);
            }
            in.clear();
            toHear -= Math.max(0, socket.read(in));
        }
    }

    /** One of the pair. */
    private static final class Host implements ReplicationEvents, HistoryListener {
        private final Counters counters = new Counters();
        private final LogWriter writer = new LogWriter(LOG_BYTES, counters);
        private final History history =
            new History(new HistoryLimits("rehearsal", SEGMENT_BYTES, MEMORY_BYTES, MEMORY_BYTES, null), this, counters);
        private final HoldfastStack stack;
        private final ListenerSocket listener;
        private final List<Echo> echoes = new ArrayList<>();
        private ShardControl control;
        private Replica replica;
        private int unprotected;

        Host(final MemoryHub hub, final int number) throws IOException {
            final StackConfig config = config(hub, SERVICE, number).hearBytes(HEAR_BYTES);
            config.link.virtualMac = VIRTUAL_MAC;
            // So that it is rehearsed, too, to take in what was heard.
            config.link.presence = Presence.FLOODED;
            stack = HoldfastStack.start(config, made -> {
                control = made;
                replica = new Replica(made, writer, ReplicationMode.HOT, ReplicationOrder.CAUSAL, counters, this, now -> true, () -> { });
                return replica;
            });
            replica.feedFrom(history);
            listener = stack.openListener();
            listener.bind(new InetSocketAddress(SERVICE.toInetAddress(), PORT));
            listener.listen(CONNECTIONS);
        }

        void call(final Runnable work) {
            control.call(() -> {
                work.run();
                return null;
            });
        }

        void run(final long nowNs) throws IOException {
            stack.invoke(nowNs);
            for (StreamSocket accepted = listener.accept(); accepted != null; accepted = listener.accept()) {
                echoes.add(new Echo(accepted));
            }
            for (final Echo echo : echoes) {
                echo.run();
            }
            stack.invoke(nowNs);
        }

        @Override
        public void onDivergence(final ConnectionId connection, final long id, final long offset) {
            unprotected++;
        }

        @Override
        public void onUnprotected(final ConnectionId connection, final long id, final String reason) {
            unprotected++;
        }

        @Override
        public void overLimit(final long connectionId) {
            unprotected++;
        }

        @Override
        public void lost(final long connectionId) {
            unprotected++;
        }
    }

    private final MemoryHub hub = new MemoryHub(false, 4 * CONNECTIONS * CHUNK_BYTES / MTU);
    private final HoldfastStack client;
    private final Host primary;
    private final Host backup;
    private final LogSender sender;
    private final LogReceiver receiver;
    private final UnsafeBuffer batch = new UnsafeBuffer(new byte[Channels.MAX_MESSAGE_BYTES]);
    private final UnsafeBuffer ack = new UnsafeBuffer(new byte[LogMessages.ACK_BYTES]);
    private final List<Caller> callers = new ArrayList<>();
    private long nowNs = 1_000_000_000L;
    private boolean gated;
    private boolean primaryDead;

    Rehearsal() throws IOException {
        client = HoldfastStack.start(config(hub, CLIENT, 1));
        primary = new Host(hub, 2);
        backup = new Host(hub, 3);
        sender = new LogSender(primary.writer, primary.history, primary.counters);
        primary.call(() -> primary.replica.lead(1, 0, nowNs));
        backup.call(backup.replica::follow);
        receiver = new LogReceiver(1, backup.history, backup.replica.follower(nowNs), backup.counters);
        sender.attach(1, nowNs);
    }

    private static StackConfig config(final MemoryHub hub, final IpAddress address, final int number) {
        final LinkCapabilities port = LinkCapabilities.plainEthernet(MTU, MAC + number).withOffloads(true, true);
        return new StackConfig().threading(StackConfig.Threading.INVOKER).link(hub.attach(port)).address(address).prefixLength(24)
            .random(new SeededRandom(number)).memoryLimit(MEMORY_BYTES).maxConnections(4 * CONNECTIONS);
    }

    /** The first call in a process plays it; the others have been spared that. */
    static void once() {
        if (!BEGUN.compareAndSet(false, true)) {
            return;
        }
        try {
            for (int i = 0; i < ROUNDS; i++) {
                try (Rehearsal rehearsal = new Rehearsal()) {
                    final String failure = rehearsal.play();
                    if (failure != null) {
                        LOG.warn("a takeover was rehearsed, and failed; a real one may be slow: {}", failure);
                        return;
                    }
                }
            }
        } catch (final IOException | RuntimeException e) {
            LOG.warn("a takeover could not be rehearsed; a real one may be slow", e);
        }
    }

    /** Returns what went wrong, null if nothing did. */
    String play() throws IOException {
        for (int i = 0; i < CONNECTIONS; i++) {
            final StreamSocket socket = client.openStream();
            socket.connect(new InetSocketAddress(SERVICE.toInetAddress(), PORT));
            callers.add(new Caller(socket));
        }
        callers.forEach(Caller::say);
        if (!runUntil(this::allHeard)) {
            return "not all was heard before the takeover";
        }
        callers.forEach(Caller::say);
        for (int i = 0; i < 2; i++) {
            tick();
        }
        primaryDead = true;
        callers.forEach(Caller::say);
        tick();
        backup.call(() -> backup.replica.lead(2, 0, nowNs));
        if (!runUntil(this::allHeard)) {
            return "not all was heard after the takeover";
        }
        return backup.unprotected + primary.unprotected == 0 ? null : "connections were lost";
    }

    private boolean allHeard() {
        for (final Caller caller : callers) {
            if (caller.toHear > 0) {
                return false;
            }
        }
        return true;
    }

    private boolean runUntil(final BooleanSupplier condition) throws IOException {
        for (int i = 0; i < MAX_TICKS; i++) {
            if (condition.getAsBoolean()) {
                return true;
            }
            tick();
        }
        return false;
    }

    private void tick() throws IOException {
        nowNs += TICK_NS;
        client.invoke(nowNs);
        for (final Caller caller : callers) {
            caller.run();
        }
        client.invoke(nowNs);
        if (!primaryDead) {
            primary.run(nowNs);
            ship();
        }
        backup.run(nowNs);
    }

    private void ship() {
        sender.drain(DRAIN_LIMIT);
        for (int length = fill(); length > 0; length = fill()) {
            final int bytes = length;
            backup.call(() -> {
                backup.replica.follower(nowNs);
                final BatchResult result = receiver.onBatch(batch, 0, bytes, nowNs);
                if (result != BatchResult.TAKEN) {
                    throw new IllegalStateException("a batch was refused: " + result);
                }
            });
            final int acked = receiver.ack(ack, 0);
            final long stored = acked > 0 ? sender.onAck(ack, 0, acked, nowNs) : 0;
            if (stored > 0) {
                primary.replica.committed(stored);
            }
        }
        if (!gated && sender.inSync()) {
            gated = true;
            primary.call(primary.replica::gate);
            primary.replica.committed(sender.committedSequence());
        }
    }

    private int fill() {
        return sender.fill(batch, 0, Channels.MAX_MESSAGE_BYTES, nowNs);
    }

    @Override
    public void close() {
        client.close();
        primary.stack.close();
        backup.stack.close();
        primary.history.close();
        backup.history.close();
    }
}
