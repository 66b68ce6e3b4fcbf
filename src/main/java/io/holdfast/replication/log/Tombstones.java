package io.holdfast.replication.log;

import io.holdfast.replication.codec.ClosedEncoder;
import io.holdfast.replication.codec.MessageHeaderEncoder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Takes connections out of the history. Where a cursor has already given records of one, a Closed is put in their place, so
 * that whoever reads there hears that it is gone; it goes when all cursors have passed it.
 */
final class Tombstones {
    private final SegmentStore store;
    private final LiveRecordIndex index;
    private final Cursors cursors;
    private final List<TrackedConnection> tombstones = new ArrayList<>();
    private final UnsafeBuffer record =
        new UnsafeBuffer(new byte[MessageHeaderEncoder.ENCODED_LENGTH + ClosedEncoder.BLOCK_LENGTH]);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final ClosedEncoder closed = new ClosedEncoder();

    Tombstones(final SegmentStore store, final LiveRecordIndex index, final Cursors cursors) {
        this.store = store;
        this.index = index;
        this.cursors = cursors;
    }

    /** All records of the connection are garbage. */
    void drop(final TrackedConnection connection) {
        final boolean known = cursors.anyBeyond(connection.first);
        index.forget(connection);
        if (known) {
            bury(connection.id);
        }
    }

    /** A cursor has moved, or closed: tombstones that it passed may go. */
    void release() {
        for (int i = tombstones.size() - 1; i >= 0; i--) {
            final TrackedConnection tombstone = tombstones.get(i);
            if (!cursors.anyBefore(tombstone.first)) {
                tombstones.remove(i);
                index.forget(tombstone);
            }
        }
    }

    private void bury(final long connectionId) {
        closed.wrapAndApplyHeader(record, 0, header).connectionId(connectionId);
        if (!store.activeTakes(LogSegment.framed(record.capacity()))) {
            store.beginSegment(true);
        }
        final TrackedConnection tombstone = index.open(connectionId);
        tombstone.tombstone = true;
        index.added(tombstone, record, 0, record.capacity(), store.append(record, 0, record.capacity()));
        tombstones.add(tombstone);
    }
}
