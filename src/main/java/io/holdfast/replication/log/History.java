package io.holdfast.replication.log;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import io.holdfast.replication.codec.CheckpointDecoder;
import io.holdfast.replication.codec.ClosedDecoder;
import io.holdfast.replication.codec.OpenedDecoder;
import io.holdfast.replication.codec.ProgressDecoder;
import io.holdfast.replication.codec.SecretsDecoder;
import io.holdfast.replication.codec.SynchronizedDecoder;
import java.nio.ByteOrder;
import java.util.function.LongPredicate;
import org.agrona.DirectBuffer;

/**
 * The records of all connections that live, in the order of the log: what a joining backup is fed from, and what a cold
 * backup replays. In memory, then on disk, within limits. One thread: the replicator's.
 *
 * <p>Garbage is what nobody needs who begins now: records of connections that are closed; all but the last Progress and
 * Checkpoint of a connection, and the last Secrets; input before a checkpoint's read offset, reads and choices before the
 * checkpoint; output that the client has acknowledged. It is taken out while segments are begun, and by {@link #maintain()}.
 *
 * <p>A connection whose record finds the history full leaves it altogether, and the {@link HistoryListener} hears of it.
 */
public final class History implements AutoCloseable {
    /** Pieces of compaction when a segment is begun. */
    static final int STEPS_PER_SEGMENT = 2;
    /** And when memory is full. */
    static final int STEPS_BEFORE_SPILL = 4;
    /** And when everything is full. */
    static final int STEPS_BEFORE_REFUSAL = 8;
    /** How far above the limit records may lie that are not kept, but wait to be sent. */
    static final long PASSING_RESERVE_BYTES = 64L * 1024 * 1024;
    /** Records that one call of {@link #next} looks at. */
    static final int LOOKS_PER_CALL = 65_536;

    private final HistoryLimits limits;
    private final HistoryListener listener;
    private final Counters counters;
    private final HistoryDirectory directory;
    private final Cursors cursors = new Cursors();
    private final SegmentStore store;
    private final LiveRecordIndex index;
    private final Tombstones tombstones;
    private final SegmentRepair repair;
    private final Compaction compaction;
    /** So much garbage was there when compaction last found nothing to do. */
    private long futileGarbage;
    private boolean globalOverLimit;
    private boolean closed;
    /** Connections that are closed are kept, too. */
    private boolean keepsClosed;
    /** Not all could be kept. */
    private boolean incomplete;
    private long lastPosition;
    private LongPredicate holds = connectionId -> false;

    /** With files that are written at once, by the caller. */
    public History(final HistoryLimits limits, final HistoryListener listener, final Counters counters) {
        this(limits, listener, counters, false);
    }

    /**
     * @param alone files are written and deleted by a thread of their own, so that no call here waits for the disk but one that
     *              reads, or finds {@link SegmentStore#MAX_SPILLING} segments waiting to be written
     * @throws IllegalStateException        if the directory is another process's or another cluster's
     * @throws java.io.UncheckedIOException if it cannot be used
     */
    public History(final HistoryLimits limits, final HistoryListener listener, final Counters counters, final boolean alone) {
        this.limits = limits;
        this.listener = listener;
        this.counters = counters;
        directory = limits.directory() == null ? null : HistoryDirectory.open(limits.directory(), limits.cluster());
        store = new SegmentStore(limits, directory, cursors, counters, alone, listener::writeFailed);
        index = new LiveRecordIndex(store);
        tombstones = new Tombstones(store, index, cursors);
        repair = new SegmentRepair(store, index, cursors, tombstones, listener, counters);
        compaction = new Compaction(store, index, cursors, repair, counters, limits.segmentBytes(),
            directory != null);
    }

    /** Connections that are closed are kept from now on: what a program's state depends on may have come from them. */
    public void keepClosed() {
        keepsClosed = true;
    }

    /** Something that was to be kept could not be, since the last {@link #clear}. */
    public boolean isIncomplete() {
        return incomplete;
    }

    /**
     * Takes the next record of the log: a whole, well-formed one. A Closed makes the connection's records garbage, and is not
     * stored, unless such connections are kept; a Synchronized says nothing here.
     *
     * @return false: it is not kept, because the history is full (then the listener has heard of its connection), or does
     *     not have the connection (any more)
     */
    public boolean append(final DirectBuffer buffer, final int offset, final int length) {
        final int templateId = RecordLayout.templateId(buffer, offset);
        if (templateId == SynchronizedDecoder.TEMPLATE_ID) {
            return true;
        }
        final long connectionId = RecordLayout.connectionId(buffer, offset);
        if (templateId == ClosedDecoder.TEMPLATE_ID && !keepsClosed) {
            forget(connectionId);
            return true;
        }
        if (templateId == CheckpointDecoder.TEMPLATE_ID && holds.test(connectionId)) {
            // The one before stays in force, and what came since.
            return true;
        }
        TrackedConnection connection = index.connection(connectionId);
        if ((connection != null && !connection.tombstone) == (templateId == OpenedDecoder.TEMPLATE_ID)
            || globalOverLimit && connectionId == LiveRecordIndex.NO_CONNECTION && templateId != SecretsDecoder.TEMPLATE_ID) {
            counters.increment(ReplicationCounter.HISTORY_REFUSED);
            return false;
        }
        if (!makeRoom(LogSegment.framed(length), templateId == SecretsDecoder.TEMPLATE_ID)) {
            refuse(connectionId);
            return false;
        }
        if (templateId == OpenedDecoder.TEMPLATE_ID) {
            connection = index.open(connectionId);
        } else {
            // Making room may have found damage that took the connection.
            connection = index.connection(connectionId);
            if (connection == null || connection.tombstone) {
                counters.increment(ReplicationCounter.HISTORY_REFUSED);
                return false;
            }
        }
        lastPosition = store.append(buffer, offset, length);
        index.added(connection, buffer, offset, length, lastPosition);
        if (templateId == CheckpointDecoder.TEMPLATE_ID) {
            index.dropInput(connection, field(buffer, offset, CheckpointDecoder.readOffsetEncodingOffset()));
            index.dropScript(connection);
        } else if (templateId == ProgressDecoder.TEMPLATE_ID) {
            index.dropOutput(connection, field(buffer, offset, ProgressDecoder.sndUnaEncodingOffset()));
        }
        report();
        return true;
    }

    /** Connections of which somebody has yet to read what a checkpoint would let go of: it is passed over. */
    public void holds(final LongPredicate value) {
        holds = value;
    }

    /** Does {@link #append} store records of this kind? */
    boolean keeps(final int templateId) {
        return (templateId != ClosedDecoder.TEMPLATE_ID || keepsClosed) && templateId != SynchronizedDecoder.TEMPLATE_ID;
    }

    /** The connection is gone: all its records are garbage. */
    public void forget(final long connectionId) {
        final TrackedConnection connection = index.connection(connectionId);
        if (connection == null || connection.tombstone || connection.gone || connectionId == LiveRecordIndex.NO_CONNECTION) {
            return;
        }
        // Where somebody copies the whole history, the news that it is gone must not be late.
        if (cursors.anyOf(connectionId) && !cursors.anyBeyond(connection.first)) {
            connection.gone = true;
        } else {
            tombstones.drop(connection);
        }
        report();
    }

    /**
     * Forgets everything, for a host that joins again.
     *
     * @throws IllegalStateException if a cursor is open
     */
    public void clear() {
        if (cursors.any()) {
            throw new IllegalStateException("a cursor is open");
        }
        index.clear();
        store.clear();
        futileGarbage = 0;
        globalOverLimit = false;
        incomplete = false;
        report();
    }

    /** Does the history have the connection, whole? */
    public boolean contains(final long connectionId) {
        final TrackedConnection connection = index.connection(connectionId);
        return connection != null && !connection.tombstone;
    }

    /** At the connection's first record; null if the history does not have the connection. */
    public HistoryCursor cursorOf(final long connectionId) {
        return contains(connectionId) ? cursorOf(connectionId, index.connection(connectionId).firstShare.segment, 0) : null;
    }

    /** At the last record that was appended, which is the connection's; null if the history does not have it. */
    public HistoryCursor cursorAtLast(final long connectionId) {
        return contains(connectionId) ? cursorOf(connectionId, store.active(), HistoryPosition.offset(lastPosition)) : null;
    }

    private HistoryCursor cursorOf(final long connectionId, final LogSegment segment, final int offset) {
        final HistoryCursor cursor = new HistoryCursor(this, segment);
        cursor.offset = offset;
        cursor.only = connectionId;
        cursors.add(cursor);
        return cursor;
    }

    /**
     * Moves a cursor of a connection to a segment that has records of it. Reads no file.
     *
     * @return false if there are none; for good if the history does not have the connection any more, see {@link #has}
     */
    public boolean seek(final HistoryCursor cursor) {
        while (contains(cursor.only)) {
            final LogSegment segment = cursor.segment;
            if (cursor.offset < segment.used && index.connection(cursor.only).usage(segment) != null) {
                return true;
            }
            if (segment == store.active()) {
                cursor.offset = segment.used;
                return false;
            } else {
                cursor.segment = segment.next;
                cursor.offset = 0;
            }
        }
        return false;
    }

    /** As {@link #seek}, and gets the segment's records into memory. */
    public boolean prepare(final HistoryCursor cursor) {
        while (seek(cursor)) {
            final int good = store.load(cursor.segment);
            if (good == cursor.segment.used) {
                return true;
            }
            repair.found(cursor.segment, store.loaded(cursor.segment), good);
        }
        return false;
    }

    /**
     * Gives the connection's records in the segment that {@link #prepare} found, and moves the cursor behind those that the
     * consumer took. Reads no file.
     *
     * @return how many it took
     */
    public int nextOf(final HistoryCursor cursor, final RecordConsumer consumer) {
        final LogSegment segment = cursor.segment;
        final LogSegment.Image image = store.loaded(segment);
        int taken = 0;
        while (cursor.offset < segment.used) {
            final int length = image.length(cursor.offset);
            final int record = cursor.offset + LogSegment.RECORD_OFFSET;
            if (RecordLayout.connectionId(image.buffer, record) == cursor.only
                && index.isLive(image.buffer, record, cursor.position())) {
                if (!consumer.onRecord(cursor.only, image.buffer, record, length)) {
                    break;
                }
                taken++;
            }
            cursor.offset += LogSegment.framed(length);
        }
        return taken;
    }

    /** At the first record there is. */
    public HistoryCursor cursor() {
        final HistoryCursor cursor = new HistoryCursor(this, store.head());
        cursors.add(cursor);
        return cursor;
    }

    /**
     * Gives records to the consumer, from the cursor on, and moves the cursor behind those that it took.
     *
     * @param limit most records
     * @return how many it took; 0 does not mean that there are no more, see {@link #atEnd}
     */
    public int next(final HistoryCursor cursor, final RecordConsumer consumer, final int limit) {
        if (cursor.closed) {
            throw new IllegalStateException("the cursor is closed");
        }
        int taken = 0;
        boolean passedTombstone = false;
        for (int looks = 0; taken < limit && looks < LOOKS_PER_CALL; looks++) {
            final LogSegment segment = cursor.segment;
            if (cursor.offset >= segment.used) {
                if (segment == store.active()) {
                    break;
                }
                cursor.segment = segment.next;
                cursor.offset = 0;
                store.freeIfDead(segment);
                continue;
            }
            final int good = store.load(segment);
            final LogSegment.Image image = store.loaded(segment);
            if (good < segment.used) {
                repair.found(segment, image, good);
                continue;
            }
            final int length = image.length(cursor.offset);
            final int record = cursor.offset + LogSegment.RECORD_OFFSET;
            if (cursor.exact || index.isWanted(image.buffer, record, cursor.position())) {
                if (!consumer.onRecord(RecordLayout.connectionId(image.buffer, record), image.buffer, record, length)) {
                    break;
                }
                taken++;
                passedTombstone |= RecordLayout.templateId(image.buffer, record) == ClosedDecoder.TEMPLATE_ID;
            }
            cursor.offset += LogSegment.framed(length);
        }
        if (passedTombstone) {
            tombstones.release();
        }
        return taken;
    }

    /** Has the cursor given everything there is? */
    public boolean atEnd(final HistoryCursor cursor) {
        return cursor.segment == store.active() && cursor.offset >= cursor.segment.used;
    }

    /** Does a piece of compaction, if there is one to do: for idle moments. It may take some milliseconds. */
    public boolean maintain() {
        final boolean done = compaction.step();
        report();
        return done;
    }

    /** All that is stored, garbage included. */
    public long bytes() {
        return store.bytes();
    }

    /** What a backup that joins now would get. */
    public long liveBytes() {
        return store.liveBytes();
    }

    public long diskBytes() {
        return store.diskBytes();
    }

    /** Connections that a backup that joins now would get. */
    public int connections() {
        return index.size();
    }

    /** Deletes its files and gives its memory back. Nothing may be called any more but this, and closing cursors. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        compaction.close();
        store.close();
        if (directory != null) {
            directory.close();
        }
    }

    /**
     * Stores a record that is not kept, only for exact cursors to give.
     *
     * @return false: there is no room even for that
     */
    boolean pass(final DirectBuffer buffer, final int offset, final int length) {
        final int framed = LogSegment.framed(length);
        if (store.bytes() + framed > limits.limitBytes() + PASSING_RESERVE_BYTES
            || !store.activeTakes(framed) && !store.beginSegment(false)) {
            return false;
        }
        store.append(buffer, offset, length);
        return true;
    }

    /** Bytes from the cursor to the end, garbage included. */
    long bytesAfter(final HistoryCursor cursor) {
        long bytes = -cursor.offset;
        for (LogSegment segment = cursor.segment; segment != null; segment = segment.next) {
            bytes += segment.used;
        }
        return bytes;
    }

    void close(final HistoryCursor cursor) {
        if (cursor.closed) {
            return;
        }
        cursors.remove(cursor);
        if (closed) {
            return;
        }
        final TrackedConnection connection = index.connection(cursor.only);
        if (connection != null && connection.gone && !cursors.anyOf(cursor.only)) {
            tombstones.drop(connection);
        }
        tombstones.release();
        LogSegment segment = store.head();
        while (segment != null) {
            final LogSegment next = segment.next;
            store.freeIfDead(segment);
            segment = next;
        }
    }

    LiveRecordIndex index() {
        return index;
    }

    SegmentStore store() {
        return store;
    }

    private boolean makeRoom(final int framed, final boolean always) {
        if (store.bytes() + framed > limits.limitBytes() && !reclaim(framed) && !always) {
            return false;
        }
        if (store.activeTakes(framed)) {
            return true;
        }
        if (compaction.rewriteActive() && store.activeTakes(framed)) {
            return true;
        }
        compact(STEPS_PER_SEGMENT);
        if (store.memoryFull()) {
            compact(STEPS_BEFORE_SPILL);
        }
        return store.beginSegment(always);
    }

    private boolean reclaim(final int framed) {
        final long garbage = store.bytes() - store.liveBytes();
        if (garbage < futileGarbage + limits.segmentBytes() / Compaction.GARBAGE_DIVISOR) {
            return false;
        }
        for (int i = 0; i < STEPS_BEFORE_REFUSAL && store.bytes() + framed > limits.limitBytes(); i++) {
            if (!compaction.step()) {
                futileGarbage = store.bytes() - store.liveBytes();
                break;
            }
        }
        return store.bytes() + framed <= limits.limitBytes();
    }

    private void compact(final int steps) {
        for (int i = 0; i < steps && compaction.step(); i++) {
            futileGarbage = 0;
        }
    }

    private void refuse(final long connectionId) {
        incomplete = true;
        if (connectionId == LiveRecordIndex.NO_CONNECTION) {
            // A part of the choices is worth nothing: no more are taken.
            globalOverLimit = true;
        } else {
            final TrackedConnection connection = index.connection(connectionId);
            if (connection != null && !connection.tombstone) {
                tombstones.drop(connection);
            }
        }
        counters.increment(ReplicationCounter.HISTORY_OVER_LIMIT);
        listener.overLimit(connectionId);
        report();
    }

    private static long field(final DirectBuffer buffer, final int offset, final int fieldOffset) {
        return buffer.getLong(offset + RecordLayout.HEADER_BYTES + fieldOffset, ByteOrder.LITTLE_ENDIAN);
    }

    private void report() {
        counters.set(ReplicationCounter.HISTORY_BYTES, store.bytes());
        counters.set(ReplicationCounter.HISTORY_DISK_BYTES, store.diskBytes());
        counters.set(ReplicationCounter.HISTORY_CONNECTIONS, index.size());
    }
}
