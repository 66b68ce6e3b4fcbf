package io.holdfast.sim;

import io.holdfast.config.StackConfig;
import io.holdfast.counters.Counters;
import io.holdfast.failover.SimNode;
import io.holdfast.membership.MembershipConfig;
import io.holdfast.membership.Reason;
import io.holdfast.membership.Role;
import io.holdfast.replication.Replica;
import io.holdfast.replication.ReplicationEvents;
import io.holdfast.replication.ReplicationMode;
import io.holdfast.replication.ReplicationOrder;
import io.holdfast.replication.channel.Path;
import io.holdfast.replication.channel.PathLoss;
import io.holdfast.replication.codec.BatchHeaderDecoder;
import io.holdfast.replication.codec.MessageHeaderDecoder;
import io.holdfast.replication.log.HistoryLimits;
import io.holdfast.replication.log.LogMessages;
import io.holdfast.replication.log.LogWriter;
import io.holdfast.replication.log.RingReader;
import io.holdfast.stack.ShardControl;
import io.holdfast.tcp.ConnectionId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Two whole hosts of a protected service in a {@link World}: stacks, logs, histories and memberships are the real ones, only
 * threads and channels are not. Roles are won. A host dies with its process, and comes back as another one.
 */
final class HostPair implements Cable.Ends, AutoCloseable {
    private static final long MS = 1_000_000L;
    private static final int RING_BYTES = 1 << 18;
    private static final int MESSAGE_BYTES = 1 << 19;
    private static final HistoryLimits LIMITS = new HistoryLimits("sim", 512 * 1024, 1 << 26, 1 << 26, null);
    private static final int FIN_SYN_RST = 7;
    private static final int FLAGS_AT = 33;

    /** A process of one of the hosts. */
    final class Host implements ReplicationEvents, SimNode.Paths, SimNode.Watcher {
        final int side;
        final int index;
        final CommitOracle oracle;
        private final SimNode node;
        private ShardControl control;
        private Replica replica;
        private long plannedNs = Long.MAX_VALUE;
        private long lanSignNs = Long.MIN_VALUE;
        private boolean over;
        /** No other station can hear the host. */
        private boolean isolated;
        /** Events that entered or left the host since the last {@link HostPair#count}: packets, batches, acknowledgements. */
        private long crossings;

        Host(final int side, final Consumer<StackConfig> settings, final ReplicationMode mode) {
            this.side = side;
            final LogWriter writer = RingReader.smallLog(RING_BYTES);
            final Counters counters = new Counters();
            index = world.addReplica(mtu, 0, settings, made -> {
                control = made;
                replica = new Replica(made, writer, mode, ReplicationOrder.CAUSAL, counters, this, this::mayDepart, () -> { });
                return replica;
            });
            oracle = new CommitOracle(index, World.address(World.SERVICE - 1).v4());
            oracle.off();
            // The oracle knows from the wire what others know.
            marks.forEach(mark -> oracle.onSent(mark.host, mark.packet));
            world.invoke(index);
            final MembershipConfig config = new MembershipConfig().cluster("sim").node("n" + side)
                .incarnation(index + 1).preferPrimary(side == 0).lanMs(40);
            membership.accept(config);
            node = new SimNode(config, LIMITS, control, replica, writer, this, this);
        }

        private boolean mayDepart(final long nowNs) {
            return node != null && node.mayDepart(nowNs);
        }

        boolean lives() {
            return !over;
        }

        Role role() {
            return node.role();
        }

        boolean isReady() {
            return node.membership().isReady(world.hostNs(index));
        }

        private void act() {
            world.invoke(index);
            node.cycle();
            for (int n = fill(); n > 0 && !over; n = fill()) {
                final byte[] bytes = new byte[n];
                message.getBytes(0, bytes);
                send(Path.REPLICATION, bytes);
            }
            final long deadlineNs = Math.max(node.nextDeadlineNs(), world.nowNs);
            if (deadlineNs < plannedNs || plannedNs <= world.nowNs) {
                plannedNs = deadlineNs;
                world.at(deadlineNs, () -> { });
            }
        }

        private int fill() {
            return cable(Path.REPLICATION).isUp(side) ? node.fill(message, MESSAGE_BYTES) : 0;
        }

        private void sign() {
            world.at(world.nowNs + 10 * MS, () -> {
                if (!over) {
                    world.invoke(index);
                    final long nowNs = world.hostNs(index);
                    lanSignNs = isolated ? lanSignNs : nowNs;
                    node.membership().onLan(lanSignNs, nowNs, Integer.MAX_VALUE, false, nowNs);
                    sign();
                }
            });
        }

        @Override
        public void send(final Path path, final byte[] bytes) {
            if (over) {
                return;
            }
            cable(path).send(side, new Message(this, bytes));
            if (!SimNode.isMembership(bytes)) {
                // Afterwards: a part of it may arrive nevertheless.
                onCrossing(this);
            }
        }

        @Override
        public void drop(final Path path) {
            cable(path).drop(side);
        }

        @Override
        public void onRole(final Role from, final Role to, final long epoch, final Reason reason) {
            history.add(world.nowNs / 1_000 + " us " + "AB".charAt(side) + index + " " + from + "->" + to + " e" + epoch + " " + reason);
            if (World.TRACE) {
                System.out.println(history.get(history.size() - 1));
            }
            if (to == Role.PRIMARY) {
                oracle.on();
            } else {
                oracle.off();
            }
            onRole.onRole(this, from, to);
        }

        @Override
        public void onDivergence(final ConnectionId connection, final long id, final long offset) {
            failure = "diverged: " + connection + " before " + offset;
        }

        @Override
        public void onUnprotected(final ConnectionId connection, final long id, final String reason) {
            failure = "unprotected: " + connection + ": " + reason;
        }

        @Override
        public String toString() {
            return "AB".charAt(side) + (over ? " dead" : " " + role());
        }
    }

    private record Message(Host from, byte[] bytes) {
    }

    /** A packet that begins or ends a connection. */
    private record Mark(int host, byte[] packet) {
    }

    /** Told of roles. */
    interface OnRole {
        void onRole(Host host, Role from, Role to);
    }

    final World world;
    private final int mtu;
    private final List<Cable> cables;
    private final UnsafeBuffer message = new UnsafeBuffer(new byte[MESSAGE_BYTES]);
    private final Host[] hosts = new Host[2];
    private final List<Host> all = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    final List<String> history = new ArrayList<>();
    OnRole onRole = (host, from, to) -> { };
    /** Settings of hosts that are started from now on. */
    Consumer<MembershipConfig> membership = config -> { };
    /** Last failure of replication; null if there was none. */
    String failure;
    private Host dying;
    private long dieAt;
    private Runnable onDeath;

    HostPair(final World world, final int mtu, final long linkNs) {
        this.world = world;
        this.mtu = mtu;
        cables = List.of(new Cable(world, this, Path.REPLICATION, linkNs), new Cable(world, this, Path.SERVICE, linkNs));
        world.oracle.watch(World.address(World.SERVICE - 1).v4());
        world.watch((host, packet) -> {
            if ((packet[FLAGS_AT] & FIN_SYN_RST) != 0) {
                marks.add(new Mark(host, packet));
            }
            all.forEach(h -> h.oracle.onSent(host, packet));
        });
        world.lose((host, packet) -> isIsolated(host));
        world.onEmission(this::onPacket);
        world.onArrival(this::onPacket);
        world.afterSettling(this::settle);
    }

    private boolean isIsolated(final int index) {
        for (final Host host : hosts) {
            if (host != null && host.index == index) {
                return host.isolated;
            }
        }
        return false;
    }

    private Cable cable(final Path path) {
        return cables.get(path == Path.REPLICATION ? 0 : 1);
    }

    Host host(final int side) {
        return hosts[side];
    }

    /** A process begins on that side. */
    Host start(final int side, final Consumer<StackConfig> settings, final ReplicationMode mode) {
        final Host host = new Host(side, settings, mode);
        hosts[side] = host;
        all.add(host);
        cables.forEach(cable -> cable.start(side));
        host.sign();
        return host;
    }

    /** Returns the host that leads with the other's protection; null if there is none. */
    Host primary() {
        for (int side = 0; side < 2; side++) {
            final Host owner = hosts[side];
            final Host other = hosts[1 - side];
            if (owner != null && other != null && owner.lives() && other.lives() && owner.role() == Role.PRIMARY
                && other.role() == Role.BACKUP && other.isReady()) {
                return owner;
            }
        }
        return null;
    }

    Host other(final Host host) {
        return hosts[1 - host.side];
    }

    /** Crossings are counted from now on. */
    void count() {
        all.forEach(host -> host.crossings = 0);
    }

    long crossings(final Host host) {
        return host.crossings;
    }

    /** This is done instead of the host's n-th crossing from now on. */
    void strike(final Host host, final long crossing, final Runnable action) {
        count();
        dying = host;
        dieAt = crossing;
        onDeath = action;
    }

    private void settle() {
        for (final Host host : hosts) {
            if (host != null && host.lives()) {
                host.oracle.verify();
                host.act();
            }
        }
    }

    private void onPacket(final int index) {
        for (final Host host : hosts) {
            if (host != null && host.index == index) {
                onCrossing(host);
            }
        }
    }

    private void onCrossing(final Host host) {
        if (host.lives() && host.crossings++ == dieAt && host == dying) {
            dying = null;
            onDeath.run();
        }
    }

    /**
     * The process dies.
     *
     * @param part  of what it had sent on the cables still arrives
     * @param power the host is off, so that not even its kernel says anything
     */
    void kill(final Host host, final double part, final boolean power) {
        history.add(world.nowNs / 1_000 + " us kill " + host + ", part " + part + ", power " + power);
        if (World.TRACE) {
            System.out.println(history.get(history.size() - 1));
        }
        host.over = true;
        host.oracle.off();
        world.crash(host.index);
        cables.forEach(cable -> cable.die(host.side, part, !power));
    }

    /** Hands over as planned. Returns why not, null if that has begun. */
    String switchOver(final Host host) {
        world.invoke(host.index);
        return host.node.membership().requestSwitchover(world.hostNs(host.index));
    }

    /** Nothing goes to the host, nor comes from it; or again. */
    void isolate(final Host host, final boolean value) {
        history.add(world.nowNs / 1_000 + " us isolate " + host + " " + value);
        host.isolated = value;
        cables.forEach(cable -> cable.cut(value));
    }

    @Override
    public void close() {
        all.forEach(host -> host.node.close());
    }

    // --- the cables' ends ---

    @Override
    public boolean runs(final int side) {
        return hosts[side] != null && hosts[side].lives();
    }

    @Override
    public void onUp(final int side, final Path path) {
        world.invoke(hosts[side].index);
        hosts[side].node.onUp(path);
    }

    @Override
    public void onDown(final int side, final Path path, final PathLoss loss) {
        if (runs(side)) {
            world.invoke(hosts[side].index);
            hosts[side].node.onDown(path, loss);
        }
    }

    @Override
    public void onMessage(final int side, final Path path, final Object sent) {
        final Host host = hosts[side];
        final byte[] bytes = ((Message) sent).bytes;
        if (!SimNode.isMembership(bytes)) {
            onCrossing(host);
        }
        if (!host.lives()) {
            return;
        }
        world.invoke(host.index);
        if (SimNode.isLog(bytes)) {
            watch(((Message) sent).from.oracle, bytes);
        }
        host.node.onMessage(path, bytes);
    }

    private static void watch(final CommitOracle oracle, final byte[] bytes) {
        final ByteBuffer batch = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        final BatchHeaderDecoder header = new BatchHeaderDecoder();
        header.wrapAndApplyHeader(new UnsafeBuffer(bytes), 1, new MessageHeaderDecoder());
        if (header.batchNumber() == 1) {
            oracle.newBackup();
        }
        final List<byte[]> records = new ArrayList<>();
        batch.position(LogMessages.BATCH_HEADER_BYTES);
        while (batch.hasRemaining()) {
            final byte[] record = new byte[batch.getInt()];
            batch.get(record);
            records.add(record);
        }
        if (World.TRACE) {
            records.forEach(record -> System.out.println("stored " + RingReader.describe(record)));
        }
        oracle.stored(records);
    }
}
