package io.holdfast.replication.log;

import io.holdfast.replay.EventKind;
import io.holdfast.tcp.TcbProgress;
import io.holdfast.tcp.TcpState;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** Writes records of any kind with any content, and remembers as text what it wrote. */
final class RandomLog {
    private static final int LARGEST = RecordLayout.MAX_STREAM_BYTES;

    final List<String> lines = new ArrayList<>();
    private final LogWriter writer;
    private final SplittableRandom random;
    private final UnsafeBuffer bytes = new UnsafeBuffer(BufferUtil.allocateDirectAligned(LARGEST, 8));
    private final long[] addresses = new long[3];
    private final int[] lengths = new int[3];
    private long order;

    RandomLog(final LogWriter writer, final SplittableRandom random) {
        this.writer = writer;
        this.random = random;
        for (int i = 0; i < LARGEST; i += 8) {
            bytes.putLong(i, random.nextLong());
        }
    }

    /** One record of a connection, or of none. */
    long write(final long connectionId) {
        return switch (random.nextInt(11)) {
            case 0 -> opened(connectionId);
            case 1 -> input(connectionId, offset(), length());
            case 2 -> progress(connectionId);
            case 3 -> event(connectionId, random.nextInt(EventKind.READ, EventKind.WRITTEN + 1), random.nextInt(Integer.MAX_VALUE));
            case 4 -> accepted(connectionId);
            case 5 -> closed(connectionId);
            case 6 -> choice(random.nextBoolean() ? connectionId : 0);
            case 7 -> secrets();
            case 8 -> checkpoint(connectionId, offset(), offset());
            case 9 -> output(connectionId, offset(), length());
            default -> synchronizedMark();
        };
    }

    long opened(final long connectionId) {
        final int length = length();
        final int at = random.nextInt(LARGEST - length + 1);
        final int mode = random.nextInt(4);
        return said(writer.opened(connectionId, mode, bytes, at, length),
            "Opened " + connectionId + " " + mode + " " + TextHandler.hex(bytes, at, length));
    }

    long input(final long connectionId, final long offset, final int length) {
        final int at = part(length);
        return said(writer.input(connectionId, offset, addresses, lengths, 3),
            "Input " + connectionId + " " + offset + " " + TextHandler.hex(bytes, at, length));
    }

    long output(final long connectionId, final long offset, final int length) {
        final int at = part(length);
        return said(writer.output(connectionId, offset, addresses, lengths, 3),
            "Output " + connectionId + " " + offset + " " + TextHandler.hex(bytes, at, length));
    }

    long progress(final long connectionId) {
        return progress(connectionId, random.nextLong());
    }

    long progress(final long connectionId, final long sndUna) {
        final TcbProgress p = new TcbProgress();
        p.connectionId = connectionId;
        p.state = TcpState.values()[random.nextInt(TcpState.values().length)].code();
        p.sndUna = sndUna;
        p.sndWnd = random.nextLong();
        p.rcvNxt = random.nextLong();
        p.rcvFin = random.nextLong();
        p.sndFin = random.nextLong();
        p.edgeLimit = random.nextLong();
        p.sendLimit = random.nextLong();
        p.checkpointOffset = random.nextLong();
        p.checkpointHash = random.nextLong();
        p.tsRecent = random.nextInt();
        p.tsOffset = random.nextInt();
        p.srttUs = random.nextInt();
        p.flags = random.nextInt(1 << 16);
        p.sndNxt = random.nextLong() >>> 1;
        p.cwnd = random.nextInt() >>> 1;
        p.ssthresh = random.nextInt() >>> 1;
        return said(writer.progress(p), TextHandler.text(p));
    }

    long synchronizedMark() {
        return said(writer.synchronizedMark(), "Synchronized");
    }

    long event(final long connectionId, final int kind, final long value) {
        return said(writer.event(connectionId, ++order, kind, value), "Event " + connectionId + " " + order + " " + kind + " " + value);
    }

    long accepted(final long connectionId) {
        return said(writer.accepted(connectionId, ++order), "Accepted " + connectionId + " " + order);
    }

    long closed(final long connectionId) {
        return said(writer.closed(connectionId), "Closed " + connectionId);
    }

    long choice(final long connectionId) {
        final byte[] blob = random.nextInt(4) == 0 ? null : blob();
        final int kind = random.nextInt(255);
        final long value = random.nextLong();
        return said(writer.choice(connectionId, kind, value, blob),
            "Choice " + connectionId + " " + kind + " " + value + " " + TextHandler.hex(blob == null ? new byte[0] : blob));
    }

    long secrets() {
        final byte[] blob = blob();
        return said(writer.secrets(blob), "Secrets " + TextHandler.hex(blob));
    }

    long checkpoint(final long connectionId, final long readOffset, final long writeOffset) {
        final byte[] blob = blob();
        return said(writer.checkpoint(connectionId, readOffset, writeOffset, blob),
            "Checkpoint " + connectionId + " " + readOffset + " " + writeOffset + " " + TextHandler.hex(blob));
    }

    private long said(final long sequence, final String line) {
        if (sequence != LogWriter.FULL) {
            lines.add(sequence + " " + line);
        }
        return sequence;
    }

    /** Cuts a run of bytes into three parts; returns where it begins. */
    private int part(final int length) {
        final int at = random.nextInt(LARGEST - length + 1);
        final int first = random.nextInt(length + 1);
        final int second = random.nextInt(length - first + 1);
        addresses[0] = bytes.addressOffset() + at;
        addresses[1] = addresses[0] + first;
        addresses[2] = addresses[1] + second;
        lengths[0] = first;
        lengths[1] = second;
        lengths[2] = length - first - second;
        return at;
    }

    private long offset() {
        return random.nextLong(RecordCheck.MAX_STREAM_OFFSET + 1);
    }

    private int length() {
        return random.nextInt(1 << random.nextInt(17)) + random.nextInt(2);
    }

    private byte[] blob() {
        final byte[] blob = new byte[length()];
        random.nextBytes(blob);
        return blob;
    }
}
