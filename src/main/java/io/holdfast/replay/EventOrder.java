package io.holdfast.replay;

import java.lang.invoke.VarHandle;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * The order of the primary's application's events, in which the application on this host repeats them: of one connection, or of
 * all connections of a service.
 *
 * <p>Invariant: an event is <i>due</i> only when every event with a lower number has happened on this host: the bytes were read,
 * the end or the error was told, the connection was accepted, the recorded amount was written. At most one event is due at a
 * time. The events of a script that was {@link InputScript#pass passed} or has {@link InputScript#leave left} delay no other
 * script. Any thread.
 */
public final class EventOrder {
    /** One event that has not happened on this host yet. */
    static final class Event {
        final InputScript script;
        final long order;
        final int kind;
        final long value;
        /** Guarded by the order's lock. */
        private boolean happened;

        Event(final InputScript script, final long order, final int kind, final long value) {
            this.script = script;
            this.order = order;
            this.kind = kind;
            this.value = value;
        }
    }

    /** Result of {@link #settle}: the order waits for no event. */
    private static final Event NONE = new Event(null, 0, 0, 0);

    private final PriorityQueue<Event> waiting = new PriorityQueue<>(
        Comparator.<Event>comparingLong(event -> event.order).thenComparing(event -> event.kind != EventKind.ACCEPT));
    /** The event that is due, or the output that is waited for; null for neither. */
    private volatile Event head;
    /** The events that come are not in order yet, and none is due. */
    private volatile boolean closed;
    /** No event will be added from now on. */
    private volatile boolean live;
    /** How often something has happened that was waited for. */
    private volatile long moves;
    private Runnable onOver = () -> { };
    private long stillMark = -1;
    private long stillSinceNs;

    /** Sets the callback, run by any thread, for the last event after {@link #goLive}. Must be set before the first event. */
    public void onOver(final Runnable value) {
        onOver = value;
    }

    /** Events that are added from now on come in any order: none is due before {@link #open}. */
    public synchronized void close() {
        closed = true;
        live = false;
        head = null;
    }

    /** All events with lower numbers than those to come are here. */
    public void open() {
        final Event next;
        synchronized (this) {
            closed = false;
            head = null;
            next = settle();
        }
        announce(next, null);
    }

    /** No event will be added from now on, except those being fetched. */
    public void goLive() {
        final boolean over;
        synchronized (this) {
            live = true;
            over = waiting.isEmpty();
        }
        if (over) {
            onOver.run();
        }
    }

    /** Returns whether no event is left. */
    public boolean isOver() {
        return live && head == null && !closed;
    }

    /**
     * Returns for how long neither the first event nor a part of it has happened; 0 if the order waits for no event. One thread
     * at a time.
     */
    public long stillNs(final long nowNs) {
        final Event first = head;
        final long mark = moves + (first == null ? 0 : first.script.written() - first.script.left());
        if (first == null || mark != stillMark) {
            stillMark = mark;
            stillSinceNs = nowNs;
        }
        return nowNs - stillSinceNs;
    }

    /** A thread of the program seems to work on the first event: restarts {@link #stillNs}. Same thread as there. */
    public void movesAt(final long nowNs) {
        stillSinceNs = nowNs;
    }

    /** The number of the first event that is waited for; -1 if none is, or they are not in order yet. */
    public long firstWaiting() {
        final Event first = head;
        return first == null ? -1 : first.order;
    }

    /** Returns whether the order waits for an event whose number is not higher. */
    public boolean waitsUpTo(final long number) {
        final Event first = head;
        return closed || first != null && first.order <= number;
    }

    /** Returns whether the first event is being fetched from the history. */
    public boolean isFetching() {
        final Event first = head;
        return first != null && first.kind == EventKind.UNKNOWN;
    }

    /** Returns the script whose event is due, or whose output the order waits for; null if there is none. */
    public InputScript waitsFor() {
        final Event first = head;
        return first == null ? null : first.script;
    }

    /** Describes the first event in words; null if there is none. */
    public String waitsForWhat() {
        final Event first = head;
        return first == null ? null : switch (first.kind) {
            case EventKind.READ -> "its server has yet to read " + first.value + " bytes";
            case EventKind.END -> "its server has yet to see the end of the stream";
            case EventKind.ERROR -> "its server has yet to see the connection's error";
            case EventKind.TIMEOUT -> "its server has yet to see a read time out";
            case EventKind.ACCEPT -> "its server has yet to accept it";
            case EventKind.WRITTEN -> "its server has written " + first.script.written() + " bytes, the primary's "
                + first.value;
            default -> "its next event is being fetched from the history";
        };
    }

    boolean isDue(final Event event) {
        return event == head;
    }

    void add(final Event event) {
        final Event next;
        synchronized (this) {
            waiting.add(event);
            event.script.inOrder++;
            if (event.script.unknown != null) {
                event.script.unknown.happened = true;
                event.script.unknown = null;
            }
            next = settle();
        }
        announce(next, null);
    }

    /** The application here has come to it. */
    void happened(final Event event) {
        final Event next;
        synchronized (this) {
            event.happened = true;
            next = settle();
        }
        announce(next, event.script);
    }

    /** A script's application wrote. */
    void wrote(final InputScript script) {
        VarHandle.fullFence();
        final Event first = head;
        if (first != null && first.script == script && first.kind == EventKind.WRITTEN) {
            reconsider();
        }
    }

    /** A script was passed, left, or will get no more events: the first event may be its. */
    void reconsider() {
        final Event next;
        synchronized (this) {
            next = settle();
        }
        announce(next, null);
    }

    /** A script's next event may lie in the history ({@code more}), or no event of it lies there any more. */
    void expects(final InputScript script, final boolean more) {
        final Event next;
        synchronized (this) {
            script.more = more;
            if (more && script.inOrder == 0 && script.unknown == null) {
                addUnknown(script);
            } else if (!more && script.unknown != null) {
                script.unknown.happened = true;
                script.unknown = null;
            }
            next = settle();
        }
        announce(next, null);
    }

    private void addUnknown(final InputScript script) {
        script.unknown = new Event(script, script.lastOrder + 1, EventKind.UNKNOWN, 0);
        waiting.add(script.unknown);
    }

    /** Returns the first event if it has changed; null if not. */
    private Event settle() {
        final Event before = head;
        Event first = dropOver();
        if (closed) {
            return null;
        }
        // The head is published first, and then checked again, so that a concurrent write that found no waiting event is seen
        // here.
        for (head = first; first != null; head = first) {
            VarHandle.fullFence();
            if (!isOver(first)) {
                break;
            }
            first = dropOver();
        }
        return first == before ? null : first == null ? NONE : first;
    }

    /** Removes the leading events that have happened, and returns the first that has not. */
    private Event dropOver() {
        Event first = waiting.peek();
        while (first != null && isOver(first)) {
            waiting.poll();
            moves++;
            final InputScript script = first.script;
            if (first.kind != EventKind.UNKNOWN && --script.inOrder == 0 && script.more && !script.isOut()) {
                addUnknown(script);
            }
            first = waiting.peek();
        }
        return first;
    }

    private static boolean isOver(final Event event) {
        return event.happened || event.script.isOut() || event.kind == EventKind.WRITTEN && event.script.written() >= event.value;
    }

    /** @param by whose application made it so: it will look by itself */
    private void announce(final Event next, final InputScript by) {
        if (next == NONE) {
            if (live) {
                onOver.run();
            }
        } else if (next != null && next.script != by && next.kind != EventKind.WRITTEN) {
            next.script.tellDue();
        }
    }
}
