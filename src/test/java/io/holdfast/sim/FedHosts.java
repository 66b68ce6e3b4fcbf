package io.holdfast.sim;

import io.holdfast.config.StackConfig;
import io.holdfast.counters.Counters;
import io.holdfast.replication.ConnectionReport;
import io.holdfast.replication.Feeder;
import io.holdfast.replication.Replica;
import io.holdfast.replication.ReplicationEvents;
import io.holdfast.replication.ReplicationMode;
import io.holdfast.replication.ReplicationOrder;
import io.holdfast.replication.log.BatchResult;
import io.holdfast.replication.log.History;
import io.holdfast.replication.log.HistoryLimits;
import io.holdfast.replication.log.HistoryListener;
import io.holdfast.replication.log.LogMessages;
import io.holdfast.replication.log.LogReceiver;
import io.holdfast.replication.log.LogSender;
import io.holdfast.replication.log.LogWriter;
import io.holdfast.replication.log.RecordHandler;
import io.holdfast.replication.log.RingReader;
import io.holdfast.stack.ShardControl;
import io.holdfast.tcp.ConnectionId;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Hosts that stand for one service, one after the other, each with its history, and the real log between the one that leads and
 * the one that follows. Roles are given. Applications are fed from the histories.
 */
final class FedHosts {
    private static final int MESSAGE_BYTES = 1 << 19;

    /** One host's part; what a replicator thread does is done when everybody has acted. */
    final class Host implements ReplicationEvents, HistoryListener {
        final int index;
        final History history;
        private final Counters counters = new Counters();
        private final LogSender sender;
        private final Feeder feeder;
        private ShardControl control;
        private Replica replica;
        private LogReceiver receiver;
        private Host backup;
        private boolean gated;
        /** How a takeover by this host went on. */
        final List<String> steps = new ArrayList<>();

        Host(final ReplicationMode mode, final HistoryLimits limits, final Consumer<StackConfig> settings) {
            final LogWriter writer = RingReader.smallLog(ringBytes);
            history = new History(limits, this, counters);
            index = world.addReplica(1_500, 0, settings, made -> {
                control = made;
                replica = new Replica(made, writer, mode, order, counters, this, now -> true, () -> { });
                return replica;
            });
            sender = new LogSender(writer, history, counters);
            feeder = replica.feedFrom(history);
            if (keepsClosed) {
                history.keepClosed();
                replica.keepClosed();
            }
        }

        private void run(final Runnable work) {
            world.invoke(index);
            control.call(() -> {
                work.run();
                return null;
            });
        }

        /** Leads from now on, alone. */
        void lead(final long epoch) {
            receiver = null;
            run(() -> replica.lead(epoch, 0, world.hostNs(index)));
        }

        /** Follows that host from now on. */
        void join(final Host primary, final long epoch) {
            run(() -> replica.follow());
            feeder.clear();
            history.clear();
            receiver = new LogReceiver(epoch, history, watched(replica.follower(world.hostNs(index))), counters);
            primary.backup = this;
            primary.gated = false;
            primary.sender.attach(epoch, world.nowNs);
        }

        /** The records, as this host takes them, are shown to the watcher first. */
        private RecordHandler watched(final RecordHandler taker) {
            final RecordHandler first = watcher;
            return first == null ? taker : (RecordHandler) Proxy.newProxyInstance(RecordHandler.class.getClassLoader(),
                new Class<?>[] {RecordHandler.class}, (proxy, method, arguments) -> {
                    method.invoke(first, arguments);
                    return method.invoke(taker, arguments);
                });
        }

        void loseBackup() {
            backup = null;
            sender.detach();
            run(() -> replica.open());
        }

        long fedBytes() {
            return feeder.bytes();
        }

        int fedConnections() {
            return feeder.begun();
        }

        private void act() {
            while (sender.drain(1_024) > 0) {
                // All of it.
            }
            if (backup != null) {
                for (int n = sender.fill(message, 0, MESSAGE_BYTES, world.nowNs); n > 0;
                    n = sender.fill(message, 0, MESSAGE_BYTES, world.nowNs)) {
                    final byte[] bytes = new byte[n];
                    message.getBytes(0, bytes);
                    send(backup, bytes);
                }
            }
            while (feeder.run()) {
                // Until everybody is fed.
            }
        }

        private void send(final Host to, final byte[] bytes) {
            world.at(world.nowNs + linkNs, () -> {
                if (!world.isCrashed(to.index) && to.receiver != null && !(losesUnderWay && world.isCrashed(index))) {
                    to.store(this, bytes);
                }
            });
        }

        private void store(final Host from, final byte[] bytes) {
            run(() -> {
                replica.follower(world.hostNs(index));
                final BatchResult result = receiver.onBatch(new UnsafeBuffer(bytes), 0, bytes.length, world.nowNs);
                if (result != BatchResult.TAKEN) {
                    throw new AssertionError(result);
                }
            });
            final UnsafeBuffer ack = new UnsafeBuffer(new byte[LogMessages.ACK_BYTES]);
            if (receiver.ack(ack, 0) > 0) {
                world.at(world.nowNs + linkNs, () -> {
                    if (!world.isCrashed(from.index) && from.backup == this) {
                        from.acknowledged(ack);
                    }
                });
            }
        }

        private void acknowledged(final UnsafeBuffer ack) {
            final long stored = sender.onAck(ack, 0, ack.capacity(), world.nowNs);
            if (sender.inSync() && !gated) {
                gated = true;
                run(() -> replica.gate());
            }
            if (gated && stored > 0) {
                run(() -> replica.committed(stored));
            }
        }

        /** Output waits for the backup: it has everything that was said. */
        boolean isProtected() {
            return gated;
        }

        @Override
        public void onDivergence(final ConnectionId connection, final long id, final long offset) {
            events.add("host " + index + " diverged before " + offset);
        }

        @Override
        public void onUnprotected(final ConnectionId connection, final long id, final String reason) {
            events.add("host " + index + " unprotected: " + reason);
        }

        @Override
        public void onStep(final String step, final String what, final long nowNs) {
            steps.add(step);
        }

        @Override
        public String toString() {
            return "host " + index + ": " + replica.report();
        }

        int connections() {
            return replica.report().size();
        }

        /** Looks after what is stuck. */
        void watch(final long stuckNs) {
            run(() -> replica.watch(world.hostNs(index), stuckNs, () -> false));
        }

        /** Reasons for which connections led or followed on this host would not survive. */
        List<String> lost() {
            return replica.report().stream().map(ConnectionReport::lost).toList();
        }

        /** Connections that are followed here by a server that is not where the primary's is. */
        int catchingUp() {
            return replica.catchingUp();
        }

        @Override
        public void overLimit(final long connectionId) {
            events.add("host " + index + " over the limit: " + connectionId);
        }

        @Override
        public void lost(final long connectionId) {
            events.add("host " + index + " lost: " + connectionId);
        }
    }

    private final World world;
    private final long linkNs;
    private final UnsafeBuffer message = new UnsafeBuffer(new byte[MESSAGE_BYTES]);
    final List<Host> hosts = new ArrayList<>();
    /** Failures reported so far. */
    final List<String> events = new ArrayList<>();
    private long emissions;
    private long dieAt = Long.MAX_VALUE;
    private Host dying;
    private Runnable afterDeath;
    /** Shown what a host that joins takes in. */
    RecordHandler watcher;
    /** The log's ring, of hosts that are added. */
    int ringBytes = 1 << 20;
    /** Hosts that are added keep what closed connections did. */
    boolean keepsClosed;
    /** Order of hosts added later. */
    ReplicationOrder order = ReplicationOrder.CAUSAL;
    /** Records that a dying host has sent to its backup, and that have not arrived yet, are lost. */
    boolean losesUnderWay;

    FedHosts(final World world, final long linkNs) {
        this.world = world;
        this.linkNs = linkNs;
        world.oracle.watch(World.address(World.SERVICE - 1).v4());
        world.afterSettling(() -> {
            for (final Host host : hosts) {
                if (!world.isCrashed(host.index)) {
                    host.act();
                }
            }
        });
        world.onEmission(this::onEmission);
    }

    Host add(final ReplicationMode mode, final HistoryLimits limits, final Consumer<StackConfig> settings) {
        final Host host = new Host(mode, limits, settings);
        hosts.add(host);
        return host;
    }

    /** The host dies instead of sending what would be its n-th packet from now on. */
    void kill(final Host host, final long emission, final Runnable after) {
        dying = host;
        emissions = 0;
        dieAt = emission;
        afterDeath = after;
    }

    long emissions() {
        return emissions;
    }

    private void onEmission(final int index) {
        if (dying != null && index == dying.index && emissions++ == dieAt) {
            world.crash(index);
            afterDeath.run();
        }
    }
}
