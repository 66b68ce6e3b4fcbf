package io.holdfast.failover;

import io.holdfast.membership.Reason;
import io.holdfast.membership.Role;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** The planned switchover under way, and the operator who waits for its end. The replicator's thread only. */
final class HandoverWatch {
    private static final long NONE = -1;

    private CompletableFuture<Handover> asked;
    private long beganNs = NONE;
    private Instant began;
    private long askedNs;
    private long behindBytes;

    /** It has begun: nothing departs any more. */
    void onFlush(final long bytes, final long nowNs) {
        behindBytes = bytes;
        beganNs = nowNs;
        began = Instant.now();
    }

    /** Somebody wants to know how it ends. */
    void answerTo(final CompletableFuture<Handover> answer, final long nowNs) {
        asked = answer;
        askedNs = nowNs;
    }

    /** Returns what came of it if it was done by this change; otherwise null. */
    Handover onRole(final Role to, final long epoch, final Reason reason, final long nowNs) {
        final boolean done = beganNs != NONE && to == Role.FENCED && reason == Reason.HANDED_OVER;
        final Handover result = done ? new Handover(null, began, nowNs - beganNs, epoch,
            asked == null ? 0 : Math.max(0, beganNs - askedNs), behindBytes)
            : Handover.refused("this host is " + to + " now: " + reason.sentence());
        end(result);
        return done ? result : null;
    }

    void onCancelled() {
        end(Handover.refused("the backup did not take over in time, or was lost; this host goes on"));
    }

    private void end(final Handover result) {
        beganNs = NONE;
        if (asked != null) {
            asked.complete(result);
            asked = null;
        }
    }
}
