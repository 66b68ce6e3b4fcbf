package io.holdfast.membership.sim;

import java.util.PriorityQueue;

/** Virtual time. Events of one instant run in the order in which they were planned. */
final class Events {
    private record Event(long atNs, long order, Runnable action) {
    }

    private final PriorityQueue<Event> queue = new PriorityQueue<>((a, b) ->
        a.atNs != b.atNs ? Long.compare(a.atNs, b.atNs) : Long.compare(a.order, b.order));
    private long order;
    private long nowNs = 1_000_000_000L;
    private Runnable afterEach = () -> { };

    long nowNs() {
        return nowNs;
    }

    void afterEach(final Runnable check) {
        afterEach = check;
    }

    void at(final long atNs, final Runnable action) {
        queue.add(new Event(Math.max(atNs, nowNs), order++, action));
    }

    void after(final long delayNs, final Runnable action) {
        at(nowNs + delayNs, action);
    }

    /** False if there is none before that time, which it then is. */
    boolean step(final long untilNs) {
        if (queue.isEmpty() || queue.peek().atNs > untilNs) {
            nowNs = Math.max(nowNs, untilNs);
            return false;
        }
        final Event event = queue.poll();
        nowNs = event.atNs;
        event.action.run();
        afterEach.run();
        return true;
    }
}
