package io.holdfast.replication.log;

import io.holdfast.tcp.TcbProgress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.agrona.DirectBuffer;

/** Writes each record down as a line, with all its fields and bytes. */
final class TextHandler implements RecordHandler {
    final List<String> lines = new ArrayList<>();

    @Override
    public void onOpened(final long sequence, final long connectionId, final int mode, final DirectBuffer buffer,
        final int offset, final int length) {
        lines.add(sequence + " Opened " + connectionId + " " + mode + " " + hex(buffer, offset, length));
    }

    @Override
    public void onInput(final long sequence, final long connectionId, final long streamOffset, final DirectBuffer buffer,
        final int offset, final int length) {
        lines.add(sequence + " Input " + connectionId + " " + streamOffset + " " + hex(buffer, offset, length));
    }

    @Override
    public void onProgress(final long sequence, final TcbProgress p) {
        lines.add(sequence + " " + text(p));
    }

    @Override
    public void onEvent(final long sequence, final long connectionId, final long order, final int kind, final long value) {
        lines.add(sequence + " Event " + connectionId + " " + order + " " + kind + " " + value);
    }

    @Override
    public void onAccepted(final long sequence, final long connectionId, final long order) {
        lines.add(sequence + " Accepted " + connectionId + " " + order);
    }

    @Override
    public void onClosed(final long sequence, final long connectionId) {
        lines.add(sequence + " Closed " + connectionId);
    }

    @Override
    public void onChoice(final long sequence, final long connectionId, final int kind, final long value,
        final DirectBuffer buffer, final int offset, final int length) {
        lines.add(sequence + " Choice " + connectionId + " " + kind + " " + value + " " + hex(buffer, offset, length));
    }

    @Override
    public void onSecrets(final long sequence, final DirectBuffer buffer, final int offset, final int length) {
        lines.add(sequence + " Secrets " + hex(buffer, offset, length));
    }

    @Override
    public void onCheckpoint(final long sequence, final long connectionId, final long readOffset, final long writeOffset,
        final DirectBuffer buffer, final int offset, final int length) {
        lines.add(sequence + " Checkpoint " + connectionId + " " + readOffset + " " + writeOffset + " "
            + hex(buffer, offset, length));
    }

    @Override
    public void onOutput(final long sequence, final long connectionId, final long streamOffset, final DirectBuffer buffer,
        final int offset, final int length) {
        lines.add(sequence + " Output " + connectionId + " " + streamOffset + " " + hex(buffer, offset, length));
    }

    @Override
    public void onSynchronized(final long sequence) {
        lines.add(sequence + " Synchronized");
    }

    static String text(final TcbProgress p) {
        return "Progress " + p.connectionId + " " + p.state + " " + p.sndUna + " " + p.sndWnd + " " + p.rcvNxt + " " + p.rcvFin
            + " " + p.sndFin + " " + p.edgeLimit + " " + p.sendLimit + " " + p.checkpointOffset + " " + p.checkpointHash + " "
            + p.tsRecent + " " + p.tsOffset + " " + p.srttUs + " " + p.flags + " "
            + p.sndNxt + " " + p.cwnd + " " + p.ssthresh;
    }

    /** Long ones by length and hash. */
    static String hex(final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return hex(bytes);
    }

    static String hex(final byte[] bytes) {
        return bytes.length > 64 ? bytes.length + ":" + Arrays.hashCode(bytes)
            : HexFormat.of().formatHex(bytes);
    }
}
