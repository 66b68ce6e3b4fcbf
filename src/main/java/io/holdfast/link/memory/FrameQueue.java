package io.holdfast.link.memory;

import io.holdfast.link.FrameCopy;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.OutboundFrame;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A bounded queue of copied frames, first in first out, that one thread can sleep on. Any threads. */
final class FrameQueue {
    private final FrameCopy[] ring;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int head;
    private int size;
    private int waiters;
    private boolean wakePending;
    private boolean closed;
    private long dropped;

    FrameQueue(final int limitFrames) {
        if (limitFrames < 1) {
            throw new IllegalArgumentException("a queue of " + limitFrames + " frames");
        }
        ring = new FrameCopy[limitFrames];
    }

    /** Copies the frame to the tail; returns false if there is no room. A closed queue drops the frame and returns true. */
    boolean offer(final OutboundFrame frame) {
        lock.lock();
        try {
            if (closed) {
                return true;
            }
            if (size == ring.length) {
                return false;
            }
            final int tail = (head + size) % ring.length;
            if (ring[tail] == null) {
                ring[tail] = new FrameCopy();
            }
            ring[tail].take(frame);
            size++;
            if (waiters > 0) {
                changed.signalAll();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Like {@link #offer}, but drops a frame that finds no room. */
    void offerOrDrop(final OutboundFrame frame) {
        if (!offer(frame)) {
            lock.lock();
            try {
                dropped++;
            } finally {
                lock.unlock();
            }
        }
    }

    boolean poll(final FrameSlot slot) {
        lock.lock();
        try {
            if (size == 0) {
                return false;
            }
            ring[head].giveTo(slot);
            head = (head + 1) % ring.length;
            size--;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Sleeps until there is a frame, {@link #wakeUp} is or was called, or the time is up. */
    void await(final long timeoutNs) {
        lock.lock();
        try {
            long remainingNs = timeoutNs;
            waiters++;
            while (size == 0 && !wakePending && !closed && remainingNs > 0) {
                remainingNs = changed.awaitNanos(remainingNs);
            }
        } catch (final InterruptedException e) {
            // An early return is allowed; who waits must see the interrupt, it may be an application's thread.
            Thread.currentThread().interrupt();
        } finally {
            waiters--;
            wakePending = false;
            lock.unlock();
        }
    }

    void wakeUp() {
        lock.lock();
        try {
            wakePending = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            size = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    long dropped() {
        lock.lock();
        try {
            return dropped;
        } finally {
            lock.unlock();
        }
    }
}
