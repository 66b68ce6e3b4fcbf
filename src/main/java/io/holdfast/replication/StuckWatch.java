package io.holdfast.replication;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import io.holdfast.stack.Endpoint;
import io.holdfast.stack.EventOrder;
import io.holdfast.stack.ShardControl;
import java.util.function.BooleanSupplier;

/**
 * Watches that the servers here come to where the primary's were. With the baton.
 *
 * <p>A connection is <i>stuck</i> when the order waits for its server, nothing has moved for a while, and the program here is idle: what is
 * waited for cannot come by itself. On a backup the connection counts as unprotected until it moves again; after {@value #GIVE_UP} times
 * as long it is given up, so that others go on. On a host that leads it is reset at once: its client must not wait for what cannot come.
 */
final class StuckWatch {
    /** So many times as long as it takes to be stuck, others wait for one that is. */
    private static final int GIVE_UP = 5;

    private final ShardControl control;
    private final Follower follower;
    private final Counters counters;
    private final ReplicationEvents events;

    StuckWatch(final ShardControl control, final Follower follower, final Counters counters, final ReplicationEvents events) {
        this.control = control;
        this.follower = follower;
        this.counters = counters;
        this.events = events;
    }

    /** On a backup. {@code programRuns} is asked only where something may be stuck. */
    void onBackup(final long nowNs, final long stuckNs, final BooleanSupplier programRuns) {
        for (final ShadowConnection c : follower.shadows()) {
            final boolean first = c.order.waitsFor() == c.script;
            final long stillNs = first ? c.order.stillNs(nowNs) : 0;
            if (c.stuck != null && stillNs < stuckNs) {
                c.stuck = null;
                events.onProtectedAgain(c.connection().id(), c.id);
            } else if (stillNs >= stuckNs && c.lost == null && isIdle(c.order, nowNs, programRuns)) {
                onStill(c, stillNs, stuckNs);
            }
        }
    }

    private boolean isIdle(final EventOrder order, final long nowNs, final BooleanSupplier programRuns) {
        final boolean idle = !order.isFetching() && !programRuns.getAsBoolean();
        if (!idle) {
            order.movesAt(nowNs);
        }
        return idle;
    }

    private void onStill(final ShadowConnection c, final long stillNs, final long stuckNs) {
        final String what = c.order.waitsForWhat();
        if (c.stuck == null) {
            c.stuck = "its server here is stuck: " + what;
            counters.increment(ReplicationCounter.STUCK);
            events.onUnprotected(c.connection().id(), c.id, c.stuck);
        } else if (stillNs >= GIVE_UP * stuckNs) {
            if (follower.lacksServer(c)) {
                c.script.pass();
            } else {
                follower.lose(c, "its server here was stuck: " + what);
            }
        }
    }

    /** On a host that leads, and whose servers have not done yet what those of the last primary had. */
    void onPrimary(final long nowNs, final long stuckNs, final BooleanSupplier programRuns) {
        for (final Endpoint endpoint : follower.scripted()) {
            final EventOrder order = endpoint.script() == null ? null : endpoint.script().order();
            if (order != null && order.waitsFor() == endpoint.script() && order.stillNs(nowNs) >= stuckNs
                && isIdle(order, nowNs, programRuns)) {
                reset(endpoint, order.waitsForWhat());
            }
        }
    }

    private void reset(final Endpoint endpoint, final String what) {
        counters.increment(ReplicationCounter.STUCK);
        if (endpoint.inTable()) {
            counters.increment(ReplicationCounter.UNPROTECTED);
            events.onUnprotected(endpoint.connection().id(), endpoint.replica() instanceof ProtectedConnection p ? p.id : 0,
                "the server of this host is stuck: " + what + "; the connection is reset");
            endpoint.connection().abort(control.nowNs());
            control.touch(endpoint);
        }
        endpoint.script().leave();
    }
}
