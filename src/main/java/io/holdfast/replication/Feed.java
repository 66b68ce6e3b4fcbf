package io.holdfast.replication;

import io.holdfast.replay.ChoiceScript;
import io.holdfast.replay.EventKind;
import io.holdfast.replay.InputScript;
import io.holdfast.replication.log.HistoryCursor;
import io.holdfast.replication.log.RecordDecoder;
import io.holdfast.replication.log.RecordHandler;
import io.holdfast.stack.Endpoint;
import io.holdfast.tcp.DeferredInput;
import io.holdfast.tcp.TcbProgress;
import org.agrona.DirectBuffer;

/**
 * What one connection's application is to read and to be told, out of this host's history, as it takes it: the client's bytes,
 * how the primary's application read them, and what clocks and generators told that. With the baton, but for {@link #wants}.
 *
 * <p>What holds: records come in the order of the log, each once. Reads and choices of the last primary's application, and of no
 * other, are played: there are {@link #scripted} of them still to come. Records that are logged while the feed lives are left to
 * it, also those of this host once it leads.
 */
final class Feed implements RecordHandler {
    /** Reads to be played that wait at most, for an application that does not read. */
    static final int HIGH_READS = 8_192;
    private static final int LOW_READS = HIGH_READS / 2;
    /** Bytes given in one go, so that the baton is not held for long. */
    private static final int TURN_BYTES = 512 * 1024;

    final long id;
    final Endpoint endpoint;
    final DeferredInput input;
    private final InputScript script;
    private final ChoiceScript choices;
    private final RecordDecoder decoder = new RecordDecoder();
    /** The feeder's; null until it is first needed. */
    HistoryCursor cursor;
    /** Reads and choices in the log that have not come yet. */
    volatile long scripted;
    /** Nobody reads yet, on a host that only keeps the log. */
    volatile boolean parked;
    /** Nobody reads any more. */
    volatile boolean over;
    /** An application has the connection: it needs everything that comes, whatever the one before it checkpoints. */
    volatile boolean needed;
    /** Reads and choices that come before the checkpoint, with which the application begins, are not for it. */
    private boolean skipping;
    /** This host leads: there will be no more to be played than {@link #scripted}. */
    private boolean live;
    private boolean refused;
    private int turn;
    private long bytes;

    Feed(final long id, final Endpoint endpoint, final DeferredInput input, final InputScript script,
        final ChoiceScript choices) {
        this.id = id;
        this.endpoint = endpoint;
        this.input = input;
        this.script = script;
        this.choices = choices;
    }

    /** The application begins at the checkpoint that the history has. */
    void fromCheckpoint() {
        skipping = true;
    }

    /** Is it time for more? Any thread. */
    boolean wants() {
        return !parked && !over && (input.wants() && script.waiting() < LOW_READS || isHungry());
    }

    /** The application has used up what it was told to read: the next portion lies further on, whatever the buffer holds. */
    private boolean isHungry() {
        return scripted > 0 && script.waiting() == 0;
    }

    /** The log has another event or choice to be played. */
    void scripted() {
        if (scripted++ == 0) {
            script.expects(true);
        }
    }

    /** No more is to be played than what is in the log by now. */
    void goLive() {
        live = true;
        parked = false;
        playOut();
    }

    private void playOut() {
        if (scripted > 0) {
            return;
        }
        if (live) {
            script.goLive();
            choices.goLive();
        }
        script.expects(false);
        if (live) {
            // What lies there beyond the last portion may be read now.
            input.tellReadable();
        }
    }

    void beginTurn() {
        turn = 0;
        refused = false;
    }

    /** Takes the next record; false if it is to come again later. */
    boolean take(final DirectBuffer buffer, final int offset, final int length) {
        if (turn >= TURN_BYTES || script.waiting() >= HIGH_READS) {
            return false;
        }
        turn += length;
        decoder.decode(buffer, offset, length, 0, this);
        return !refused;
    }

    /** The application has, or can have, everything: there is nothing to feed any more. */
    boolean complete() {
        return scripted == 0 && input.complete();
    }

    /** Of the client's, given so far. */
    long bytes() {
        return bytes;
    }

    // --- records ---

    @Override
    public void onInput(final long sequence, final long connectionId, final long streamOffset, final DirectBuffer buffer,
        final int offset, final int length) {
        if (input.put(isHungry(), streamOffset, buffer, offset, length)) {
            bytes += length;
        } else {
            refused = true;
        }
    }

    @Override
    public void onEvent(final long sequence, final long connectionId, final long order, final int kind, final long value) {
        if (skipping || scripted == 0) {
            return;
        }
        scripted--;
        script.add(order, kind, value);
        if (kind == EventKind.READ) {
            input.tellReadable();
        }
        playOut();
    }

    @Override
    public void onChoice(final long sequence, final long connectionId, final int kind, final long value,
        final DirectBuffer buffer, final int offset, final int length) {
        if (!skipping && scripted > 0) {
            scripted--;
            ShadowConnection.play(choices, kind, value, buffer, offset, length);
            playOut();
        }
    }

    @Override
    public void onOpened(final long sequence, final long connectionId, final int mode, final DirectBuffer buffer,
        final int offset, final int length) {
        // The follower's.
    }

    @Override
    public void onProgress(final long sequence, final TcbProgress progress) {
        // The follower's.
    }

    @Override
    public void onAccepted(final long sequence, final long connectionId, final long order) {
        // Nobody's.
    }

    @Override
    public void onClosed(final long sequence, final long connectionId) {
        // The follower's.
    }

    @Override
    public void onSecrets(final long sequence, final DirectBuffer buffer, final int offset, final int length) {
        // The follower's.
    }

    @Override
    public void onCheckpoint(final long sequence, final long connectionId, final long readOffset, final long writeOffset,
        final DirectBuffer buffer, final int offset, final int length) {
        skipping = false;
    }

    @Override
    public void onOutput(final long sequence, final long connectionId, final long streamOffset, final DirectBuffer buffer,
        final int offset, final int length) {
        // The follower's.
    }

    @Override
    public void onSynchronized(final long sequence) {
        // The channel's.
    }
}
