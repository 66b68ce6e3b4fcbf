package io.holdfast.replication;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/** When events came, so that it can be said for how long the first of those that wait has been waiting. With the baton. */
final class Backlog {
    /** Finer is not told apart. */
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(5);
    /** More are not kept: then it has been waiting for longer than is said. */
    private static final int MOST = 1 << 14;

    private record Mark(long number, long atNs) {
    }

    private final ArrayDeque<Mark> marks = new ArrayDeque<>();

    /** An event with that number came; in order, or it is passed over. */
    void came(final long number, final long atNs) {
        final Mark last = marks.peekLast();
        if (last == null || number > last.number && atNs - last.atNs >= STEP_NS) {
            if (marks.size() == MOST) {
                marks.poll();
            }
            marks.add(new Mark(number, atNs));
        }
    }

    /**
     * For how long the event with that number has been waiting, which is the first that waits; too long by {@value #STEP_NS} ns
     * at most.
     */
    long waitsNs(final long number, final long nowNs) {
        Mark first = marks.poll();
        while (first != null && marks.peek() != null && marks.peek().number <= number) {
            first = marks.poll();
        }
        if (first == null) {
            return 0;
        }
        marks.addFirst(first);
        return nowNs - first.atNs;
    }

    /** Nothing waits. */
    void clear() {
        marks.clear();
    }
}
