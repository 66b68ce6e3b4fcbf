package io.holdfast.link.decorator;

import io.holdfast.counters.Counters;
import io.holdfast.link.FrameCopy;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.Link;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import io.holdfast.util.Deadline;
import io.holdfast.util.RandomSource;
import io.holdfast.util.SeededRandom;
import java.util.function.LongSupplier;

/**
 * A faulty link: loss, duplication, reordering, corruption, delay, jitter, a limited rate and partitions, each direction by a
 * {@link FaultProfile} of its own, repeatable from a seed. Faults apply to wire segments: this link offers no offloads to its
 * user, and cuts arriving super-segments.
 *
 * <p>The link takes its time from the given clock, so it works in virtual time: a held frame becomes receivable, or leaves, at
 * the first call of {@link #receive} or {@link #transmit} from {@link #nextDeadlineNs} on. In real time {@link #await} returns at
 * that time. Any threads; calls exclude each other, apart from sleeping.
 */
public final class FaultLink implements Link {
    /** Frames taken from the device before one is handed on. */
    private static final int PULL_LIMIT = 64;
    /** When a full device is tried again. */
    private static final long RETRY_NS = 100_000;

    private final Link link;
    private final LongSupplier clock;
    private final FaultPath outbound;
    private final FaultPath inbound;
    private final FrameCopy whole = new FrameCopy();
    private final FrameCopy piece = new FrameCopy();
    private final TcpCutter cutter = new TcpCutter();
    private final FrameSlot pulled = new FrameSlot();
    private final OutboundFrame leaving = new OutboundFrame();
    private LinkCapabilities innerCapabilities;
    private LinkCapabilities capabilities;
    private long retryNs = Long.MIN_VALUE;
    private volatile long nextDeadlineNs = Deadline.NONE;
    private volatile boolean sleeping;

    /**
     * @param random seeds a source of its own for each direction
     * @param clock  nanoseconds, never going back
     */
    public FaultLink(final Link link, final FaultProfile outbound, final FaultProfile inbound, final RandomSource random,
        final LongSupplier clock, final Counters counters) {
        this.link = link;
        this.clock = clock;
        this.outbound = new FaultPath(outbound, new SeededRandom(random.nextLong()), counters);
        this.inbound = new FaultPath(inbound, new SeededRandom(random.nextLong()), counters);
    }

    /** Cuts each direction, or mends it. Frames on their way when a direction is cut are lost. */
    public synchronized void partition(final boolean cutOutbound, final boolean cutInbound) {
        cut(outbound, cutOutbound);
        cut(inbound, cutInbound);
        updateDeadline();
    }

    private static void cut(final FaultPath path, final boolean cut) {
        path.partitioned(cut);
        if (cut) {
            path.clear();
        }
    }

    /** When a held frame is due next, by the link's clock; {@link Deadline#NONE} if none is held. */
    public long nextDeadlineNs() {
        return nextDeadlineNs;
    }

    @Override
    public synchronized LinkCapabilities capabilities() {
        final LinkCapabilities inner = link.capabilities();
        if (inner != innerCapabilities) {
            innerCapabilities = inner;
            capabilities = inner.withOffloads(false, false);
        }
        return capabilities;
    }

    @Override
    public synchronized boolean receive(final FrameSlot slot) {
        if (outbound.isTransparent() && inbound.isTransparent()) {
            return link.receive(slot);
        }
        final long nowNs = clock.getAsLong();
        release(nowNs);
        pull(nowNs);
        final boolean due = inbound.isDue(nowNs);
        if (due) {
            inbound.first().giveTo(slot);
            inbound.remove();
        }
        updateDeadline();
        return due;
    }

    private void pull(final long nowNs) {
        for (int i = 0; i < PULL_LIMIT && link.receive(pulled); i++) {
            whole.take(pulled);
            if (!cutter.wrap(whole, capabilities().ethernet())) {
                inbound.take(whole, nowNs);
                continue;
            }
            for (int segment = 0; segment < cutter.count(); segment++) {
                cutter.cut(segment, piece);
                inbound.take(piece, nowNs);
            }
        }
    }

    @Override
    public synchronized boolean transmit(final OutboundFrame frame) {
        if (outbound.isTransparent()) {
            return link.transmit(frame);
        }
        if (frame.gsoSize > 0 || frame.checksumStart >= 0) {
            throw new IllegalArgumentException("frame asks for an offload that the link does not offer");
        }
        final long nowNs = clock.getAsLong();
        whole.take(frame);
        outbound.take(whole, nowNs);
        release(nowNs);
        updateDeadline();
        return true;
    }

    /** Sends the frames that are due. */
    private void release(final long nowNs) {
        while (nowNs >= retryNs && outbound.isDue(nowNs)) {
            outbound.first().giveTo(leaving);
            if (!link.transmit(leaving)) {
                retryNs = nowNs + RETRY_NS;
                return;
            }
            outbound.remove();
        }
    }

    private void updateDeadline() {
        final long outDueNs = outbound.firstDueNs();
        final long leaveNs = outDueNs == Deadline.NONE ? Deadline.NONE : Math.max(outDueNs, retryNs);
        final long dueNs = Math.min(leaveNs, inbound.firstDueNs());
        final boolean earlier = dueNs < nextDeadlineNs;
        nextDeadlineNs = dueNs;
        if (earlier && sleeping) {
            link.wakeUp();
        }
    }

    @Override
    public void await(final long timeoutNs) {
        // Announced before the deadline is read, and the deadline is written before this is: one side sees the other.
        sleeping = true;
        try {
            final long deadlineNs = nextDeadlineNs;
            if (deadlineNs == Deadline.NONE) {
                link.await(timeoutNs);
            } else {
                link.await(Math.max(0, Math.min(timeoutNs, deadlineNs - clock.getAsLong())));
            }
        } finally {
            sleeping = false;
        }
    }

    @Override
    public boolean isDown() {
        return link.isDown();
    }

    @Override
    public void wakeUp() {
        link.wakeUp();
    }

    @Override
    public synchronized void close() {
        outbound.clear();
        inbound.clear();
        nextDeadlineNs = Deadline.NONE;
        link.close();
    }

    @Override
    public String toString() {
        return link + " with faults";
    }
}
