package io.holdfast.replay;

import io.holdfast.buffer.StreamBuffer;
import io.holdfast.replay.EventOrder.Event;
import io.holdfast.tcp.TcpConnection;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Gives an application on a backup one connection's input as the primary's application got it: in the same portions, with the
 * same ends, errors and timeouts, each when it is due in the {@link EventOrder}. The shard adds events, the application's reader
 * takes them. After a takeover the script is played to its end; once the order is empty, reading is free.
 */
public final class InputScript {
    /** {@link #read}: the script is over; read as any connection does. */
    public static final int FREE = -2;

    private static final int FAILED = TcpConnection.FAILED | TcpConnection.CLOSED;

    private final EventOrder order;
    private final Queue<Event> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongSupplier written;
    private final Runnable due;
    private volatile boolean live;
    private volatile boolean left;
    private volatile boolean passed;
    private volatile boolean failed;
    private volatile boolean endTold;
    private volatile boolean errorTold;
    private volatile Event accept;
    /** The portion being read, and the bytes left of it. Reader only. */
    private Event portion;
    private volatile int remaining;
    /** Last answer of {@link #available} since the last read or timeout; -1 for none. Reader only. */
    private int answered = -1;
    /** Number of the event added last. Shard only. */
    long lastOrder;

    // Guarded by the order's lock.
    /** Events that have not happened; written with the lock. */
    volatile int inOrder;
    /** More events lie in the history. */
    boolean more;
    /** Stands for the first of these; written with the lock. */
    volatile Event unknown;

    /**
     * @param written gives the number of bytes that the application on this host has written; called by any thread
     * @param due     called by any thread when the next event is due, or must be fetched
     */
    public InputScript(final EventOrder order, final LongSupplier written, final Runnable due) {
        this.order = order;
        this.written = written;
        this.due = due;
    }

    // --- by the shard ---

    /** The primary's application accepted the connection. */
    public void addAccept(final long at) {
        lastOrder = Math.max(lastOrder, at);
        final Event event = new Event(this, at, EventKind.ACCEPT, 0);
        accept = event;
        order.add(event);
    }

    /** The primary's application did or learned this; a kind that {@link EventKind#isKnown} knows. */
    public void add(final long at, final int kind, final long value) {
        lastOrder = Math.max(lastOrder, at);
        final Event event = new Event(this, at, kind, value);
        if (kind != EventKind.WRITTEN) {
            waiting.incrementAndGet();
            events.add(event);
        }
        if (isOrdered(event)) {
            order.add(event);
        }
        if (passed) {
            tellDue();
        }
    }

    /** Returns whether the application may accept the connection now. Any thread. */
    public boolean isAcceptDue() {
        final Event event = accept;
        return event != null && (passed || order.isDue(event));
    }

    /** The application has it, by accepting it or otherwise. */
    public void accepted() {
        final Event event = accept;
        if (event != null) {
            accept = null;
            order.happened(event);
        }
    }

    /** Sets whether more events lie in the history, which {@link #add} brings later. */
    public void expects(final boolean value) {
        order.expects(this, value);
    }

    /** Forgets all events, before anybody reads. */
    public void clear() {
        for (Event event = events.poll(); event != null; event = events.poll()) {
            order.happened(event);
        }
        waiting.set(0);
    }

    /** Others wait for its next event, which lies in the history. Any thread. */
    public boolean isToBeFetched() {
        final Event event = unknown;
        return event != null && order.isDue(event);
    }

    /** The application wrote: that may be what others wait for. Any thread. */
    public void wrote() {
        order.wrote(this);
    }

    /** The primary's connection failed. Its application's later writes, and the event of being told, are still to come. */
    public void failed() {
        failed = true;
    }

    /** Returns whether a write must wait until it is known if the primary's application still wrote, or was told. Any thread. */
    public boolean isHeld() {
        return failed && !errorTold && !isFree();
    }

    /** No event will be added from now on. */
    public void goLive() {
        live = true;
    }

    /** The application on this host stops following the primary's: it reads freely, and no other script waits for it. */
    public void leave() {
        left = true;
        order.reconsider();
    }

    /** No other script waits for this connection's events any more; they are played in their own order. */
    public void pass() {
        passed = true;
        order.reconsider();
        tellDue();
    }

    /** Returns the number of the event added last; 0 if there was none. */
    public long lastOrder() {
        return lastOrder;
    }

    /** Returns whether the script has left, or was passed. */
    public boolean isOut() {
        return left || passed;
    }

    /** Events that were not begun yet, of those that are taken by reading. Any thread. */
    public int waiting() {
        return waiting.get();
    }

    /** Returns whether the order has events that the application on this host has yet to reach. Any thread; a snapshot. */
    public boolean isBehind() {
        return inOrder > 0 && !isOut();
    }

    public EventOrder order() {
        return order;
    }

    /** Returns the bytes left of the portion being read. */
    int left() {
        return remaining;
    }

    /** Tells who can act on it that the next event is due. Any thread. */
    void tellDue() {
        due.run();
    }

    /** Returns the number of bytes that the application on this host has written. Any thread. */
    long written() {
        return written.getAsLong();
    }

    // --- events visible to the application: any thread ---

    /** Returns whether no event is left, neither of this script nor of those it waits for. */
    public boolean isFree() {
        return left || live && remaining == 0 && events.isEmpty() && (passed || order.isOver());
    }

    /** Returns whether no event of this connection is left. */
    public boolean over() {
        return left || live && remaining == 0 && events.isEmpty();
    }

    /** Returns whether a read would have a result, a timeout included. */
    public boolean isReadable(final StreamBuffer buffer) {
        if (remaining > 0) {
            return buffer.size() > 0;
        }
        // Read before the queue, so that events added before the end are seen.
        final boolean free = isFree();
        final Event next = events.peek();
        if (free || next == null) {
            return free && buffer.size() > 0;
        }
        if (isDue(next, EventKind.AVAILABLE)) {
            return true;
        }
        final Event first = next();
        return first != null && isDue(first) && (first.kind != EventKind.READ || buffer.size() > 0);
    }

    /** Returns the bits of {@code status} that the application may know by now. */
    public int visible(final int status) {
        if (isFree()) {
            return status;
        }
        final Event next = remaining > 0 ? null : next();
        final boolean end = endTold || isDue(next, EventKind.END);
        final boolean error = errorTold || isDue(next, EventKind.ERROR);
        return status & ~(TcpConnection.PEER_CLOSED | FAILED | TcpConnection.TIME_WAIT)
            | (end ? TcpConnection.PEER_CLOSED : 0) | (error ? TcpConnection.FAILED : 0);
    }

    /** Returns the events to report to the connection now: {@link TcpConnection#READABLE}, PEER_CLOSED, FAILED; 0 for none. */
    public int dueEvents(final StreamBuffer buffer) {
        if (!isReadable(buffer)) {
            return 0;
        }
        final Event next = remaining > 0 ? null : next();
        return TcpConnection.READABLE | (isDue(next, EventKind.END) ? TcpConnection.PEER_CLOSED : 0)
            | (isDue(next, EventKind.ERROR) ? TcpConnection.FAILED : 0);
    }

    /** Returns whether a read comes before the end of the stream. */
    public boolean isUnread() {
        final Event next = next();
        return remaining > 0 || next != null && next.kind == EventKind.READ;
    }

    private boolean isDue(final Event event) {
        return passed || order.isDue(event);
    }

    private boolean isDue(final Event event, final int kind) {
        return event != null && event.kind == kind && isDue(event);
    }

    /** The next that is more than an answer to how much there is. */
    private Event next() {
        for (final Event event : events) {
            if (event.kind != EventKind.AVAILABLE) {
                return event;
            }
        }
        return null;
    }

    private static boolean isOrdered(final Event event) {
        return event.kind != EventKind.AVAILABLE || event.value > 0;
    }

    // --- acts of the application: its reader ---

    /** Returns the number of bytes read, 0 if there is no portion yet, or {@link #FREE}. */
    public int read(final StreamBuffer buffer, final ByteBuffer dst) {
        if (!begin()) {
            return FREE;
        }
        final int n = remaining == 0 ? 0 : part(buffer, dst);
        finish();
        return n;
    }

    /** Like {@link #read(StreamBuffer, ByteBuffer)}, into several buffers, from one portion. */
    public long read(final StreamBuffer buffer, final ByteBuffer[] dsts, final int offset, final int length) {
        if (!begin()) {
            return FREE;
        }
        long total = 0;
        for (int i = offset; i < offset + length && remaining > 0; i++) {
            total += part(buffer, dsts[i]);
            if (dsts[i].hasRemaining()) {
                break;
            }
        }
        finish();
        return total;
    }

    /**
     * Returns the number of available bytes that the primary's application was told. The log has the first answer after a read,
     * and each answer that differs from the one before.
     */
    public int available(final StreamBuffer buffer) {
        if (remaining > 0) {
            return Math.min(remaining, buffer.size());
        }
        final boolean free = isFree();
        final Event next = events.peek();
        if (free) {
            return buffer.size();
        }
        if (next != null && next.kind == EventKind.AVAILABLE && answer(next)) {
            answered = (int) next.value;
        }
        return answered >= 0 ? answered : isDue(next, EventKind.READ) ? (int) Math.min(next.value, buffer.size()) : 0;
    }

    /** Returns whether {@link #available} can answer without waiting for the primary's answer. */
    public boolean isAnswerKnown() {
        if (remaining > 0 || answered >= 0 || isFree()) {
            return true;
        }
        final Event next = events.peek();
        return next != null && (next.kind != EventKind.AVAILABLE || next.value == 0 || isDue(next));
    }

    /** The application is about to be told of the end. */
    public void endTold() {
        endTold = true;
        tell(EventKind.END);
    }

    /** The application is about to be told that the connection failed. */
    public void errorTold() {
        errorTold = true;
        tell(EventKind.ERROR);
    }

    /** The primary's read gave up here; so does this one. */
    public boolean takeTimeout() {
        final boolean taken = tell(EventKind.TIMEOUT);
        answered = taken ? -1 : answered;
        return taken;
    }

    private boolean tell(final int kind) {
        if (remaining > 0) {
            return false;
        }
        skipAnswers();
        final Event next = events.peek();
        if (!isDue(next, kind) || !take(next)) {
            return false;
        }
        order.happened(next);
        return true;
    }

    /** Takes the next portion if the last is used up. False if the script is over. */
    private boolean begin() {
        if (remaining == 0) {
            // Read before the queue, so that events added before the end are seen.
            final boolean free = isFree();
            skipAnswers();
            final Event next = events.peek();
            if (free || next == null) {
                return !free;
            }
            if (isDue(next, EventKind.READ)) {
                take(next);
                answered = -1;
                portion = next;
                remaining = (int) next.value;
            }
        }
        return true;
    }

    /** Answers that the application here did not ask for. */
    private void skipAnswers() {
        Event event = events.peek();
        while (event != null && event.kind == EventKind.AVAILABLE && answer(event)) {
            event = events.peek();
        }
    }

    /** True if it was due, and is taken. */
    private boolean answer(final Event event) {
        if (!isOrdered(event)) {
            return take(event);
        }
        final boolean taken = isDue(event) && take(event);
        if (taken) {
            order.happened(event);
        }
        return taken;
    }

    /** False if another thread has taken it. */
    private boolean take(final Event event) {
        final boolean taken = events.remove(event);
        if (taken) {
            waiting.decrementAndGet();
        }
        return taken;
    }

    private int part(final StreamBuffer buffer, final ByteBuffer dst) {
        final int limit = dst.limit();
        if (dst.remaining() > remaining) {
            dst.limit(dst.position() + remaining);
        }
        final int n = buffer.read(dst);
        dst.limit(limit);
        remaining -= n;
        return n;
    }

    private void finish() {
        if (remaining == 0 && portion != null) {
            final Event done = portion;
            portion = null;
            order.happened(done);
        }
    }
}
