package io.holdfast.stack;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.YieldingWaitStrategy;
import io.holdfast.counters.Counters;
import io.holdfast.counters.StackCounter;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.Link;
import java.util.concurrent.locks.LockSupport;

/**
 * In DEDICATED mode, the thread that takes frames off the device into a ring of preallocated slots, from which the
 * shard's thread handles them in batches. When the ring is full the receiver waits: frames then queue in the device.
 */
final class ReceiverThread implements FrameSource, EventPoller.Handler<FrameSlot>, Runnable {
    /** Slots, of 64 KiB each. */
    static final int RING_SLOTS = 128;
    private static final long FULL_PARK_NS = 20_000;
    private static final long SLEEP_NS = 250_000_000;

    private final Link link;
    private final SleepPoint shard;
    private final Counters counters;
    private final RingBuffer<FrameSlot> ring =
        RingBuffer.createSingleProducer(FrameSlot::new, RING_SLOTS, new YieldingWaitStrategy());
    private final EventPoller<FrameSlot> poller = ring.newPoller();
    private final Thread thread = new Thread(this, "holdfast-receiver-0");
    private volatile boolean closed;
    private volatile long fullWaits;

    // The shard's, during a drain.
    private Network network;
    private long nowNs;
    private int left;

    ReceiverThread(final Link link, final SleepPoint shard, final Counters counters) {
        this.link = link;
        this.shard = shard;
        this.counters = counters;
        ring.addGatingSequences(poller.getSequence());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Ends the thread. */
    void close() {
        closed = true;
        link.wakeUp();
        LockSupport.unpark(thread);
        ThreadJoin.join(thread);
    }

    @Override
    public void run() {
        long claimed = -1;
        while (!closed) {
            try {
                if (claimed < 0) {
                    claimed = ring.tryNext();
                }
                final FrameSlot slot = ring.get(claimed);
                slot.clear();
                if (link.receive(slot)) {
                    ring.publish(claimed);
                    claimed = -1;
                    shard.wakeUp();
                } else {
                    link.await(SLEEP_NS);
                }
            } catch (final InsufficientCapacityException e) {
                fullWaits++;
                LockSupport.parkNanos(this, FULL_PARK_NS);
            }
        }
    }

    @Override
    public int drain(final int limit, final Network to, final long now) {
        network = to;
        nowNs = now;
        left = limit;
        counters.set(StackCounter.RECEIVE_RING_FULL, fullWaits);
        try {
            poller.poll(this);
        } catch (final Exception e) {
            throw new IllegalStateException(e);
        }
        to.listened(now);
        return limit - left;
    }

    @Override
    public boolean onEvent(final FrameSlot slot, final long sequence, final boolean endOfBatch) {
        network.onFrame(slot, nowNs);
        return --left > 0;
    }
}
