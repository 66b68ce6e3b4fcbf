package io.holdfast.replication.log;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import io.holdfast.replication.codec.AcceptedEncoder;
import io.holdfast.replication.codec.CheckpointEncoder;
import io.holdfast.replication.codec.ChoiceEncoder;
import io.holdfast.replication.codec.ClosedEncoder;
import io.holdfast.replication.codec.EventEncoder;
import io.holdfast.replication.codec.InputEncoder;
import io.holdfast.replication.codec.MessageHeaderEncoder;
import io.holdfast.replication.codec.OpenedEncoder;
import io.holdfast.replication.codec.OutputEncoder;
import io.holdfast.replication.codec.ProgressEncoder;
import io.holdfast.replication.codec.SecretsEncoder;
import io.holdfast.replication.codec.SynchronizedEncoder;
import io.holdfast.tcp.TcbProgress;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * Appends the shard's records to the log: into a bounded ring that the replicator empties. One thread at a time, the holder
 * of the shard's baton. Allocates nothing.
 *
 * <p>Every record appended has the next number of the log, from 1. Each method answers that number, or {@link #FULL} if the
 * ring had no room: then nothing was appended. Callers look at {@link #freeBytes()} before they take on work whose records
 * they could not do without.
 */
public final class LogWriter {
    /** Nothing was appended. */
    public static final long FULL = -1;
    /** Bytes of the ring unless told otherwise. */
    public static final int DEFAULT_CAPACITY_BYTES = 32 * 1024 * 1024;
    /** A ring takes messages of an eighth of its capacity. */
    public static final int MIN_CAPACITY_BYTES = BitUtil.findNextPositivePowerOfTwo(8 * RecordLayout.MAX_RECORD_BYTES);

    private static final byte[] NO_BYTES = new byte[0];
    private static final VarHandle LAST_SEQUENCE;

    static {
        try {
            LAST_SEQUENCE = MethodHandles.lookup().findVarHandle(LogWriter.class, "lastSequence", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Counters counters;
    private final OneToOneRingBuffer ring;
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final OpenedEncoder opened = new OpenedEncoder();
    private final InputEncoder input = new InputEncoder();
    private final ProgressEncoder progress = new ProgressEncoder();
    private final EventEncoder event = new EventEncoder();
    private final AcceptedEncoder accepted = new AcceptedEncoder();
    private final ClosedEncoder closed = new ClosedEncoder();
    private final ChoiceEncoder choice = new ChoiceEncoder();
    private final SecretsEncoder secrets = new SecretsEncoder();
    private final CheckpointEncoder checkpoint = new CheckpointEncoder();
    private final OutputEncoder output = new OutputEncoder();
    private final SynchronizedEncoder synchronizedMark = new SynchronizedEncoder();
    /** Written by the holder of the baton alone. */
    private volatile long lastSequence;

    /** @param counters of the shard; counts what found the ring full */
    public LogWriter(final Counters counters) {
        this(DEFAULT_CAPACITY_BYTES, counters);
    }

    /** @param capacityBytes a power of two, at least {@link #MIN_CAPACITY_BYTES} */
    public LogWriter(final int capacityBytes, final Counters counters) {
        this(capacityBytes, MIN_CAPACITY_BYTES, counters);
    }

    /** For simulations: with a smaller minimum, where no record is large. */
    LogWriter(final int capacityBytes, final int minCapacityBytes, final Counters counters) {
        if (capacityBytes < minCapacityBytes || !BitUtil.isPowerOfTwo(capacityBytes)) {
            throw new IllegalArgumentException("a ring of " + capacityBytes + " bytes: not a power of two from "
                + minCapacityBytes);
        }
        this.counters = counters;
        ring = new OneToOneRingBuffer(new UnsafeBuffer(BufferUtil.allocateDirectAligned(
            capacityBytes + RingBufferDescriptor.TRAILER_LENGTH, BitUtil.CACHE_LINE_LENGTH)));
    }

    /** The number of the record appended last; 0: none yet. Any thread. */
    public long lastSequence() {
        return lastSequence;
    }

    /** Room in the ring; a record takes its length, eight bytes, and what aligns it to eight. */
    public long freeBytes() {
        return ring.capacity() - ring.size();
    }

    public int capacityBytes() {
        return ring.capacity();
    }

    /** @param mode 0 off, 1 hot, 2 cold, 3 resume */
    public long opened(final long connectionId, final int mode, final DirectBuffer snapshot, final int offset,
        final int length) {
        final int index = claim(OpenedEncoder.TEMPLATE_ID, OpenedEncoder.BLOCK_LENGTH, blob(length));
        if (index < 0) {
            return FULL;
        }
        opened.wrapAndApplyHeader(ring.buffer(), index, header).connectionId(connectionId).mode((short) mode)
            .putSnapshot(snapshot, offset, length);
        return commit(index);
    }

    /**
     * Bytes of the client; at most {@link RecordLayout#MAX_STREAM_BYTES}.
     *
     * @param streamOffset  position of the first
     * @param partAddresses native addresses
     */
    public long input(final long connectionId, final long streamOffset, final long[] partAddresses, final int[] partLengths,
        final int parts) {
        final int length = stream(partLengths, parts);
        final int index = claim(InputEncoder.TEMPLATE_ID, InputEncoder.BLOCK_LENGTH, length);
        if (index < 0) {
            return FULL;
        }
        input.wrapAndApplyHeader(ring.buffer(), index, header).connectionId(connectionId).streamOffset(streamOffset);
        putParts(input.limit(), length, partAddresses, partLengths, parts);
        return commit(index);
    }

    /** The same from one buffer. */
    public long input(final long connectionId, final long streamOffset, final DirectBuffer bytes, final int at,
        final int length) {
        final int index = claim(InputEncoder.TEMPLATE_ID, InputEncoder.BLOCK_LENGTH, length);
        if (index < 0) {
            return FULL;
        }
        input.wrapAndApplyHeader(ring.buffer(), index, header).connectionId(connectionId).streamOffset(streamOffset)
            .putBytes(bytes, at, length);
        return commit(index);
    }

    public long progress(final TcbProgress p) {
        final int index = claim(ProgressEncoder.TEMPLATE_ID, ProgressEncoder.BLOCK_LENGTH);
        if (index < 0) {
            return FULL;
        }
        progress.wrapAndApplyHeader(ring.buffer(), index, header).connectionId(p.connectionId).sndUna(p.sndUna)
            .sndWnd(p.sndWnd).rcvNxt(p.rcvNxt).rcvFin(p.rcvFin).sndFin(p.sndFin).edgeLimit(p.edgeLimit)
            .sendLimit(p.sendLimit).checkpointOffset(p.checkpointOffset).checkpointHash(p.checkpointHash)
            .tsRecent(p.tsRecent).tsOffset(p.tsOffset).srttUs(p.srttUs).flags(p.flags).state((short) p.state)
            .sndNxt(p.sndNxt).cwnd(p.cwnd).ssthresh(p.ssthresh);
        return commit(index);
    }

    /**
     * @param order its place among the events of all connections, accepts included; from 1
     * @param kind  of {@link io.holdfast.replay.EventKind}, which says what {@code value} is
     */
    public long event(final long connectionId, final long order, final int kind, final long value) {
        final int index = claim(EventEncoder.TEMPLATE_ID, EventEncoder.BLOCK_LENGTH);
        if (index < 0) {
            return FULL;
        }
        event.wrapAndApplyHeader(ring.buffer(), index, header).connectionId(connectionId).eventOrder(order).value(value)
            .kind((short) kind);
        return commit(index);
    }

    /** @param order as of {@link #event} */
    public long accepted(final long connectionId, final long order) {
        final int index = claim(AcceptedEncoder.TEMPLATE_ID, AcceptedEncoder.BLOCK_LENGTH);
        if (index < 0) {
            return FULL;
        }
        accepted.wrapAndApplyHeader(ring.buffer(), index, header).connectionId(connectionId).eventOrder(order);
        return commit(index);
    }

    public long closed(final long connectionId) {
        final int index = claim(ClosedEncoder.TEMPLATE_ID, ClosedEncoder.BLOCK_LENGTH);
        if (index < 0) {
            return FULL;
        }
        closed.wrapAndApplyHeader(ring.buffer(), index, header).connectionId(connectionId);
        return commit(index);
    }

    /**
     * A clock's or a random generator's answer to the application.
     *
     * @param connectionId 0 if for no connection
     * @param kind         0 to 254
     * @param bytes        null for none
     */
    public long choice(final long connectionId, final int kind, final long value, final byte[] bytes) {
        final byte[] given = bytes == null ? NO_BYTES : bytes;
        final int index = claim(ChoiceEncoder.TEMPLATE_ID, ChoiceEncoder.BLOCK_LENGTH, blob(given.length));
        if (index < 0) {
            return FULL;
        }
        choice.wrapAndApplyHeader(ring.buffer(), index, header).connectionId(connectionId).value(value).kind(kind)
            .putBytes(given, 0, given.length);
        return commit(index);
    }

    public long secrets(final byte[] keys) {
        final int index = claim(SecretsEncoder.TEMPLATE_ID, SecretsEncoder.BLOCK_LENGTH, blob(keys.length));
        if (index < 0) {
            return FULL;
        }
        secrets.wrapAndApplyHeader(ring.buffer(), index, header).connectionId(0).putKeys(keys, 0, keys.length);
        return commit(index);
    }

    /** The application's state, tied to positions of both its streams. */
    public long checkpoint(final long connectionId, final long readOffset, final long writeOffset, final byte[] blob) {
        final int index = claim(CheckpointEncoder.TEMPLATE_ID, CheckpointEncoder.BLOCK_LENGTH, blob(blob.length));
        if (index < 0) {
            return FULL;
        }
        checkpoint.wrapAndApplyHeader(ring.buffer(), index, header).connectionId(connectionId).readOffset(readOffset)
            .writeOffset(writeOffset).putBlob(blob, 0, blob.length);
        return commit(index);
    }

    /** Bytes of the server; as {@link #input}. */
    public long output(final long connectionId, final long streamOffset, final long[] partAddresses, final int[] partLengths,
        final int parts) {
        final int length = stream(partLengths, parts);
        final int index = claim(OutputEncoder.TEMPLATE_ID, OutputEncoder.BLOCK_LENGTH, length);
        if (index < 0) {
            return FULL;
        }
        output.wrapAndApplyHeader(ring.buffer(), index, header).connectionId(connectionId).streamOffset(streamOffset);
        putParts(output.limit(), length, partAddresses, partLengths, parts);
        return commit(index);
    }

    /** A mark of the shard's own; the sender sets one by itself where a joining backup's history ends. */
    public long synchronizedMark() {
        final int index = claim(SynchronizedEncoder.TEMPLATE_ID, SynchronizedEncoder.BLOCK_LENGTH);
        if (index < 0) {
            return FULL;
        }
        synchronizedMark.wrapAndApplyHeader(ring.buffer(), index, header).connectionId(0);
        return commit(index);
    }

    /** The ring, for the one thread that empties it. */
    OneToOneRingBuffer ring() {
        return ring;
    }

    private int claim(final int templateId, final int blockLength) {
        final int index = ring.tryClaim(templateId, RecordLayout.HEADER_BYTES + blockLength);
        if (index < 0) {
            counters.increment(ReplicationCounter.RING_FULL);
        }
        return index;
    }

    private int claim(final int templateId, final int blockLength, final int bytes) {
        return claim(templateId, blockLength + RecordLayout.BYTES_LENGTH_BYTES + bytes);
    }

    private long commit(final int index) {
        ring.commit(index);
        final long sequence = (long) LAST_SEQUENCE.get(this) + 1;
        LAST_SEQUENCE.setRelease(this, sequence);
        return sequence;
    }

    private static int blob(final int length) {
        if (length < 0 || length > RecordLayout.MAX_BLOB_BYTES) {
            throw new IllegalArgumentException(length + " bytes, a record takes " + RecordLayout.MAX_BLOB_BYTES);
        }
        return length;
    }

    private static int stream(final int[] partLengths, final int parts) {
        long length = 0;
        for (int i = 0; i < parts; i++) {
            length += partLengths[i];
        }
        if (length > RecordLayout.MAX_STREAM_BYTES) {
            throw new IllegalArgumentException(length + " bytes, a record takes " + RecordLayout.MAX_STREAM_BYTES);
        }
        return (int) length;
    }

    private void putParts(final int limit, final int length, final long[] partAddresses, final int[] partLengths,
        final int parts) {
        final AtomicBuffer buffer = ring.buffer();
        ((MutableDirectBuffer) buffer).putInt(limit, length, ByteOrder.LITTLE_ENDIAN);
        long to = buffer.addressOffset() + limit + RecordLayout.BYTES_LENGTH_BYTES;
        for (int i = 0; i < parts; i++) {
            UnsafeApi.copyMemory(partAddresses[i], to, partLengths[i]);
            to += partLengths[i];
        }
    }
}
