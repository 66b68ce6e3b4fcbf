package io.holdfast.replication.log;

import io.holdfast.replication.codec.CheckpointDecoder;
import io.holdfast.replication.codec.ChoiceDecoder;
import io.holdfast.replication.codec.EventDecoder;
import io.holdfast.replication.codec.InputDecoder;
import io.holdfast.replication.codec.OutputDecoder;
import io.holdfast.replication.codec.ProgressDecoder;
import io.holdfast.replication.codec.SecretsDecoder;
import io.holdfast.replication.codec.SynchronizedDecoder;
import java.util.ArrayList;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Which records are worth keeping, and how many bytes of each segment they are. Invariant: a segment's live bytes are the sum
 * of its connections' shares.
 */
final class LiveRecordIndex {
    /** Of what belongs to no connection. */
    static final long NO_CONNECTION = 0;

    private final SegmentStore store;
    private final Long2ObjectHashMap<TrackedConnection> connections = new Long2ObjectHashMap<>();
    private TrackedConnection global = newGlobal();

    LiveRecordIndex(final SegmentStore store) {
        this.store = store;
    }

    /** Null: the history does not have it. */
    TrackedConnection connection(final long connectionId) {
        return connectionId == NO_CONNECTION ? global : connections.get(connectionId);
    }

    TrackedConnection open(final long connectionId) {
        final TrackedConnection connection = new TrackedConnection(connectionId);
        connections.put(connectionId, connection);
        return connection;
    }

    int size() {
        return connections.size();
    }

    void forEach(final Consumer<TrackedConnection> consumer) {
        connections.values().forEach(consumer);
        consumer.accept(global);
    }

    /** Would a backup that joins need this record? It needs none of what is gone. */
    boolean isWanted(final DirectBuffer record, final int offset, final long position) {
        final TrackedConnection connection = connection(RecordLayout.connectionId(record, offset));
        return (connection == null || !connection.gone) && isLive(record, offset, position);
    }

    /** Is this record still kept? */
    boolean isLive(final DirectBuffer record, final int offset, final long position) {
        final TrackedConnection connection = connection(RecordLayout.connectionId(record, offset));
        if (connection == null || position < connection.first) {
            return false;
        }
        return switch (RecordLayout.templateId(record, offset)) {
            case InputDecoder.TEMPLATE_ID -> RecordLayout.streamEnd(record, offset) > connection.readOffset;
            case OutputDecoder.TEMPLATE_ID -> RecordLayout.streamEnd(record, offset) > connection.ackedOffset;
            case EventDecoder.TEMPLATE_ID, ChoiceDecoder.TEMPLATE_ID -> position > connection.lastCheckpoint;
            case ProgressDecoder.TEMPLATE_ID -> position == connection.lastProgress;
            case CheckpointDecoder.TEMPLATE_ID -> position == connection.lastCheckpoint;
            case SecretsDecoder.TEMPLATE_ID -> position == connection.lastSecrets;
            case SynchronizedDecoder.TEMPLATE_ID -> false;
            default -> true;
        };
    }

    /** A record was appended to the newest segment. */
    void added(final TrackedConnection connection, final DirectBuffer record, final int offset, final int length,
        final long position) {
        final LogSegment segment = store.active();
        final int framed = LogSegment.framed(length);
        if (connection.first == HistoryPosition.NONE) {
            connection.first = position;
        }
        switch (RecordLayout.templateId(record, offset)) {
            case ProgressDecoder.TEMPLATE_ID -> {
                drop(connection, connection.lastProgress, connection.lastProgressBytes);
                connection.lastProgress = position;
                connection.lastProgressBytes = framed;
            }
            case CheckpointDecoder.TEMPLATE_ID -> {
                drop(connection, connection.lastCheckpoint, connection.lastCheckpointBytes);
                connection.lastCheckpoint = position;
                connection.lastCheckpointBytes = framed;
            }
            case SecretsDecoder.TEMPLATE_ID -> {
                drop(connection, connection.lastSecrets, connection.lastSecretsBytes);
                connection.lastSecrets = position;
                connection.lastSecretsBytes = framed;
            }
            default -> {
                // Kept as long as its connection, or as its bytes are needed.
            }
        }
        count(connection.newestShare(segment), record, offset, framed);
        store.addLive(segment, framed);
    }

    /** Adds a live record to a share. */
    void count(final SegmentUsage usage, final DirectBuffer record, final int offset, final int framed) {
        usage.bytes += framed;
        switch (RecordLayout.templateId(record, offset)) {
            case InputDecoder.TEMPLATE_ID -> {
                usage.inputBytes += framed;
                usage.inputEnd = Math.max(usage.inputEnd, RecordLayout.streamEnd(record, offset));
            }
            case OutputDecoder.TEMPLATE_ID -> {
                usage.outputBytes += framed;
                usage.outputEnd = Math.max(usage.outputEnd, RecordLayout.streamEnd(record, offset));
            }
            case EventDecoder.TEMPLATE_ID, ChoiceDecoder.TEMPLATE_ID -> usage.scriptBytes += framed;
            default -> {
                // Counted as a whole.
            }
        }
    }

    /** A live record has another place now. */
    void moved(final TrackedConnection connection, final int templateId, final long from, final long to) {
        if (connection.first == from) {
            connection.first = to;
        }
        switch (templateId) {
            case ProgressDecoder.TEMPLATE_ID -> connection.lastProgress = to;
            case CheckpointDecoder.TEMPLATE_ID -> connection.lastCheckpoint = to;
            case SecretsDecoder.TEMPLATE_ID -> connection.lastSecrets = to;
            default -> {
                // Found by its segment alone.
            }
        }
    }

    /** Input that ends at {@code readOffset} or before is garbage. */
    void dropInput(final TrackedConnection connection, final long readOffset) {
        if (readOffset <= connection.readOffset) {
            return;
        }
        connection.readOffset = readOffset;
        SegmentUsage usage = connection.firstShare;
        while (usage != null) {
            final SegmentUsage next = usage.next;
            if (usage.inputBytes > 0) {
                if (usage.inputEnd > readOffset) {
                    return;
                }
                final int n = usage.inputBytes;
                usage.inputBytes = 0;
                subtract(connection, usage, n);
            }
            usage = next;
        }
    }

    /** Reads and choices so far are garbage: the last record is a checkpoint. */
    void dropScript(final TrackedConnection connection) {
        SegmentUsage usage = connection.firstShare;
        while (usage != null) {
            final SegmentUsage next = usage.next;
            if (usage.scriptBytes > 0) {
                final int n = usage.scriptBytes;
                usage.scriptBytes = 0;
                subtract(connection, usage, n);
            }
            usage = next;
        }
    }

    /** Output that ends at {@code ackedOffset} or before is garbage: the client has it. */
    void dropOutput(final TrackedConnection connection, final long ackedOffset) {
        if (ackedOffset <= connection.ackedOffset) {
            return;
        }
        connection.ackedOffset = ackedOffset;
        SegmentUsage usage = connection.firstShare;
        while (usage != null) {
            final SegmentUsage next = usage.next;
            if (usage.outputBytes > 0) {
                if (usage.outputEnd > ackedOffset) {
                    return;
                }
                final int n = usage.outputBytes;
                usage.outputBytes = 0;
                subtract(connection, usage, n);
            }
            usage = next;
        }
    }

    /** All records are garbage. */
    void clear() {
        new ArrayList<>(connections.values()).forEach(this::forget);
        forget(global);
        global = newGlobal();
    }

    /** All its records are garbage. */
    void forget(final TrackedConnection connection) {
        connections.remove(connection.id);
        for (SegmentUsage usage = connection.firstShare; usage != null; usage = usage.next) {
            store.addLive(usage.segment, -usage.bytes);
            store.freeIfDead(usage.segment);
        }
        connection.firstShare = null;
        connection.lastShare = null;
    }

    /** Of that share only so many bytes are left. */
    void less(final TrackedConnection connection, final SegmentUsage usage, final long left) {
        if (HistoryPosition.segmentId(connection.lastSecrets) == usage.segment.id
            && connection.lastSecrets >= HistoryPosition.of(usage.segment, usage.segment.used)) {
            connection.lastSecrets = HistoryPosition.NONE;
        }
        subtract(connection, usage, usage.bytes - (int) left);
    }

    private static TrackedConnection newGlobal() {
        final TrackedConnection global = new TrackedConnection(NO_CONNECTION);
        // Its first record may become garbage, unlike a connection's: there is no time before it.
        global.first = 0;
        return global;
    }

    private void drop(final TrackedConnection connection, final long position, final int framed) {
        if (position == HistoryPosition.NONE) {
            return;
        }
        subtract(connection, connection.usage(HistoryPosition.segmentId(position)), framed);
    }

    private void subtract(final TrackedConnection connection, final SegmentUsage usage, final int n) {
        usage.bytes -= n;
        store.addLive(usage.segment, -n);
        if (usage.bytes == 0) {
            connection.unlink(usage);
            store.freeIfDead(usage.segment);
        }
    }
}
