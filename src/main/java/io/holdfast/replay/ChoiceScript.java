package io.holdfast.replay;

import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * What an application on a backup is to be told by clocks and random generators while it serves a connection: what the
 * primary's application was told. The shard adds, the threads that serve the connection take, and wait for what the primary has
 * not drawn yet.
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
     * The primary's application was told this. Of a clock's readings the oldest are forgotten where too many wait: it may be
     * asked more often on one host than on the other. Shard only.
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

    /** Nothing is left to be played. */
    public boolean over() {
        return live && lines.values().stream().allMatch(line -> line.size.get() == 0);
    }

    /** There will be no more. Shard only. */
    public void goLive() {
        live = true;
        waiting.forEach(LockSupport::unpark);
    }

    /** There will be no more: whoever asks for more than there is may be told what is so here. Any thread. */
    public boolean isLive() {
        return live;
    }

    /**
     * The next answer of that kind; null if there is none for so long, or the script is over: then the application may be told
     * what is so here.
     *
     * @param patienceNs 0 not to wait
     */
    public Choice take(final int kind, final long patienceNs) {
        final Line line = lines.computeIfAbsent(kind, any -> new Line());
        // Before the queue: what was added before the end is seen.
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
