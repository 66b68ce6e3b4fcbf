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
final class Damage {
    private final SegmentStore store;
    private final Ledger ledger;
    private final Cursors cursors;
    private final Departures departures;
    private final HistoryListener listener;
    private final Counters counters;

    Damage(final SegmentStore store, final Ledger ledger, final Cursors cursors, final Departures departures,
        final HistoryListener listener, final Counters counters) {
        this.store = store;
        this.ledger = ledger;
        this.cursors = cursors;
        this.departures = departures;
        this.listener = listener;
        this.counters = counters;
    }

    /**
     * Cuts the segment.
     *
     * @param image what could be read
     * @param good  so many bytes of it
     */
    void found(final Segment segment, final Segment.Image image, final int good) {
        final Long2LongHashMap left = new Long2LongHashMap(0);
        for (int at = 0; at < good; at += Segment.framed(image.length(at))) {
            final int record = at + Segment.RECORD_OFFSET;
            if (ledger.isLive(image.buffer, record, HistoryPosition.of(segment, at))) {
                final long id = RecordLayout.connectionId(image.buffer, record);
                left.put(id, left.get(id) + Segment.framed(image.length(at)));
            }
        }
        final List<TrackedConnection> losers = new ArrayList<>();
        ledger.forEach(connection -> {
            final Share share = connection.share(segment);
            if (share != null && share.bytes > left.get(connection.id)) {
                losers.add(connection);
            }
        });
        cursors.cut(segment, good);
        store.cut(segment, good);
        for (final TrackedConnection connection : losers) {
            counters.increment(ReplicationCounter.HISTORY_LOST);
            if (connection.id == Ledger.NO_CONNECTION) {
                ledger.less(connection, connection.share(segment), left.get(connection.id));
            } else {
                departures.drop(connection);
            }
            listener.lost(connection.id);
        }
    }
}
