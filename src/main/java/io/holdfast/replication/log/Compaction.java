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
    private final LiveRecordIndex index;
    private final Cursors cursors;
    private final SegmentRepair repair;
    private final Counters counters;
    private final int segmentBytes;
    private final List<TrackedConnection> touched = new ArrayList<>();
    private LogSegment next;
    /** Segments on disk are changed here; null if none are. */
    private final LogSegment.Image first;
    private final LogSegment.Image second;

    Compaction(final SegmentStore store, final LiveRecordIndex index, final Cursors cursors, final SegmentRepair repair,
        final Counters counters, final int segmentBytes, final boolean onDisk) {
        this.store = store;
        this.index = index;
        this.cursors = cursors;
        this.repair = repair;
        this.counters = counters;
        this.segmentBytes = segmentBytes;
        first = onDisk ? new LogSegment.Image(segmentBytes) : null;
        second = onDisk ? new LogSegment.Image(segmentBytes) : null;
    }

    /** Does one piece of work, if it soon finds one. */
    boolean step() {
        for (int i = 0; i < LOOKS_PER_STEP; i++) {
            if (next == null || next.freed) {
                next = store.head();
            }
            final LogSegment segment = next;
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
        final LogSegment active = store.active();
        if (cursors.pin(active) || !isMostlyGarbage(active)) {
            return false;
        }
        rewrite(active);
        return true;
    }

    private static boolean isMostlyGarbage(final LogSegment segment) {
        return segment.used - segment.live >= segment.used / GARBAGE_DIVISOR;
    }

    private boolean joinsPrevious(final LogSegment segment) {
        final LogSegment previous = segment.previous;
        return previous != null && !previous.spilling && (previous.image == null) == (segment.image == null)
            && previous.used + segment.used <= segmentBytes;
    }

    private void rewrite(final LogSegment segment) {
        final LogSegment.Image image = image(segment, first);
        if (segment.freed) {
            return;
        }
        counters.increment(ReplicationCounter.HISTORY_COMPACTIONS);
        store.addLive(segment, -segment.live);
        for (int at = 0; at < segment.used; at += LogSegment.framed(image.length(at))) {
            final TrackedConnection connection = connection(image, at);
            final SegmentUsage usage = connection == null || connection.touched ? null : connection.usage(segment);
            if (usage != null) {
                usage.clear();
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

    private void join(final LogSegment target, final LogSegment source) {
        final LogSegment.Image from = image(source, second);
        final LogSegment.Image to = image(target, first);
        if (source.freed || target.freed) {
            return;
        }
        counters.increment(ReplicationCounter.HISTORY_COMPACTIONS);
        store.addLive(source, -source.live);
        for (int at = 0; at < source.used; at += LogSegment.framed(from.length(at))) {
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
    private int copyLive(final LogSegment source, final LogSegment.Image from, final LogSegment target, final LogSegment.Image to,
        final int at) {
        int newAt = at;
        int oldAt = 0;
        while (oldAt < source.used) {
            final int framed = LogSegment.framed(from.length(oldAt));
            final int record = oldAt + LogSegment.RECORD_OFFSET;
            final long position = HistoryPosition.of(source, oldAt);
            cursors.move(source, oldAt, target, newAt);
            final TrackedConnection connection = connection(from, oldAt);
            final SegmentUsage usage = connection == null ? null : connection.usage(target);
            // What was only passed on, or has no share for another reason, is nobody's.
            if (usage != null && index.isLive(from.buffer, record, position)) {
                to.buffer.putBytes(newAt, from.buffer, oldAt, framed);
                final int newRecord = newAt + LogSegment.RECORD_OFFSET;
                index.moved(connection, RecordLayout.templateId(to.buffer, newRecord), position,
                    HistoryPosition.of(target, newAt));
                index.count(usage, to.buffer, newRecord, framed);
                store.addLive(target, framed);
                newAt += framed;
            }
            oldAt += framed;
        }
        cursors.move(source, oldAt, target, newAt);
        cursors.moveDone();
        return newAt;
    }

    private TrackedConnection connection(final LogSegment.Image image, final int at) {
        return index.connection(RecordLayout.connectionId(image.buffer, at + LogSegment.RECORD_OFFSET));
    }

    private void touch(final TrackedConnection connection) {
        connection.touched = true;
        touched.add(connection);
    }

    /** Shares that turned out empty go. */
    private void settle(final LogSegment segment) {
        for (final TrackedConnection connection : touched) {
            connection.touched = false;
            final SegmentUsage usage = connection.usage(segment);
            if (usage != null && usage.bytes == 0) {
                connection.unlink(usage);
            }
        }
        touched.clear();
    }

    private LogSegment.Image image(final LogSegment segment, final LogSegment.Image scratch) {
        if (segment.image != null) {
            return segment.image;
        }
        final int good = store.load(segment, scratch);
        if (good < segment.used) {
            repair.found(segment, scratch, good);
        }
        return scratch;
    }
}
