package io.holdfast.link.decorator;

import io.holdfast.counters.Counters;
import io.holdfast.counters.LinkCounter;
import io.holdfast.link.FrameCopy;
import io.holdfast.util.Deadline;
import io.holdfast.util.RandomSource;

/** One direction of a {@link FaultLink}: decides what happens to each frame, and holds it until it is due. */
final class FaultPath {
    /** Frames on the way at once; more are lost. */
    static final int MAX_HELD_FRAMES = 16_384;

    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final RandomSource random;
    private final Counters counters;
    private final HeldFrames held = new HeldFrames(MAX_HELD_FRAMES);
    private final FaultProfile profile;
    private boolean partitioned;
    /** Time at which the path has carried all frames sent so far. */
    private long busyUntilNs;
    /** No later frame is due before this, unless it is held back on purpose. */
    private long lastDueNs = Long.MIN_VALUE;

    FaultPath(final FaultProfile profile, final RandomSource random, final Counters counters) {
        this.profile = profile;
        this.random = random;
        this.counters = counters;
    }

    void partitioned(final boolean value) {
        partitioned = value;
    }

    /** True if frames can pass by this object. */
    boolean isTransparent() {
        return !partitioned && held.isEmpty() && profile.isNone();
    }

    long firstDueNs() {
        return held.firstDueNs(Deadline.NONE);
    }

    boolean isDue(final long nowNs) {
        return held.firstDueNs(Deadline.NONE) <= nowNs;
    }

    FrameCopy first() {
        return held.first();
    }

    void remove() {
        held.remove();
    }

    void clear() {
        held.clear();
    }

    /** Takes a copy of the frame, or two, or none. */
    void take(final FrameCopy frame, final long nowNs) {
        if (partitioned) {
            counters.increment(LinkCounter.FAULT_PARTITIONED);
            return;
        }
        if (happens(profile.loss())) {
            counters.increment(LinkCounter.FAULT_LOST);
            return;
        }
        final long departureNs = departureNs(frame.length, nowNs);
        if (departureNs < 0) {
            counters.increment(LinkCounter.FAULT_QUEUE_DROPPED);
            return;
        }
        final long dueNs = dueNs(departureNs);
        hold(frame, dueNs, true);
        if (happens(profile.duplication())) {
            counters.increment(LinkCounter.FAULT_DUPLICATED);
            hold(frame, dueNs, false);
        }
    }

    /** When the frame has left the queue of the rate limit; negative if it does not come into it. */
    private long departureNs(final int bytes, final long nowNs) {
        final long rate = profile.bitsPerSecond();
        if (rate == 0) {
            return nowNs;
        }
        final long waitNs = Math.max(0, busyUntilNs - nowNs);
        if (waitNs > 0 && (double) waitNs * rate / (8 * NS_PER_SECOND) + bytes > profile.queueBytes()) {
            return -1;
        }
        busyUntilNs = nowNs + waitNs + 8 * bytes * NS_PER_SECOND / rate;
        return busyUntilNs;
    }

    private long dueNs(final long departureNs) {
        long dueNs = departureNs + profile.delayNs();
        if (profile.jitterNs() > 0) {
            dueNs += Long.remainderUnsigned(random.nextLong(), profile.jitterNs() + 1);
        }
        dueNs = Math.max(dueNs, lastDueNs);
        lastDueNs = dueNs;
        if (happens(profile.reordering())) {
            counters.increment(LinkCounter.FAULT_REORDERED);
            dueNs += profile.reorderDelayNs();
        }
        return dueNs;
    }

    private void hold(final FrameCopy frame, final long dueNs, final boolean mayCorrupt) {
        if (held.isFull()) {
            counters.increment(LinkCounter.FAULT_QUEUE_DROPPED);
            return;
        }
        final FrameCopy copy = held.add(dueNs);
        copy.take(frame);
        if (mayCorrupt && copy.length > 0 && happens(profile.corruption())) {
            counters.increment(LinkCounter.FAULT_CORRUPTED);
            final int at = random.nextInt(copy.length);
            copy.buffer.putByte(at, (byte) (copy.buffer.getByte(at) ^ 1 << random.nextInt(8)));
            // The device vouched for the frame before the corruption. A partial checksum then fails too, as it should.
            copy.checksumValid = false;
        }
    }

    private boolean happens(final double probability) {
        return probability > 0 && (random.nextLong() >>> 11) * 0x1.0p-53 < probability;
    }
}
