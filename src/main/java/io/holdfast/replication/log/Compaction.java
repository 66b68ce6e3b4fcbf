package io.holdfast.replication.log;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes garbage out of segments, step by step: frees those that are garbage altogether, rewrites those that mostly are, and
 * puts neighbours together that fit into one, so that a connection that is idle for days holds its own bytes only. The order
 * of the records stays as it is.
 */
final class Compaction {
    /** A segment is rewritten when garbage is at least this part of it. */
    static final int GARBAGE_DIVISOR = 2;
    /** Most segments that one step looks at. */
    static final int LOOKS_PER_STEP = 256;

    private final SegmentStore store;
    private final Ledger ledger;
    private final Cursors cursors;
    private final Damage damage;
    private final Counters counters;
    private final int segmentBytes;
    private final List<TrackedConnection> touched = new ArrayList<>();
    private Segment next;
    /** Segments on disk are changed here; null if none are. */
    private final Segment.Image first;
    private final Segment.Image second;

    Compaction(final SegmentStore store, final Ledger ledger, final Cursors cursors, final Damage damage,
        final Counters counters, final int segmentBytes, final boolean onDisk) {
        this.store = store;
        this.ledger = ledger;
        this.cursors = cursors;
        this.damage = damage;
        this.counters = counters;
        this.segmentBytes = segmentBytes;
        first = onDisk ? new Segment.Image(segmentBytes) : null;
        second = onDisk ? new Segment.Image(segmentBytes) : null;
    }

    /** Does one piece of work, if it soon finds one. */
    boolean step() {
        for (int i = 0; i < LOOKS_PER_STEP; i++) {
            if (next == null || next.freed) {
                next = store.head();
            }
            final Segment segment = next;
            if (segment == store.active() || cursors.pin(segment)) {
                // So are all that follow.
                next = null;
                return false;
            }
            next = segment.next;
            if (store.freeIfDead(segment)) {
                return true;
            }
            if (segment.spilling) {
                continue;
            }
            if (isMostlyGarbage(segment)) {
                rewrite(segment);
                return true;
            }
            if (joinsPrevious(segment)) {
                join(segment.previous, segment);
                return true;
            }
        }
        return false;
    }

    void close() {
        if (first != null) {
            first.free();
            second.free();
        }
    }

    /** Makes room in the segment that takes what is appended, if it is mostly garbage. */
    boolean rewriteActive() {
        final Segment active = store.active();
        if (cursors.pin(active) || !isMostlyGarbage(active)) {
            return false;
        }
        rewrite(active);
        return true;
    }

    private static boolean isMostlyGarbage(final Segment segment) {
        return segment.used - segment.live >= segment.used / GARBAGE_DIVISOR;
    }

    private boolean joinsPrevious(final Segment segment) {
        final Segment previous = segment.previous;
        return previous != null && !previous.spilling && (previous.image == null) == (segment.image == null)
            && previous.used + segment.used <= segmentBytes;
    }

    private void rewrite(final Segment segment) {
        final Segment.Image image = image(segment, first);
        if (segment.freed) {
            return;
        }
        counters.increment(ReplicationCounter.HISTORY_COMPACTIONS);
        store.addLive(segment, -segment.live);
        for (int at = 0; at < segment.used; at += Segment.framed(image.length(at))) {
            final TrackedConnection connection = connection(image, at);
            final Share share = connection == null || connection.touched ? null : connection.share(segment);
            if (share != null) {
                share.clear();
                touch(connection);
            }
        }
        final int used = copyLive(segment, image, segment, image, 0);
        store.cut(segment, used);
        settle(segment);
        if (!store.freeIfDead(segment) && segment.image == null) {
            store.rewrite(segment, image);
        }
    }

    private void join(final Segment target, final Segment source) {
        final Segment.Image from = image(source, second);
        final Segment.Image to = image(target, first);
        if (source.freed || target.freed) {
            return;
        }
        counters.increment(ReplicationCounter.HISTORY_COMPACTIONS);
        store.addLive(source, -source.live);
        for (int at = 0; at < source.used; at += Segment.framed(from.length(at))) {
            final TrackedConnection connection = connection(from, at);
            if (connection != null && !connection.touched && connection.moveShare(source, target)) {
                touch(connection);
            }
        }
        final int used = copyLive(source, from, target, to, target.used);
        store.grown(target, used);
        settle(target);
        store.free(source);
        if (target.image == null) {
            store.rewrite(target, to);
        }
    }

    /** Copies what is live of one image behind {@code at} in another or the same; returns the end of it. */
    private int copyLive(final Segment source, final Segment.Image from, final Segment target, final Segment.Image to,
        final int at) {
        int newAt = at;
        int oldAt = 0;
        while (oldAt < source.used) {
            final int framed = Segment.framed(from.length(oldAt));
            final int record = oldAt + Segment.RECORD_OFFSET;
            final long position = HistoryPosition.of(source, oldAt);
            cursors.move(source, oldAt, target, newAt);
            final TrackedConnection connection = connection(from, oldAt);
            final Share share = connection == null ? null : connection.share(target);
            // What was only passed on, or has no share for another reason, is nobody's.
            if (share != null && ledger.isLive(from.buffer, record, position)) {
                to.buffer.putBytes(newAt, from.buffer, oldAt, framed);
                final int newRecord = newAt + Segment.RECORD_OFFSET;
                ledger.moved(connection, RecordLayout.templateId(to.buffer, newRecord), position,
                    HistoryPosition.of(target, newAt));
                ledger.count(share, to.buffer, newRecord, framed);
                store.addLive(target, framed);
                newAt += framed;
            }
            oldAt += framed;
        }
        cursors.move(source, oldAt, target, newAt);
        cursors.moveDone();
        return newAt;
    }

    private TrackedConnection connection(final Segment.Image image, final int at) {
        return ledger.connection(RecordLayout.connectionId(image.buffer, at + Segment.RECORD_OFFSET));
    }

    private void touch(final TrackedConnection connection) {
        connection.touched = true;
        touched.add(connection);
    }

    /** Shares that turned out empty go. */
    private void settle(final Segment segment) {
        for (final TrackedConnection connection : touched) {
            connection.touched = false;
            final Share share = connection.share(segment);
            if (share != null && share.bytes == 0) {
                connection.unlink(share);
            }
        }
        touched.clear();
    }

    private Segment.Image image(final Segment segment, final Segment.Image scratch) {
        if (segment.image != null) {
            return segment.image;
        }
        final int good = store.load(segment, scratch);
        if (good < segment.used) {
            damage.found(segment, scratch, good);
        }
        return scratch;
    }
}
