package io.holdfast.replication.log;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Long2LongHashMap;

/**
 * A segment's file turned out torn: its good records stay, and the connections that lost one leave the history, for a part
 * of a connection's records is worth nothing.
 */
final class SegmentRepair {
    private final SegmentStore store;
    private final LiveRecordIndex index;
    private final Cursors cursors;
    private final Tombstones tombstones;
    private final HistoryListener listener;
    private final Counters counters;

    SegmentRepair(final SegmentStore store, final LiveRecordIndex index, final Cursors cursors, final Tombstones tombstones,
        final HistoryListener listener, final Counters counters) {
        this.store = store;
        this.index = index;
        this.cursors = cursors;
        this.tombstones = tombstones;
        this.listener = listener;
        this.counters = counters;
    }

    /**
     * Cuts the segment.
     *
     * @param image what could be read
     * @param good  so many bytes of it
     */
    void found(final LogSegment segment, final LogSegment.Image image, final int good) {
        final Long2LongHashMap left = new Long2LongHashMap(0);
        for (int at = 0; at < good; at += LogSegment.framed(image.length(at))) {
            final int record = at + LogSegment.RECORD_OFFSET;
            if (index.isLive(image.buffer, record, HistoryPosition.of(segment, at))) {
                final long id = RecordLayout.connectionId(image.buffer, record);
                left.put(id, left.get(id) + LogSegment.framed(image.length(at)));
            }
        }
        final List<TrackedConnection> losers = new ArrayList<>();
        index.forEach(connection -> {
            final SegmentUsage usage = connection.usage(segment);
            if (usage != null && usage.bytes > left.get(connection.id)) {
                losers.add(connection);
            }
        });
        cursors.cut(segment, good);
        store.cut(segment, good);
        for (final TrackedConnection connection : losers) {
            counters.increment(ReplicationCounter.HISTORY_LOST);
            if (connection.id == LiveRecordIndex.NO_CONNECTION) {
                index.less(connection, connection.usage(segment), left.get(connection.id));
            } else {
                tombstones.drop(connection);
            }
            listener.lost(connection.id);
        }
    }
}
