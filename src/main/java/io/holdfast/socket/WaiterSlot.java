package io.holdfast.socket;

import io.holdfast.stack.BatonWaiter;
import io.holdfast.stack.ShardClient;
import io.holdfast.util.Deadline;
import java.util.Arrays;

/**
 * Where threads wait for one direction of a socket. The first one's waiter stays with the socket for the next time;
 * further threads at the same time (several acceptors) get one of their own.
 */
final class WaiterSlot {
    /** What a socket is asked while a thread waits. */
    interface Question {
        /** The bits of interest that are set, 0 if none is. */
        int ready(int interest);
    }

    private static final BatonWaiter[] NONE = {};

    private final ShardClient shard;
    private BatonWaiter first;
    private boolean firstTaken;
    /** Everybody to wake; replaced, never changed. */
    private volatile BatonWaiter[] all = NONE;

    WaiterSlot(final ShardClient shard) {
        this.shard = shard;
    }

    void wake() {
        for (final BatonWaiter waiter : all) {
            waiter.wake();
        }
    }

    /**
     * Waits until the answer is something else than 0.
     *
     * @param timeoutNs negative: no limit
     * @return the answer; 0 after a timeout or an interrupt
     */
    int await(final Question socket, final int interest, final long timeoutNs) {
        int bits = socket.ready(interest);
        if (bits != 0 || timeoutNs == 0) {
            return bits;
        }
        final BatonWaiter waiter = enter();
        try {
            final long start = shard.nowNs();
            final long deadline = timeoutNs < 0 || timeoutNs > Deadline.NONE - start ? Deadline.NONE : start + timeoutNs;
            // Registered before the question is asked anew: an event from now on wakes, one before shows in the answer.
            for (bits = socket.ready(interest); bits == 0; bits = socket.ready(interest)) {
                final long remaining = deadline == Deadline.NONE ? -1 : deadline - shard.nowNs();
                if (deadline != Deadline.NONE && remaining <= 0 || Thread.currentThread().isInterrupted()) {
                    return socket.ready(interest);
                }
                if (!shard.await(waiter, remaining) && shard.isInvoked()) {
                    return socket.ready(interest);
                }
            }
            return bits;
        } finally {
            leave(waiter);
        }
    }

    private synchronized BatonWaiter enter() {
        if (!firstTaken) {
            firstTaken = true;
            if (first == null) {
                first = shard.newWaiter();
                add(first);
            }
            return first;
        }
        final BatonWaiter waiter = shard.newWaiter();
        add(waiter);
        return waiter;
    }

    private synchronized void leave(final BatonWaiter waiter) {
        if (waiter == first) {
            firstTaken = false;
            return;
        }
        final BatonWaiter[] fewer = new BatonWaiter[all.length - 1];
        int n = 0;
        for (final BatonWaiter other : all) {
            if (other != waiter) {
                fewer[n++] = other;
            }
        }
        all = fewer;
    }

    private void add(final BatonWaiter waiter) {
        final BatonWaiter[] more = Arrays.copyOf(all, all.length + 1);
        more[all.length] = waiter;
        all = more;
    }
}
