package io.holdfast.replication;

import io.holdfast.stack.ShardControl;
import java.util.function.BooleanSupplier;

/** A backup's part: what the {@link Follower} plays is watched. With the baton only. */
final class Following extends Silent {
    private final ShardControl control;
    private final Shadows shadows;
    private final Handover handover;
    private final StuckWatch watch;
    /** A backup's program is not there before it leads. */
    private final boolean parks;

    Following(final ShardControl control, final Shadows shadows, final Handover handover, final StuckWatch watch,
        final boolean parks) {
        this.control = control;
        this.shadows = shadows;
        this.handover = handover;
        this.watch = watch;
        this.parks = parks;
    }

    @Override
    boolean follows() {
        return true;
    }

    @Override
    void watch(final long nowNs, final long stuckNs, final BooleanSupplier programRuns) {
        if (handover.listened() && !parks) {
            watch.onBackup(nowNs, stuckNs, programRuns);
        }
    }

    @Override
    long behindBytes() {
        return shadows.behindBytes();
    }

    @Override
    long behindNs() {
        return handover.playback().behindNs(control.nowNs());
    }
}
