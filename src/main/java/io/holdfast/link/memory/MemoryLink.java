package io.holdfast.link.memory;

import io.holdfast.counters.Counters;
import io.holdfast.counters.LinkCounter;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.Link;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;

/**
 * One end of a wire inside this process, or one port of a {@link MemoryHub}. A frame is copied once, when it is sent,
 * into the bounded queue of its receiver, and can be received at once: delay and loss are a {@code FaultLink}'s
 * business. Everything happens on the threads of the callers and depends on the order of their calls alone, so that one
 * thread that runs several stacks repeats exactly; threads that sleep in {@link #await} work too.
 *
 * <p>Offloads are as declared: a super-segment travels whole and arrives with its {@code gsoSize}, a partial checksum
 * arrives as one that need not be verified.
 */
public final class MemoryLink implements Link {
    /** Frames that a queue holds unless told otherwise: as many as a TAP's. */
    public static final int DEFAULT_QUEUE_FRAMES = 1_000;

    private final LinkCapabilities capabilities;
    private final Counters counters;
    private final FrameQueue inbound;
    private final MemoryHub hub;
    private MemoryLink peer;

    MemoryLink(final LinkCapabilities capabilities, final int queueFrames, final Counters counters, final MemoryHub hub) {
        this.capabilities = capabilities;
        this.counters = counters;
        this.inbound = new FrameQueue(queueFrames);
        this.hub = hub;
    }

    /**
     * Both ends of a wire.
     *
     * @param left  one end
     * @param right the other
     */
    public record Pair(MemoryLink left, MemoryLink right) {
    }

    /** Two ends joined, with queues of {@link #DEFAULT_QUEUE_FRAMES}. */
    public static Pair pair(final LinkCapabilities left, final LinkCapabilities right) {
        return pair(left, right, DEFAULT_QUEUE_FRAMES, new Counters(), new Counters());
    }

    /**
     * Joins two ends. A full queue refuses a frame ({@link #transmit} is false); a closed end drops it. Both ends must carry the
     * same kind of frame and agree on offloads, since no device between them cuts or completes frames.
     *
     * @param queueFrames   frames that can wait at either end
     * @param leftCounters  written by the left end's user
     * @param rightCounters written by the right end's user
     */
    public static Pair pair(final LinkCapabilities left, final LinkCapabilities right, final int queueFrames,
        final Counters leftCounters, final Counters rightCounters) {
        requireCompatible(left, right);
        final MemoryLink a = new MemoryLink(left, queueFrames, leftCounters, null);
        final MemoryLink b = new MemoryLink(right, queueFrames, rightCounters, null);
        a.peer = b;
        b.peer = a;
        return new Pair(a, b);
    }

    static void requireCompatible(final LinkCapabilities a, final LinkCapabilities b) {
        if (a.ethernet() != b.ethernet() || a.segmentation() != b.segmentation()
            || a.checksumOffload() != b.checksumOffload()) {
            throw new IllegalArgumentException("ends of one wire differ in framing or offloads: " + a + ", " + b);
        }
    }

    @Override
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public boolean receive(final FrameSlot slot) {
        if (!inbound.poll(slot)) {
            return false;
        }
        counters.increment(LinkCounter.FRAMES_IN);
        counters.add(LinkCounter.BYTES_IN, slot.length);
        if (slot.gsoSize > 0) {
            counters.increment(LinkCounter.SUPER_SEGMENTS_IN);
        }
        return true;
    }

    @Override
    public boolean transmit(final OutboundFrame frame) {
        if (frame.gsoSize > 0 && !capabilities.segmentation()
            || frame.checksumStart >= 0 && !capabilities.checksumOffload()) {
            // This is the caller's error, not the network's; a test must not pass with it.
            throw new IllegalArgumentException("frame asks for an offload that the link does not offer");
        }
        final int length = frame.length();
        final int limit = frame.gsoSize > 0 ? capabilities.maxFrameBytes() : wireFrameBytes();
        if (length > limit) {
            counters.increment(LinkCounter.DROPPED_OUT_OVERSIZE);
            return true;
        }
        if (hub != null) {
            hub.forward(this, frame);
        } else if (!peer.inbound.offer(frame)) {
            counters.increment(LinkCounter.TRANSMIT_FULL);
            return false;
        }
        counters.increment(LinkCounter.FRAMES_OUT);
        counters.add(LinkCounter.BYTES_OUT, length);
        if (frame.gsoSize > 0) {
            counters.increment(LinkCounter.SUPER_SEGMENTS_OUT);
        }
        return true;
    }

    private int wireFrameBytes() {
        return capabilities.mtu() + (capabilities.ethernet() ? LinkCapabilities.ETHERNET_HEADER_BYTES : 0);
    }

    void deliver(final OutboundFrame frame) {
        inbound.offerOrDrop(frame);
    }

    /** Frames that wait to be received. Any thread. */
    public int pending() {
        return inbound.size();
    }

    /** Frames of a hub that this port had no room for. Any thread. */
    public long dropped() {
        return inbound.dropped();
    }

    @Override
    public void await(final long timeoutNs) {
        inbound.await(timeoutNs);
    }

    @Override
    public void wakeUp() {
        inbound.wakeUp();
    }

    @Override
    public void close() {
        inbound.close();
        if (hub != null) {
            hub.detach(this);
        }
    }
}
