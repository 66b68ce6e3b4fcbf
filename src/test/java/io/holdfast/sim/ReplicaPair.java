package io.holdfast.sim;

import io.holdfast.config.StackConfig;
import io.holdfast.counters.Counters;
import io.holdfast.replication.Replica;
import io.holdfast.replication.ReplicationEvents;
import io.holdfast.replication.ReplicationMode;
import io.holdfast.replication.ReplicationOrder;
import io.holdfast.replication.log.LogWriter;
import io.holdfast.replication.log.RecordDecoder;
import io.holdfast.replication.log.RingReader;
import io.holdfast.stack.ShardControl;
import io.holdfast.tcp.ConnectionId;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Primary and backup of a {@link World}, with a {@link ReplicationLink} between them. Roles are given, not won. One of the two
 * may get a time to die.
 */
final class ReplicaPair implements ReplicationLink.Ends {
    /** How the two are set up. {@code skewNs}: what the primary's clock is ahead of everybody else's. */
    record Plan(int mtu, long linkNs, int window, int ringBytes, long skewNs, Consumer<StackConfig> settings) {
    }

    /** One host's part. */
    final class Host implements ReplicationEvents {
        final int index;
        final LogWriter writer;
        final RingReader reader;
        final RecordDecoder decoder = new RecordDecoder();
        ShardControl control;
        Replica replica;
        /** Number of events that entered or left the host: packets, batches, acknowledgements. */
        private long crossings;

        Host(final Plan plan, final long skewNs) {
            writer = RingReader.smallLog(plan.ringBytes);
            reader = new RingReader(writer);
            index = world.addReplica(plan.mtu, skewNs, plan.settings, made -> {
                control = made;
                replica = new Replica(made, writer, ReplicationMode.HOT, ReplicationOrder.CAUSAL, new Counters(), this,
                    now -> true, () -> { });
                return replica;
            });
        }

        @Override
        public void onDivergence(final ConnectionId connection, final long id, final long offset) {
            divergences++;
            events = "diverged: " + connection + " before " + offset;
        }

        @Override
        public void onUnprotected(final ConnectionId connection, final long id, final String reason) {
            events = "unprotected: " + connection + ": " + reason;
        }

        private void run(final Runnable work) {
            world.invoke(index);
            control.call(() -> {
                work.run();
                return null;
            });
        }
    }

    final World world;
    final Host a;
    final Host b;
    final CommitOracle oracle;
    private final long skewNs;
    private final ReplicationLink link;
    private long emissions;
    private long emissionToDieAt = Long.MAX_VALUE;
    private Host dying;
    private long dieAt;
    private double survives;
    private long detectNs;
    /** Last failure of replication; null if there was none. */
    String events;
    int divergences;
    /** When one of the two died; {@code Long.MAX_VALUE} if none did. */
    long crashNs = Long.MAX_VALUE;
    /** When the other was alone in charge. */
    long tookOverNs = Long.MAX_VALUE;

    ReplicaPair(final World world, final Plan plan) {
        this.world = world;
        skewNs = plan.skewNs;
        link = new ReplicationLink(world, this, plan.linkNs, plan.window);
        a = new Host(plan, plan.skewNs);
        b = new Host(plan, 0);
        oracle = new CommitOracle(a.index, World.address(World.SERVICE - 1).v4());
        world.oracle.watch(World.address(World.SERVICE - 1).v4());
        world.watch(oracle);
        world.onEmission(host -> {
            if (host == a.index) {
                onEmission();
            }
            onPacket(host);
        });
        world.onArrival(this::onPacket);
        world.afterSettling(this::ship);
        b.run(() -> {
            b.replica.follow();
            b.replica.follower(world.hostNs(b.index)).onSynchronized(0);
        });
        a.run(() -> {
            a.replica.lead(1, 0, world.hostNs(a.index));
            a.replica.gate();
        });
    }

    /**
     * The host dies over what would be the n-th thing to enter or leave it; the other finds out later.
     *
     * @param part of the records that are under way from a primary, a batch that it dies over included, arrives
     */
    void kill(final Host host, final long crossing, final double part, final long detectionNs) {
        dying = host;
        dieAt = crossing;
        survives = part;
        detectNs = detectionNs;
    }

    /** The primary dies instead of sending what would be its n-th packet or batch. */
    void killPrimary(final long emission, final double part, final long detectionNs) {
        emissionToDieAt = emission;
        survives = part;
        detectNs = detectionNs;
    }

    /** The primary dies now. */
    void killPrimary(final long detectionNs) {
        survives = 0;
        detectNs = detectionNs;
        die(a);
    }

    /** Packets and batches that the primary has sent. */
    long emissions() {
        return emissions;
    }

    /** Packets, batches and acknowledgements that entered or left the host. */
    long crossings(final Host host) {
        return host.crossings;
    }

    private void onEmission() {
        if (emissions++ == emissionToDieAt) {
            die(a);
        }
    }

    private void onPacket(final int host) {
        if (host == a.index) {
            onCrossing(a);
        } else if (host == b.index) {
            onCrossing(b);
        }
    }

    /** Something is about to enter or to leave it. Returns false if it never will. */
    private boolean onCrossing(final Host host) {
        if (!world.isCrashed(host.index) && host.crossings++ == dieAt && host == dying) {
            die(host);
        }
        return !world.isCrashed(host.index);
    }

    private void die(final Host host) {
        if (world.isCrashed(host.index)) {
            return;
        }
        if (World.TRACE) {
            System.out.println(world.nowNs / 1_000 + " us host " + host.index + " dies, crossing " + host.crossings + ", emission "
                + emissions);
        }
        crashNs = world.nowNs;
        for (final Actor actor : world.talks) {
            if (actor instanceof Talk talk) {
                talk.stall.crash(world.nowNs);
            }
        }
        world.crash(host.index);
        if (host == a) {
            link.tear(survives);
        }
        world.at(world.nowNs + detectNs, host == a ? this::takeOver : this::goAlone);
    }

    private void takeOver() {
        link.close();
        oracle.off();
        tookOverNs = world.nowNs;
        b.run(() -> b.replica.lead(2, skewNs, world.hostNs(b.index)));
    }

    private void goAlone() {
        link.close();
        oracle.off();
        tookOverNs = world.nowNs;
        a.run(() -> a.replica.open());
    }

    private void ship() {
        oracle.verify();
        if (world.isCrashed(a.index) || world.isCrashed(b.index) && tookOverNs != Long.MAX_VALUE) {
            (world.isCrashed(a.index) ? b : a).reader.take();
            return;
        }
        if (!link.hasRoom()) {
            return;
        }
        final List<byte[]> records = a.reader.take();
        if (records.isEmpty()) {
            return;
        }
        link.send(records, a.reader.sequence());
        // Afterwards: a part of it may arrive nevertheless.
        onEmission();
        onCrossing(a);
    }

    @Override
    public boolean store(final List<byte[]> records) {
        if (!onCrossing(b)) {
            return false;
        }
        if (World.TRACE) {
            records.forEach(r -> System.out.println(world.nowNs / 1_000 + " us stored " + RingReader.describe(r)));
        }
        b.run(() -> {
            for (final byte[] record : records) {
                if (!b.decoder.decode(new UnsafeBuffer(record), 0, record.length, 0,
                    b.replica.follower(world.hostNs(b.index)))) {
                    throw new AssertionError("a record that cannot be decoded");
                }
            }
        });
        oracle.stored(records);
        return true;
    }

    @Override
    public boolean acknowledges() {
        return onCrossing(b);
    }

    @Override
    public void acknowledged(final long sequence) {
        if (onCrossing(a)) {
            a.run(() -> a.replica.committed(sequence));
        }
    }
}
