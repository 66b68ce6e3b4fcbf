package io.holdfast.replication;

import io.holdfast.buffer.ChunkPool;
import io.holdfast.buffer.StreamBuffer;
import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import io.holdfast.replication.log.LogWriter;
import io.holdfast.replication.log.RecordLayout;
import io.holdfast.stack.Endpoint;
import io.holdfast.stack.ShardControl;
import io.holdfast.tcp.Replicated;
import io.holdfast.tcp.TcbProgress;
import io.holdfast.tcp.TcpConnection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The primary's side: writes what its connections take in, and what changes in them, into the log, and ties their output to
 * it. With the baton, but for the applications' notes.
 *
 * <p>Limits are told in advance: the log says how far a connection may send, and how far its window may go, some way before it
 * does, so that neither waits for a record of its own. What output waits for is <i>cause</i>: input, reads, choices, limits. That
 * the client acknowledged something is no cause.
 */
final class Recorder {
    /** Bytes of output that the log allows in advance. */
    private static final int SEND_AHEAD_BYTES = 1 << 20;
    /** Acknowledged bytes that are worth a record, so that the backup can let them go. */
    private static final int ACKNOWLEDGED_STEP_BYTES = 64 * 1024;
    /**
     * And no more than that part of the send buffer, or the backup's server would wait for room where this one need
     * not.
     */
    private static final int ACKNOWLEDGED_PARTS = 4;
    /** The peer's clock went on so far, milliseconds mostly: echoes of older timestamps would look like a slow path. */
    private static final int TIMESTAMP_STEP = 100;
    private static final int MAX_INPUT_BYTES = 65_536;
    /** What applications note before the shard moves it into the log: so small a part of the log that it fits. */
    private static final int NOTES_PART = 32;
    private static final int SNAPSHOT_BYTES = 512;
    private static final int SNAPSHOT_ROOM = 2 * SNAPSHOT_BYTES;
    private static final int PROGRESS_ROOM = 256;
    /** Input leaves that part of the log to everything else. */
    private static final int OTHERS_PART = 8;
    /** Output in one record: a small part of the log, too. */
    private static final int OUTPUT_PART = 16;
    private static final int MAX_PARTS = RecordLayout.MAX_STREAM_BYTES / ChunkPool.CHUNK_BYTES + 2;
    /** No backup: nothing waits. */
    private static final long EVERYTHING = Long.MAX_VALUE;
    /** An epoch's events have numbers of so many bits below the epoch's. */
    private static final int ORDER_BITS = 40;

    /** @param notesEnd what applications had noted up to there comes before it */
    private record Delayed(LongSupplier record, long notesEnd) {
    }

    private final ShardControl control;
    private final LogWriter writer;
    private final ReplicationMode mode;
    private final Counters counters;
    private final Consumer<ProtectedConnection> diverged;
    private final ApplicationLog notes;
    private final ArrayDeque<ProtectedConnection> waiting = new ArrayDeque<>();
    /** What the log had no room for, and must not lack; in order. */
    private final ArrayDeque<Delayed> overflow = new ArrayDeque<>();
    private final TcbProgress progress = new TcbProgress();
    private final UnsafeBuffer snapshot = new UnsafeBuffer(new byte[SNAPSHOT_BYTES]);
    private final int outputBytes;
    private final long[] addresses = new long[MAX_PARTS];
    private final int[] lengths = new int[MAX_PARTS];
    private long nextId;
    /** Sequence of the last record that output may depend on. */
    private long cause;
    private long committed = EVERYTHING;
    /** Up to here the log has what a backup needs to know of the time before it. */
    private long gatedFrom;
    private boolean holding;
    private boolean keepsClosed;

    Recorder(final ShardControl control, final LogWriter writer, final ReplicationMode mode, final Counters counters,
        final Consumer<ProtectedConnection> diverged) {
        this.control = control;
        this.writer = writer;
        this.mode = mode;
        this.counters = counters;
        this.diverged = diverged;
        outputBytes = Math.min(RecordLayout.MAX_STREAM_BYTES, writer.capacityBytes() / OUTPUT_PART);
        notes = new ApplicationLog(writer.capacityBytes() / NOTES_PART);
    }

    /** This host leads from that epoch on: ids of its connections are of it, and whoever follows needs its secrets. */
    void begin(final long epoch) {
        nextId = epoch << 32;
        notes.orderFrom(epoch << ORDER_BITS);
        holding = false;
        final byte[] secrets = control.tcp().secrets();
        append(() -> writer.secrets(secrets));
    }

    /** The history keeps everything: no checkpoint lets go of any. */
    void keepClosed() {
        keepsClosed = true;
    }

    /** The id given last. */
    long lastId() {
        return nextId;
    }

    /**
     * Appends what the log must not lack, if not now, then later; until then nothing else is appended, and nothing
     * leaves.
     */
    private void append(final LongSupplier record) {
        final long end = notes.end();
        if (!overflow.isEmpty() || !drainTo(end)) {
            overflow.add(new Delayed(record, end));
            return;
        }
        final long sequence = record.getAsLong();
        if (sequence < 0) {
            overflow.add(new Delayed(record, end));
        } else {
            cause = sequence;
        }
    }

    /** False if the log has no room for what must come before anything else. */
    private boolean caughtUp() {
        while (!overflow.isEmpty()) {
            final Delayed next = overflow.peek();
            // What was noted before it comes before it.
            if (!drainTo(next.notesEnd)) {
                return false;
            }
            final long sequence = next.record.getAsLong();
            if (sequence < 0) {
                return false;
            }
            cause = sequence;
            overflow.poll();
        }
        return drain();
    }

    // --- what comes in ---

    boolean roomForInput() {
        // The last quarter is for what a duty cycle may bring: its frames, and everything that follows from them.
        return overflow.isEmpty() && writer.freeBytes() > writer.capacityBytes() / 4;
    }

    /** False if the log has no room: the segment comes again. */
    boolean input(final long id, final long offset, final DirectBuffer buffer, final int at, final int length) {
        // What cannot come again has the rest of the room.
        if (!overflow.isEmpty() || writer.freeBytes() < length + writer.capacityBytes() / OTHERS_PART) {
            counters.increment(ReplicationCounter.INPUT_DROPPED);
            return false;
        }
        for (int done = 0; done < length; done += MAX_INPUT_BYTES) {
            cause = writer.input(id, offset + done, buffer, at + done, Math.min(length - done, MAX_INPUT_BYTES));
        }
        return true;
    }

    /** By an application's thread, before it can act on it. */
    void applicationEvent(final long id, final int kind, final long value) {
        while (!notes.event(id, kind, value)) {
            drainNow();
        }
    }

    /** By an application's thread, before it has the value. */
    void applicationChoice(final long id, final int kind, final long value, final byte[] bytes) {
        while (!notes.choice(id, kind, value, bytes)) {
            drainNow();
        }
    }

    private void drainNow() {
        control.call(() -> {
            drain();
            return null;
        });
    }

    /**
     * What applications have noted goes into the log, before anything that they wrote later may leave. False: no room.
     */
    boolean drain() {
        return overflow.isEmpty() && drainTo(notes.end());
    }

    private boolean drainTo(final long end) {
        final boolean all = notes.drain(writer, end);
        cause = Math.max(cause, notes.lastCause());
        return all;
    }

    // --- connections ---

    /** A new connection. */
    void open(final Endpoint endpoint) {
        final ProtectedConnection added = new ProtectedConnection(this, ++nextId, endpoint, new StreamHash(),
            mode == ReplicationMode.RESUME);
        final int length = added.replicated.snapshot(snapshot, 0);
        final UnsafeBuffer copy = writer.freeBytes() > SNAPSHOT_ROOM && overflow.isEmpty() ? snapshot
            : new UnsafeBuffer(snapshot.byteArray().clone());
        append(() -> writer.opened(added.id, mode.ordinal(), copy, 0, length));
        added.edgeLimit = added.replicated.windowEdge();
        if (!added.storesOutput()) {
            added.replicated.beforeRelease(added::hashWritten);
        }
        adopt(added);
    }

    /** A connection that the log knows already, or has just been told of. */
    void adopt(final ProtectedConnection added) {
        added.endpoint.replica(added);
        added.replicated.inputTap(added);
        added.replicated.gate(added.edgeLimit);
        added.endpoint.recorder(added);
        if (holding) {
            hold(added);
        }
    }

    /** Every connection of the table that the log protects; a copy. */
    List<ProtectedConnection> members() {
        final List<ProtectedConnection> all = new ArrayList<>();
        for (final Endpoint endpoint : control.endpoints()) {
            if (endpoint.replica() instanceof ProtectedConnection c) {
                all.add(c);
            }
        }
        return all;
    }

    /** Before what was written can leave, or be let go of. */
    void hash(final ProtectedConnection c) {
        c.hashWritten();
        if (c.takeDiffers()) {
            diverged.accept(c);
        }
    }

    /** Writes down what changed, and ties what may leave to it. False if the log has no room. */
    boolean capture(final ProtectedConnection c) {
        final Replicated connection = c.replicated;
        final StreamBuffer buffer = c.connection.sendBuffer();
        // First: what was written up to here depends on notes that were made before.
        final long tail = buffer.tail();
        if (!caughtUp() || writer.freeBytes() < PROGRESS_ROOM) {
            return false;
        }
        // Before the rest: a backup that knows of an end has what comes before it.
        if (c.storesOutput() && !store(c, tail)) {
            return false;
        }
        hash(c);
        connection.progress(progress);
        final long edge = connection.windowEdge();
        final boolean limits = !c.storesOutput() && tail > c.sendLimit - SEND_AHEAD_BYTES / 2
            || edge > c.edgeLimit - connection.receiveSpace() / 2;
        final boolean causal = limits || progress.state != c.state || progress.flags != c.flags
            || progress.sndFin != c.sndFin || progress.rcvFin != c.rcvFin
            // What nobody will read is not in the log: how far it came is all there is to know.
            || (progress.flags & TcbProgress.READ_SHUT) != 0 && progress.rcvNxt != c.rcvNxt;
        final long step = Math.min(ACKNOWLEDGED_STEP_BYTES, buffer.capacity() / ACKNOWLEDGED_PARTS);
        if (causal || progress.sndUna - c.sndUna >= step || progress.tsRecent - c.tsRecent >= TIMESTAMP_STEP) {
            if (limits) {
                c.sendLimit = c.storesOutput() ? tail : Math.max(c.sendLimit, tail + SEND_AHEAD_BYTES);
                c.edgeLimit = Math.max(c.edgeLimit, edge + connection.receiveSpace());
            }
            write(c, causal);
        }
        if (tail > c.written && !c.storesOutput()) {
            // Before it can leave: what a client answers to it comes after it.
            c.written = tail;
            notes.written(c.id, tail);
        }
        connection.mark(cause, committed, tail, c.edgeLimit);
        if (connection.waitsForBackup() && !c.waiting) {
            c.waiting = true;
            waiting.add(c);
        }
        return true;
    }

    /**
     * What was written is itself in the log, as far as the client may not have it. False if the log has no room for all of it.
     */
    private boolean store(final ProtectedConnection c, final long tail) {
        c.stored = Math.max(c.stored, c.connection.sendBuffer().head());
        while (c.stored < tail) {
            final int length = (int) Math.min(tail - c.stored, outputBytes);
            if (writer.freeBytes() < length + writer.capacityBytes() / OTHERS_PART) {
                return false;
            }
            if (c.stored + length - c.sndUna > StreamBuffer.MAX_CAPACITY_BYTES) {
                // The backup holds as much as this host may.
                writeAcknowledged(c);
            }
            final int parts = c.connection.sendBuffer().parts(c.stored, length, addresses, lengths, 0);
            cause = writer.output(c.id, c.stored, addresses, lengths, parts);
            c.stored += length;
        }
        if (c.storesOutput()) {
            c.sendLimit = tail;
        }
        return true;
    }

    /** What the client has acknowledged, and nothing else that is new. */
    private void writeAcknowledged(final ProtectedConnection c) {
        c.replicated.progress(progress);
        progress.state = c.state;
        progress.flags = c.flags;
        progress.sndFin = c.sndFin;
        progress.rcvFin = c.rcvFin;
        progress.rcvNxt = c.rcvNxt;
        write(c, false);
    }

    /**
     * The application could go on from here. By its thread.
     *
     * @return false if everything is kept anyway, the log has no room, or the application has not caught up with the one before
     *     it: the checkpoint before stays
     */
    boolean checkpoint(final ProtectedConnection c, final long readOffset, final long writeOffset, final byte[] blob) {
        return !keepsClosed && control.call(() -> {
            final long tail = c.connection.sendBuffer().tail();
            if (c.endpoint.replica() != c || !c.endpoint.inTable() || !caughtUp() || c.state < 0
                || writer.freeBytes() < PROGRESS_ROOM || readOffset < c.checkpointRead || writeOffset < c.checkpointWrite
                || !c.storesOutput() && (c.playsStill() || writeOffset != tail)) {
                return false;
            }
            hash(c);
            // First: bytes that the client may lack, and nobody will write again; and that it has those before them.
            if (!c.storesOutput() && c.sndUna < c.connection.sendBuffer().head()) {
                writeAcknowledged(c);
            }
            final byte[] bytes = point(c, blob).encode();
            if (!store(c, tail) || writer.freeBytes() < 2 * bytes.length + writer.capacityBytes() / OTHERS_PART) {
                return false;
            }
            writer.checkpoint(c.id, readOffset, writeOffset, bytes);
            c.checkpointed(readOffset, writeOffset);
            control.touch(c.endpoint);
            return true;
        });
    }

    private static CheckpointBlob point(final ProtectedConnection c, final byte[] blob) {
        return c.storesOutput() ? CheckpointBlob.ofBytes(blob)
            : new CheckpointBlob(c.connection.receiveBuffer().head(), c.hash, blob);
    }

    /**
     * Programs write no more, or again. Those of the backup can then come to the same place, of which the log tells.
     */
    void hold(final boolean value) {
        if (holding == value) {
            return;
        }
        holding = value;
        members().forEach(this::hold);
        if (value) {
            tell(false);
        }
    }

    private void hold(final ProtectedConnection c) {
        final StreamBuffer buffer = c.connection.sendBuffer();
        buffer.hold(holding);
        if (buffer.free() * 3L >= buffer.capacity()) {
            c.connection.raise(TcpConnection.WRITABLE);
            control.touch(c.endpoint);
        }
    }

    /**
     * Nothing leaves any more, and the backup is to go on exactly here: where sending stands, and what the client has. A hint:
     * without it, or where there is no room for it, the backup begins with the first byte that it does not know to be
     * acknowledged.
     */
    void handOver() {
        tell(true);
    }

    private void tell(final boolean sending) {
        for (final ProtectedConnection c : members()) {
            if (c.connection.state().isSynchronized() && capture(c)
                && writer.freeBytes() >= PROGRESS_ROOM) {
                c.replicated.progress(progress);
                if (sending) {
                    c.replicated.sending(progress);
                }
                write(c, false);
                // Of this moment only.
                progress.sndNxt = 0;
            }
        }
    }

    private void write(final ProtectedConnection c, final boolean causal) {
        fill(progress, c);
        final long sequence = writer.progress(progress);
        if (causal) {
            cause = sequence;
        }
        c.state = progress.state;
        c.flags = progress.flags;
        c.sndUna = progress.sndUna;
        c.sndFin = progress.sndFin;
        c.rcvFin = progress.rcvFin;
        c.rcvNxt = progress.rcvNxt;
        c.tsRecent = progress.tsRecent;
    }

    private static void fill(final TcbProgress into, final ProtectedConnection c) {
        into.connectionId = c.id;
        into.sendLimit = c.sendLimit;
        into.edgeLimit = c.edgeLimit;
        into.checkpointOffset = c.storesOutput() ? c.stored : c.hash.position();
        into.checkpointHash = c.hash.value();
    }

    /** How far programs have written, though nothing has happened since. */
    void tellWritten() {
        if (drain()) {
            notes.tellGrown(writer);
        }
    }

    void accepted(final ProtectedConnection c) {
        append(() -> notes.tellGrown(writer) ? writer.accepted(c.id, notes.nextOrder()) : LogWriter.FULL);
    }

    void close(final ProtectedConnection c) {
        c.replicated.progress(progress);
        if (progress.state != c.state || progress.flags != c.flags) {
            // There was no room for the last of it: how it ended is what the application there is to know.
            final TcbProgress last = new TcbProgress();
            c.replicated.progress(last);
            fill(last, c);
            append(() -> writer.progress(last));
        }
        append(() -> writer.closed(c.id));
        c.replicated.inputTap(null);
    }

    // --- commit ---

    /** From now on output waits for the backup. Returns the sequence that it must have stored before it may take over. */
    long gate() {
        drain();
        members().forEach(this::capture);
        committed = 0;
        control.tcp().holdCookies(true);
        gatedFrom = writer.lastSequence();
        return gatedFrom;
    }

    /** There is no backup: nothing waits any more. */
    void open() {
        committed(EVERYTHING);
    }

    /** The backup has stored the log up to there: what waited for it may leave. */
    void committed(final long sequence) {
        committed = sequence;
        if (sequence >= gatedFrom) {
            control.tcp().holdCookies(false);
        }
        for (int n = waiting.size(); n > 0; n--) {
            final ProtectedConnection c = waiting.poll();
            c.replicated.onCommitted(sequence);
            if (c.endpoint.inTable()) {
                control.touch(c.endpoint);
            }
            if (c.replicated.waitsForBackup()) {
                waiting.add(c);
            } else {
                c.waiting = false;
            }
        }
    }
}
