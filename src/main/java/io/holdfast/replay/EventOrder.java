package io.holdfast.replay;

import java.lang.invoke.VarHandle;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * The order in which the primary's application did and learned what the application here does and learns again: of one
 * connection, or of all that one service has.
 *
 * <p>What holds: an event is <i>due</i> only when every event with a lower number has happened here: the bytes were read, the end
 * or the error was told, the connection was accepted, so much was written. At most one event is due at a time; the events of a
 * script that was {@link InputScript#pass passed} or has {@link InputScript#leave left} hold up nobody. Any thread.
 */
public final class EventOrder {
    /** One event that has not happened here yet. */
    static final class Event {
        final InputScript script;
        final long order;
        final int kind;
        final long value;
        /** With the order's lock. */
        private boolean happened;

        Event(final InputScript script, final long order, final int kind, final long value) {
            this.script = script;
            this.order = order;
            this.kind = kind;
            this.value = value;
        }
    }

    /** {@link #settle}: nothing is waited for any more. */
    private static final Event NONE = new Event(null, 0, 0, 0);

    private final PriorityQueue<Event> waiting = new PriorityQueue<>(
        Comparator.<Event>comparingLong(event -> event.order).thenComparing(event -> event.kind != EventKind.ACCEPT));
    /** The event that is due, or the output that is waited for; null for neither. */
    private volatile Event head;
    /** The events that come are not in order yet, and none is due. */
    private volatile boolean closed;
    /** There will be no more events than there are by now. */
    private volatile boolean live;
    /** How often something has happened that was waited for. */
    private volatile long moves;
    private Runnable onOver = () -> { };
    private long stillMark = -1;
    private long stillSinceNs;

    /** Told, by any thread, when the last event has happened after {@link #goLive}. Before there are events. */
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

    /** There will be no more events than there are by now, but those that are being fetched. */
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

    /** Nothing is left to be played. */
    public boolean isOver() {
        return live && head == null && !closed;
    }

    /**
     * For how long nothing has happened that is waited for: neither the first event, nor a part of it. 0 if nothing is waited
     * for. One thread at a time.
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

    /** Somebody is at it, as far as is known. As {@link #stillNs}. */
    public void movesAt(final long nowNs) {
        stillSinceNs = nowNs;
    }

    /** The number of the first event that is waited for; -1 if none is, or they are not in order yet. */
    public long firstWaiting() {
        final Event first = head;
        return first == null ? -1 : first.order;
    }

    /** Something is waited for whose number is not higher. */
    public boolean waitsUpTo(final long number) {
        final Event first = head;
        return closed || first != null && first.order <= number;
    }

    /** What is waited for comes from the history. */
    public boolean isFetching() {
        final Event first = head;
        return first != null && first.kind == EventKind.UNKNOWN;
    }

    /** Whose event is due, or whose output is waited for; null for nobody's. */
    public InputScript waitsFor() {
        final Event first = head;
        return first == null ? null : first.script;
    }

    /** What is waited for, in words; null if nothing is. */
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

    /** A script was passed, left, or will get no more: that may be what is waited for. */
    void reconsider() {
        final Event next;
        synchronized (this) {
            next = settle();
        }
        announce(next, null);
    }

    /** A script's next event may lie in the history, or lies there no more. */
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

    /** Returns what is the first now, if it was not before. */
    private Event settle() {
        final Event before = head;
        Event first = dropOver();
        if (closed) {
            return null;
        }
        // Shown first, and looked at again: who writes meanwhile, and found nobody waiting for it, is seen here.
        for (head = first; first != null; head = first) {
            VarHandle.fullFence();
            if (!isOver(first)) {
                break;
            }
            first = dropOver();
        }
        return first == before ? null : first == null ? NONE : first;
    }

    /** Takes out what has happened at the beginning, and returns what has not. */
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
