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
 * Primary and backup of a {@link World}, with a replication link of their own: in order, with a delay, and only as long as
 * both live. Roles are given, not won.
 */
final class ReplicaPair {
    private static final int RING_BYTES = 1 << 22;

    /** One host's part. */
    final class Host implements ReplicationEvents {
        final int index;
        final LogWriter writer = new LogWriter(RING_BYTES, new Counters());
        final RingReader reader = new RingReader(writer);
        final RecordDecoder decoder = new RecordDecoder();
        ShardControl control;
        Replica replica;
        long storedSequence;

        Host(final int mtu, final Consumer<StackConfig> settings) {
            index = world.addReplica(mtu, config -> {
                settings.accept(config);
                config.replication(made -> {
                    control = made;
                    replica = new Replica(made, writer, ReplicationMode.HOT, new Counters(), this, now -> true, () -> { });
                    return replica;
                });
            });
        }

        @Override
        public void onDivergence(final ConnectionId connection, final long id, final long offset) {
            events = "diverged: " + connection + " before " + offset;
        }

        @Override
        public void onUnprotected(final ConnectionId connection, final long id, final String reason) {
            events = "unprotected: " + connection + ": " + reason;
        }
    }

    final World world;
    final Host a;
    final Host b;
    private final long linkNs;
    private long emissions;
    private long crashAt = Long.MAX_VALUE;
    private long detectNs;
    /** What went wrong in replication; null if nothing did. */
    String events;
    long tookOverNs;

    ReplicaPair(final World world, final int mtu, final long linkNs, final Consumer<StackConfig> settings) {
        this.world = world;
        this.linkNs = linkNs;
        a = new Host(mtu, settings);
        b = new Host(mtu, settings);
        world.oracle.watch(World.address(World.SERVICE - 1).v4());
        world.onEmission(this::onEmission);
        world.afterSettling(this::ship);
        run(b, () -> b.replica.follow());
        run(a, () -> {
            a.replica.lead(1, 0, world.nowNs);
            a.replica.gate();
        });
    }

    private static void run(final Host host, final Runnable work) {
        host.control.call(() -> {
            work.run();
            return null;
        });
    }

    /** The primary dies instead of sending what would be its n-th packet or batch; the backup finds out later. */
    void crashPrimaryAt(final long emission, final long detectionNs) {
        crashAt = emission;
        detectNs = detectionNs;
    }

    /** Packets and batches that the primary has sent. */
    long emissions() {
        return emissions;
    }

    boolean crashed() {
        return world.isCrashed(a.index);
    }

    private void onEmission(final int host) {
        if (host == a.index && emissions++ == crashAt) {
            world.crash(a.index);
            world.at(world.nowNs + detectNs, this::takeOver);
        }
    }

    private void takeOver() {
        tookOverNs = world.nowNs;
        run(b, () -> b.replica.lead(2, 0, world.nowNs));
    }

    private void ship() {
        if (crashed()) {
            b.reader.take();
            return;
        }
        final List<byte[]> records = a.reader.take();
        if (records.isEmpty()) {
            return;
        }
        onEmission(a.index);
        if (crashed()) {
            return;
        }
        final long sequence = a.reader.sequence();
        world.at(world.nowNs + linkNs, () -> store(records, sequence));
    }

    private void store(final List<byte[]> records, final long sequence) {
        if (b.replica.leading()) {
            throw new AssertionError("a batch came after the takeover");
        }
        run(b, () -> {
            for (final byte[] record : records) {
                if (!b.decoder.decode(new UnsafeBuffer(record), 0, record.length, 0, b.replica.follower(world.nowNs))) {
                    throw new AssertionError("a record that cannot be decoded");
                }
            }
        });
        b.storedSequence = sequence;
        world.at(world.nowNs + linkNs, () -> {
            if (!crashed()) {
                run(a, () -> a.replica.committed(sequence));
            }
        });
    }
}
