package io.holdfast.replication;

import io.holdfast.stack.Endpoint;
import io.holdfast.stack.ShardControl;
import io.holdfast.util.Deadline;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;

/** The primary's part: its connections go into the log, and what leaves waits for the backup. With the baton only. */
final class Leading extends Silent {
    private final ShardControl control;
    private final Recorder recorder;
    private final Handover handover;
    private final StuckWatch watch;
    private final TakeoverProgress progress;
    private final LongPredicate lease;
    /** Nothing leaves, for a planned switchover, while this is false. */
    private boolean departing = true;
    /** Output waits for the backup. */
    private boolean gated;
    /** Until then the program is being started; nobody is refused. */
    private long startingUntilNs = Deadline.NONE;

    /** @param lease says whether this host may speak at that time (M2) */
    Leading(final ShardControl control, final Recorder recorder, final Handover handover, final StuckWatch watch,
        final TakeoverProgress progress, final LongPredicate lease) {
        this.control = control;
        this.recorder = recorder;
        this.handover = handover;
        this.watch = watch;
        this.progress = progress;
        this.lease = lease;
    }

    /** @param startingUntil when a program that is started now must listen; {@link Deadline#NONE} if none is started */
    void begin(final long startingUntil) {
        gated = false;
        departing = true;
        startingUntilNs = startingUntil;
    }

    void gated(final boolean value) {
        gated = value;
    }

    void departing(final boolean value) {
        departing = value;
    }

    /** The program listens. */
    void onListening() {
        startingUntilNs = Deadline.NONE;
        progress.onListening(control.nowNs());
    }

    @Override
    boolean leads() {
        return true;
    }

    @Override
    boolean roomForInput() {
        return departing && recorder.roomForInput();
    }

    @Override
    boolean answersStrays(final long nowNs) {
        return startingUntilNs == Deadline.NONE || nowNs - startingUntilNs >= 0;
    }

    @Override
    boolean mayDepart(final long nowNs) {
        return departing && lease.test(nowNs);
    }

    @Override
    void onAdded(final Endpoint endpoint) {
        if (endpoint.connection().passive()) {
            handover.gate(endpoint);
            recorder.open(endpoint);
        }
    }

    @Override
    void beginFlush() {
        recorder.drain();
    }

    @Override
    void onDropped(final ProtectedConnection c, final long nowNs) {
        recorder.close(c);
        progress.forget(c, nowNs);
        if (!c.endpoint.attached()) {
            c.endFeed();
        }
    }

    @Override
    void onAccepted(final ProtectedConnection c) {
        recorder.accepted(c);
    }

    @Override
    void onCommitted(final long sequence) {
        if (gated) {
            recorder.committed(sequence);
        }
    }

    @Override
    void watch(final long nowNs, final long stuckNs, final BooleanSupplier programRuns) {
        recorder.tellWritten();
        if (handover.listened()) {
            watch.onPrimary(nowNs, stuckNs, programRuns);
        }
    }

    @Override
    void giveUpUnclaimed() {
        handover.offers().giveUpUnclaimed(control.nowNs());
    }

    @Override
    void end() {
        for (final ProtectedConnection c : recorder.members()) {
            c.endFeed();
            c.endpoint.replica(null);
            c.endpoint.recorder(null);
            control.abandon(c.endpoint);
        }
    }
}
