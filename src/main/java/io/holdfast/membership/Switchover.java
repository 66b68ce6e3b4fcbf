package io.holdfast.membership;

import io.holdfast.counters.MembershipCounter;
import io.holdfast.util.Deadline;

/**
 * The primary's side of a planned switchover: wait until the backup's servers are where this host's are, flush, hand over, and,
 * if no answer comes, cancel and be sure of it.
 */
final class Switchover {
    /** One that the loss of the LAN caused is not tried again earlier. */
    private static final long RETRY_NS = 1_000_000_000L;
    /** So little is written again before what lies in the send buffer has left. */
    private static final long NEAR_BYTES = 1 << 20;
    /** Programs are held up no longer: clients have got by then what was written, and wait. */
    private static final long HOLD_NS = 50_000_000L;

    private final Self self;
    private final Roster roster;
    /** {@link Phase#STEADY} when there is none. */
    private Phase phase = Phase.STEADY;
    private int number;
    /** Of the log: what the backup says of its servers counts if it is about this, or later. */
    private long position;
    private long finalPosition;
    private long deadlineNs = Deadline.NONE;
    private long retryNs = Self.NEVER;
    private int cancellations;

    Switchover(final Self self, final Roster roster) {
        this.self = self;
        this.roster = roster;
    }

    Phase phase() {
        return phase;
    }

    boolean isUnderWay() {
        return phase != Phase.STEADY;
    }

    /** Nothing may depart. */
    boolean isSilent() {
        return isUnderWay() && !isPreparing();
    }

    /** The backup is to say how far its servers are. */
    boolean isPreparing() {
        return phase == Phase.PREPARING || phase == Phase.HOLDING;
    }

    /** The backup was told that it may claim, so that a higher epoch is what was wanted. */
    boolean isHandedOver() {
        return phase == Phase.HANDING_OVER || phase == Phase.CANCELLING;
    }

    /**
     * What the backup has given up since it is one: an epoch each time, whether the third party recorded it or not. Without one
     * it gives up nothing, and a primary that may not go on alone has nothing to ask for.
     */
    int forgone() {
        return self.config.witness().isThirdParty() && self.config.onLoss() != OnLoss.BLOCK ? cancellations : 0;
    }

    /** Another backup, or none. */
    void forget() {
        cancellations = 0;
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

    /** @param prepares first the backup's servers come to where this host's are: clients are being served meanwhile */
    void begin(final boolean prepares, final long nowNs) {
        number++;
        retryNs = nowNs + RETRY_NS;
        position = self.listener.position();
        self.counters.increment(MembershipCounter.SWITCHOVERS);
        if (prepares && self.config.prepareNs() > 0) {
            phase = Phase.PREPARING;
            deadlineNs = nowNs + self.config.prepareNs();
            self.dirty = true;
        } else {
            flush(nowNs);
        }
    }

    private void hold(final long nowNs) {
        phase = Phase.HOLDING;
        deadlineNs = nowNs + HOLD_NS;
        // Until it is known what the log ends with.
        position = Long.MAX_VALUE;
        self.listener.onHold(nowNs);
    }

    /** Programs write no more; the log tells so much of them. */
    void onHeld(final long value) {
        if (phase == Phase.HOLDING) {
            position = value;
        }
    }

    private void flush(final long nowNs) {
        self.forbid();
        phase = Phase.FLUSHING;
        deadlineNs = nowNs + self.config.handoverNs();
        self.listener.onFlush(behindBytes(), nowNs);
    }

    /** Of the backup's servers at that position or later, -1 if it has not said yet. */
    private long behindBytes() {
        final MembershipMessage last = roster.peer.last;
        return last.role == Role.BACKUP && last.receiver == self.config.incarnation() && last.behindPosition >= position
            ? last.behindBytes : -1;
    }

    private boolean isNear(final long bytes) {
        final long behind = behindBytes();
        return behind >= 0 && behind <= bytes;
    }

    void onFlushed(final long value) {
        if (phase == Phase.FLUSHING) {
            finalPosition = value;
            phase = Phase.HANDING_OVER;
            self.dirty = true;
        }
    }

    /** True if something changed. */
    boolean decide(final long nowNs) {
        switch (phase) {
            case PREPARING:
                if (isNear(NEAR_BYTES) || Deadline.expired(deadlineNs, nowNs)) {
                    hold(nowNs);
                    return true;
                }
                return false;
            case HOLDING:
                if (isNear(0) || Deadline.expired(deadlineNs, nowNs)) {
                    flush(nowNs);
                    return true;
                }
                return false;
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
                if (roster.peer.last.role == Role.BACKUP && roster.peer.last.cancelled >= number
                    && roster.peer.last.receiver == self.config.incarnation()) {
                    cancellations++;
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
