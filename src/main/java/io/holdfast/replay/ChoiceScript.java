package io.holdfast.replay;

import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Answers of clocks and random generators for an application on a backup while it serves a connection: the answers that the
 * primary's application got. The shard adds answers; the threads that serve the connection take them, and wait for those that the
 * primary has not drawn yet.
 *
 * <p>Each {@link Choice#kind kind} has an order of its own, so that threads that ask for different things need not run in the
 * same order on both hosts.
 */
public final class ChoiceScript {
    /** Readings of a clock that are kept at most, of a kind. */
    static final int MAX_READINGS = 1 << 18;

    /** One answer of a clock or a generator. */
    public record Choice(int kind, long value, byte[] bytes) {
    }

    private final Map<Integer, Line> lines = new ConcurrentHashMap<>();
    private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean live;

    /**
     * Adds an answer that the primary's application got. Where too many readings of a clock wait, the oldest are dropped: one
     * host may ask its clock more often than the other. Shard only.
     */
    public void add(final Choice choice) {
        final Line line = lines.computeIfAbsent(choice.kind(), any -> new Line());
        if (ChoiceKind.isReading(choice.kind()) && line.size.get() >= MAX_READINGS) {
            line.poll();
        }
        line.add(choice);
        waiting.forEach(LockSupport::unpark);
    }

    /** Forgets all, before anybody asks. Shard only. */
    public void clear() {
        lines.clear();
    }

    /** Returns whether no answer is left. */
    public boolean over() {
        return live && lines.values().stream().allMatch(line -> line.size.get() == 0);
    }

    /** No answer will be added from now on. Shard only. */
    public void goLive() {
        live = true;
        waiting.forEach(LockSupport::unpark);
    }

    /** Returns whether no answer will be added: a thread that asks for more may get this host's own value. Any thread. */
    public boolean isLive() {
        return live;
    }

    /**
     * Returns the next answer of that kind. Returns null if none comes within {@code patienceNs}, or the script is over: the
     * application may then get this host's own value.
     *
     * @param patienceNs longest wait; 0 for none
     */
    public Choice take(final int kind, final long patienceNs) {
        final Line line = lines.computeIfAbsent(kind, any -> new Line());
        // Read before the queue, so that answers added before the end are seen.
        boolean last = live;
        Choice choice = line.poll();
        if (choice != null || last || patienceNs <= 0) {
            return choice;
        }
        final long since = System.nanoTime();
        boolean interrupted = false;
        waiting.add(Thread.currentThread());
        try {
            while (true) {
                last = live;
                choice = line.poll();
                final long left = patienceNs - (System.nanoTime() - since);
                if (choice != null || last || left <= 0) {
                    return choice;
                }
                LockSupport.parkNanos(this, left);
                interrupted |= Thread.interrupted();
            }
        } finally {
            waiting.remove(Thread.currentThread());
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Answers of one kind. */
    private static final class Line {
        private final Queue<Choice> choices = new ConcurrentLinkedQueue<>();
        private final AtomicInteger size = new AtomicInteger();

        void add(final Choice choice) {
            size.incrementAndGet();
            choices.add(choice);
        }

        Choice poll() {
            final Choice choice = choices.poll();
            if (choice != null) {
                size.decrementAndGet();
            }
            return choice;
        }
    }
}
