package io.holdfast.stack;

import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;

/**
 * Commands on their way to the shard: bounded, lock-free, many producers. An offer that finds it full is counted and
 * repeated by the producer; nothing is lost. Connections are in it at most once each, whatever number of verbs waits for
 * them, so that it rarely fills.
 */
final class CommandQueue {
    /** Commands that can wait. */
    static final int CAPACITY = 8192;
    /** Commands executed in one duty cycle at most. */
    static final int DRAIN_LIMIT = 1024;

    private final ManyToOneConcurrentArrayQueue<Command> queue = new ManyToOneConcurrentArrayQueue<>(CAPACITY);
    private final AtomicLong failedOffers = new AtomicLong();

    /** Any thread. False, and counted, if it is full. */
    boolean offer(final Command command) {
        if (queue.offer(command)) {
            return true;
        }
        failedOffers.incrementAndGet();
        return false;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    long failedOffers() {
        return failedOffers.get();
    }

    /** The next command, or null. With the baton. */
    Command poll() {
        return queue.poll();
    }
}
