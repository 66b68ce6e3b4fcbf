package io.holdfast.failover;

import io.holdfast.counters.MembershipCounter;
import io.holdfast.util.Deadline;

/** The primary's side of a planned switchover: flush, hand over, and, if no answer comes, cancel and be sure of it. */
final class Switchover {
    /** One that the loss of the LAN caused is not tried again earlier. */
    private static final long RETRY_NS = 1_000_000_000L;

    private final Self self;
    private final Peer peer;
    /** {@link Phase#STEADY} when there is none. */
    private Phase phase = Phase.STEADY;
    private int number;
    private long finalPosition;
    private long deadlineNs = Deadline.NONE;
    private long retryNs = Self.NEVER;

    Switchover(final Self self, final Peer peer) {
        this.self = self;
        this.peer = peer;
    }

    Phase phase() {
        return phase;
    }

    boolean isUnderWay() {
        return phase != Phase.STEADY;
    }

    /** The backup was told that it may claim, so that a higher epoch is what was wanted. */
    boolean isHandedOver() {
        return phase == Phase.HANDING_OVER || phase == Phase.CANCELLING;
    }

    int number() {
        return isHandedOver() ? number : 0;
    }

    long finalPosition() {
        return isHandedOver() ? finalPosition : 0;
    }

    boolean mayRetry(final long nowNs) {
        return Deadline.expired(retryNs, nowNs);
    }

    void begin(final long nowNs) {
        self.forbid();
        number++;
        phase = Phase.FLUSHING;
        deadlineNs = nowNs + self.config.handoverNs();
        retryNs = nowNs + RETRY_NS;
        self.counters.increment(MembershipCounter.SWITCHOVERS);
        self.listener.onFlush(nowNs);
    }

    void onFlushed(final long position) {
        if (phase == Phase.FLUSHING) {
            finalPosition = position;
            phase = Phase.HANDING_OVER;
            self.dirty = true;
        }
    }

    /** True if something changed. */
    boolean decide(final long nowNs) {
        switch (phase) {
            case FLUSHING:
                if (Deadline.expired(deadlineNs, nowNs)) {
                    abandon(nowNs);
                    return true;
                }
                return false;
            case HANDING_OVER:
                if (Deadline.expired(deadlineNs, nowNs)) {
                    phase = Phase.CANCELLING;
                    deadlineNs = Deadline.NONE;
                    self.dirty = true;
                    return true;
                }
                return false;
            case CANCELLING:
                // Only its word makes sure that the backup will not claim; until then it may be the owner already.
                if (peer.last.role == Role.BACKUP && peer.last.cancelled >= number
                    && peer.last.receiver == self.config.incarnation()) {
                    abandon(nowNs);
                    return true;
                }
                return false;
            default:
                return false;
        }
    }

    long deadlineNs() {
        return deadlineNs;
    }

    /** The backup is out, or the switchover failed: this node goes on. */
    void abandon(final long nowNs) {
        if (isUnderWay()) {
            end();
            self.counters.increment(MembershipCounter.SWITCHOVERS_FAILED);
            self.dirty = true;
            self.listener.onFlushCancelled(nowNs);
        }
    }

    /** The peer owns: it is over, well or not. */
    void end() {
        phase = Phase.STEADY;
        deadlineNs = Deadline.NONE;
    }
}
