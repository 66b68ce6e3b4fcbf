package io.holdfast.sim;

import io.holdfast.counters.Counters;
import io.holdfast.replication.Replica;
import io.holdfast.replication.ReplicationEvents;
import io.holdfast.replication.ReplicationMode;
import io.holdfast.replication.log.LogWriter;
import io.holdfast.replication.log.RecordDecoder;
import io.holdfast.replication.log.RingReader;
import io.holdfast.stack.ShardControl;
import io.holdfast.stack.StackConfig;
import io.holdfast.tcp.ConnectionId;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Primary and backup of a {@link World}, with a {@link ReplicationLink} between them. Roles are given, not won. One of the
 * two may be told when to die.
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

        Host(final Plan plan, final long skewNs) {
            writer = RingReader.smallLog(plan.ringBytes);
            reader = new RingReader(writer);
            index = world.addReplica(plan.mtu, skewNs, config -> {
                plan.settings.accept(config);
                config.replication(made -> {
                    control = made;
                    replica = new Replica(made, writer, ReplicationMode.HOT, new Counters(), this, now -> true, () -> { });
                    return replica;
                });
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
    private long batches;
    private long primaryDiesAt = Long.MAX_VALUE;
    private long backupDiesAt = Long.MAX_VALUE;
    private double survives;
    private long detectNs;
    /** What went wrong in replication last; null if nothing did. */
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
                if (world.isCrashed(host)) {
                    link.tear(survives);
                }
            }
        });
        world.afterSettling(this::ship);
        b.run(() -> b.replica.follow());
        a.run(() -> {
            a.replica.lead(1, 0, world.hostNs(a.index));
            a.replica.gate();
        });
    }

    /**
     * The primary dies instead of sending what would be its n-th packet or batch; the backup finds out later.
     *
     * @param part of the records that are under way, a batch that it dies over included, arrives
     */
    void killPrimary(final long emission, final double part, final long detectionNs) {
        primaryDiesAt = emission;
        survives = part;
        detectNs = detectionNs;
    }

    /** The primary dies now. */
    void killPrimary(final long detectionNs) {
        detectNs = detectionNs;
        die(a.index, this::takeOver);
        link.tear(0);
    }

    /** The backup dies instead of storing its n-th batch; the primary finds out later, and goes on alone. */
    void killBackup(final long batch, final long detectionNs) {
        backupDiesAt = batch;
        detectNs = detectionNs;
    }

    /** Packets and batches that the primary has sent. */
    long emissions() {
        return emissions;
    }

    /** Batches that the backup has stored. */
    long batches() {
        return batches;
    }

    private void onEmission() {
        if (emissions++ == primaryDiesAt) {
            die(a.index, this::takeOver);
        }
    }

    private void die(final int host, final Runnable after) {
        if (World.TRACE) {
            System.out.println(world.nowNs / 1_000 + " us host " + host + " dies, emission " + emissions + ", batch " + batches);
        }
        crashNs = world.nowNs;
        for (final Actor actor : world.talks) {
            if (actor instanceof Talk talk) {
                talk.stall.crash(world.nowNs);
            }
        }
        world.crash(host);
        world.at(world.nowNs + detectNs, after);
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
        onEmission();
        link.send(records, a.reader.sequence());
        if (world.isCrashed(a.index)) {
            link.tear(survives);
        }
    }

    @Override
    public void store(final List<byte[]> records, final long lastSequence, final boolean whole) {
        if (world.isCrashed(b.index)) {
            return;
        }
        if (batches++ == backupDiesAt) {
            die(b.index, this::goAlone);
            return;
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
    }

    @Override
    public void acknowledged(final long sequence) {
        if (!world.isCrashed(a.index) && !world.isCrashed(b.index)) {
            a.run(() -> a.replica.committed(sequence));
        }
    }
}
