package io.holdfast.replication;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import io.holdfast.stack.Endpoint;
import io.holdfast.stack.ShardControl;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Long2ObjectHashMap;

/** The connections of the primary that this host follows, and how their servers here fare. With the baton only. */
final class Shadows {
    /** After these verbs there comes no output. */
    static final int ENDS = Endpoint.SHUTDOWN_WRITE | Endpoint.CLOSE;

    private final ShardControl control;
    private final Counters counters;
    private final ReplicationEvents events;
    private final Long2ObjectHashMap<ShadowConnection> members = new Long2ObjectHashMap<>();
    final CatchUp catchUp = new CatchUp();
    /** Modes cold and resume have no application that could be behind. */
    private final boolean parks;

    Shadows(final ShardControl control, final ReplicationMode mode, final Counters counters, final ReplicationEvents events) {
        this.control = control;
        this.counters = counters;
        this.events = events;
        parks = mode == ReplicationMode.RESUME || mode == ReplicationMode.COLD;
    }

    /** null if it is not followed. */
    ShadowConnection get(final long id) {
        return members.get(id);
    }

    boolean contains(final ShadowConnection c) {
        return members.containsKey(c.id);
    }

    void add(final ShadowConnection c) {
        members.put(c.id, c);
        counters.set(ReplicationCounter.SHADOWS, members.size());
    }

    void forget(final ShadowConnection c) {
        c.endFeed();
        members.remove(c.id);
        counters.set(ReplicationCounter.SHADOWS, members.size());
    }

    void clear() {
        members.clear();
        catchUp.clear();
        counters.set(ReplicationCounter.SHADOWS, 0);
    }

    /** In no order; not to be kept. */
    Iterable<ShadowConnection> all() {
        return members.values();
    }

    /** A copy, in order of birth. */
    List<ShadowConnection> inOrder() {
        final List<ShadowConnection> all = new ArrayList<>(members.values());
        all.sort((a, b) -> Long.compare(a.id, b.id));
        return all;
    }

    /** Is its server here behind the primary's? */
    void weigh(final ShadowConnection c) {
        if (!parks) {
            catchUp.weigh(c);
        }
    }

    /** What a server here has yet to write to be where the primary's is known to have been, the most of all connections. */
    long behindBytes() {
        long most = 0;
        if (!parks) {
            for (final ShadowConnection c : members.values()) {
                most = Math.max(most, c.behindBytes());
            }
        }
        return most;
    }

    /** Compares what both servers wrote, as far as both did. */
    void compare(final ShadowConnection c) {
        if (c.state.isLost()) {
            return;
        }
        final String difference = !c.compare() ? "wrote different bytes before offset " + c.hash.position()
            : c.endsDifferently((c.verbs & ENDS) != 0);
        if (difference != null) {
            counters.increment(ReplicationCounter.DIVERGED);
            events.onDivergence(c.connection().id(), c.id, c.hash.position());
            lose(c, "the servers of both hosts " + difference);
        }
    }

    /** It goes on at the primary alone: the application here is told that it failed. */
    void lose(final ShadowConnection c, final String reason) {
        c.state.onLost(reason);
        catchUp.forget(c);
        c.endFeed();
        c.script.leave();
        c.choices.goLive();
        c.shadow.onLost();
        control.touch(c.endpoint);
        counters.increment(ReplicationCounter.UNPROTECTED);
        events.onUnprotected(c.connection().id(), c.id, reason);
    }
}
