package io.holdfast.sim;

import java.util.ArrayDeque;
import java.util.List;

/**
 * The replication link from the primary to the backup: batches of records, in order, each way with a delay, and with a limit on
 * batches under way. When its sender dies, a part of the batches under way still arrives, torn anywhere between records.
 */
final class ReplicationLink {
    /** Actions of the ends. */
    interface Ends {
        /** A batch arrives at the backup. Returns false if the backup is gone. */
        boolean store(List<byte[]> records);

        /** The backup is about to acknowledge a batch that came whole. Returns false if it does not. */
        boolean acknowledges();

        /** At the primary. */
        void acknowledged(long sequence);
    }

    private static final class Batch {
        private List<byte[]> records;
        private final long lastSequence;
        private boolean whole = true;

        Batch(final List<byte[]> records, final long lastSequence) {
            this.records = records;
            this.lastSequence = lastSequence;
        }
    }

    private final World world;
    private final Ends ends;
    private final long delayNs;
    private final int window;
    private final ArrayDeque<Batch> underWay = new ArrayDeque<>();
    private int unacknowledged;
    private boolean closed;

    ReplicationLink(final World world, final Ends ends, final long delayNs, final int window) {
        this.world = world;
        this.ends = ends;
        this.delayNs = delayNs;
        this.window = window;
    }

    boolean hasRoom() {
        return unacknowledged < window;
    }

    void send(final List<byte[]> records, final long lastSequence) {
        unacknowledged++;
        underWay.add(new Batch(records, lastSequence));
        world.at(world.nowNs + delayNs, this::arrive);
    }

    private void arrive() {
        final Batch batch = underWay.poll();
        if (batch == null || closed) {
            return;
        }
        if (!batch.records.isEmpty() && ends.store(batch.records) && batch.whole && ends.acknowledges()) {
            world.at(world.nowNs + delayNs, () -> {
                unacknowledged--;
                if (!closed) {
                    ends.acknowledged(batch.lastSequence);
                }
            });
        }
    }

    /** The sender died: of the records under way, that part arrives. */
    void tear(final double part) {
        int records = 0;
        for (final Batch batch : underWay) {
            records += batch.records.size();
        }
        int left = (int) Math.round(records * part);
        for (final Batch batch : underWay) {
            final int n = Math.min(left, batch.records.size());
            batch.whole = n == batch.records.size();
            batch.records = batch.records.subList(0, n);
            left -= n;
        }
    }

    /** Nothing arrives any more. */
    void close() {
        closed = true;
        underWay.clear();
    }
}
