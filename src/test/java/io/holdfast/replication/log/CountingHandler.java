package io.holdfast.replication.log;

import io.holdfast.tcp.TcbProgress;
import org.agrona.DirectBuffer;

/** Counts records, and allocates nothing. */
final class CountingHandler implements RecordHandler {
    long records;

    @Override
    public void onOpened(final long sequence, final long connectionId, final int mode, final DirectBuffer buffer,
        final int offset, final int length) {
        records++;
    }

    @Override
    public void onInput(final long sequence, final long connectionId, final long streamOffset, final DirectBuffer buffer,
        final int offset, final int length) {
        records++;
    }

    @Override
    public void onProgress(final long sequence, final TcbProgress progress) {
        records++;
    }

    @Override
    public void onEvent(final long sequence, final long connectionId, final long order, final int kind, final long value) {
        records++;
    }

    @Override
    public void onAccepted(final long sequence, final long connectionId, final long order) {
        records++;
    }

    @Override
    public void onClosed(final long sequence, final long connectionId) {
        records++;
    }

    @Override
    public void onChoice(final long sequence, final long connectionId, final int kind, final long value,
        final DirectBuffer buffer, final int offset, final int length) {
        records++;
    }

    @Override
    public void onSecrets(final long sequence, final DirectBuffer buffer, final int offset, final int length) {
        records++;
    }

    @Override
    public void onCheckpoint(final long sequence, final long connectionId, final long readOffset, final long writeOffset,
        final DirectBuffer buffer, final int offset, final int length) {
        records++;
    }

    @Override
    public void onOutput(final long sequence, final long connectionId, final long streamOffset, final DirectBuffer buffer,
        final int offset, final int length) {
        records++;
    }

    @Override
    public void onSynchronized(final long sequence) {
        records++;
    }
}
