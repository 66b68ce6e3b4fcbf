package io.holdfast.replication;

import io.holdfast.replay.EventOrder;
import io.holdfast.replay.InputScript;
import io.holdfast.stack.Endpoint;
import io.holdfast.stack.ShardControl;
import java.util.ArrayList;
import java.util.List;

/**
 * In which order the servers here do again what the primary's did: one order of all connections, or one of each. With the baton,
 * but for {@link #joins}.
 */
final class Playback {
    private final ShardControl control;
    private final ReplicationOrder mode;
    private final Runnable onOver;
    private Runnable onPlayed = () -> { };
    /** After a takeover: what they read is played to its end, or waits for that of others. */
    private final List<Endpoint> scripted = new ArrayList<>();
    /** Of all connections' events. */
    private volatile EventOrder order = new EventOrder();
    /** The highest number of an event when the history had come; higher than any before. */
    private volatile long joinedAt = Long.MAX_VALUE;
    private long newest;
    private final Backlog backlog = new Backlog();

    /** @param onOver told, with the baton, when this host leads and all connections' events have happened */
    Playback(final ShardControl control, final ReplicationOrder mode, final Runnable onOver) {
        this.control = control;
        this.mode = mode;
        this.onOver = onOver;
    }

    /** Told, with the baton, when this host leads, everything has been done again, and nothing is held back any more. */
    void onPlayed(final Runnable value) {
        onPlayed = value;
    }

    /** A history follows. */
    void begin() {
        joinedAt = Long.MAX_VALUE;
        newest = 0;
        backlog.clear();
        order = new EventOrder();
        // The history has them by connection.
        order.close();
        order.onOver(() -> control.post(onOver));
    }

    /** The history has come. */
    void joined() {
        joinedAt = newest;
        order.open();
    }

    /** The servers here have yet to do something that came with the history. Any thread. */
    boolean joins() {
        return joinedAt != Long.MAX_VALUE && order.waitsUpTo(joinedAt);
    }

    boolean isByConnection() {
        return mode == ReplicationOrder.CONNECTION;
    }

    /** Of a connection that is followed from now on. */
    EventOrder orderOf(final Endpoint endpoint) {
        if (!isByConnection()) {
            return order;
        }
        final EventOrder own = new EventOrder();
        own.onOver(() -> control.post(endpoint, Endpoint.DUE));
        return own;
    }

    /** There is an event with that number. */
    void saw(final long number) {
        newest = Math.max(newest, number);
        backlog.came(number, control.nowNs());
    }

    /** How long ago the primary's log told of the first event that the servers here have yet to come to; 0 if there is none. */
    long behindNs(final long nowNs) {
        final long first = order.firstWaiting();
        if (first < 0) {
            backlog.clear();
        }
        return first < 0 ? 0 : backlog.waitsNs(first, nowNs);
    }

    /** The highest number of an event so far. */
    long newest() {
        return newest;
    }

    /** This host leads, and goes on with these: there will be no more events than there are. */
    void goLive(final Iterable<ShadowConnection> members) {
        members.forEach(c -> scripted.add(c.endpoint));
        if (isByConnection()) {
            members.forEach(c -> goLive(c.order));
        }
        goLive(order);
    }

    /** Who waited for the primary waits no more, and is given time to go on before the server counts as stuck. */
    private void goLive(final EventOrder one) {
        one.goLive();
        one.movesAt(control.nowNs());
    }

    /** This host leads, and everything has been done again. */
    boolean isOver() {
        return order.isOver();
    }

    /** A connection that came to be on a host that leads: it is served after what is to be done again. */
    void gate(final Endpoint endpoint) {
        if (!isByConnection() && !order.isOver()) {
            final InputScript script = new InputScript(order, endpoint::written, () -> control.post(endpoint, Endpoint.DUE));
            script.goLive();
            endpoint.script(script);
            scripted.add(endpoint);
        }
    }

    /** Endpoints whose input is played still, or was when they were told last. */
    List<Endpoint> scripted() {
        return scripted;
    }

    /** Nothing is held back any more. */
    void tellAll() {
        scripted.forEach(endpoint -> {
            endpoint.tellDue();
            control.touch(endpoint);
        });
        scripted.clear();
        onPlayed.run();
    }

    void clear() {
        scripted.clear();
    }
}
