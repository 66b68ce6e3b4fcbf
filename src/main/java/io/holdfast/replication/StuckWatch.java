package io.holdfast.replication;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import io.holdfast.replay.EventOrder;
import io.holdfast.stack.Endpoint;
import io.holdfast.stack.ShardControl;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Watches that the servers here come to where the primary's were. With the baton.
 *
 * <p>A connection is <i>stuck</i> when the order waits for its server, nothing has moved for a while, and the program here is
 * idle: what is waited for cannot come by itself. Whatever waits behind it in the order is stuck, too. On a backup all these
 * count as unprotected until everything has happened that was known then; after {@value #GIVE_UP} times as long the first is
 * given up, so that others go on. At a takeover they are reset, and on a host that leads likewise when it is seen: a server that
 * went on out of order would write something else to its client.
 */
final class StuckWatch {
    /** So many times as long as it takes to be stuck, others wait for one that is. */
    private static final int GIVE_UP = 5;

    private final ShardControl control;
    private final Shadows shadows;
    private final Handover handover;
    private final Playback playback;
    private final Counters counters;
    private final ReplicationEvents events;

    StuckWatch(final ShardControl control, final Shadows shadows, final Handover handover, final Counters counters,
        final ReplicationEvents events) {
        this.control = control;
        this.shadows = shadows;
        this.handover = handover;
        playback = handover.playback();
        this.counters = counters;
        this.events = events;
    }

    /** On a backup. {@code programRuns} is asked only where something may be stuck. */
    void onBackup(final long nowNs, final long stuckNs, final BooleanSupplier programRuns) {
        final boolean late = playback.behindNs(nowNs) >= stuckNs;
        int behind = 0;
        final List<ShadowConnection> still = new ArrayList<>(0);
        for (final ShadowConnection c : shadows.all()) {
            if (c.state.isStuck() && !c.order.waitsUpTo(c.stuckAt)) {
                c.state.onMoves();
                events.onProtectedAgain(c.connection().id(), c.id);
            }
            c.late = late && !c.state.isLost() && c.script.isBehind();
            behind += c.late ? 1 : 0;
            if (!c.state.isLost() && c.order.waitsFor() == c.script && c.order.stillNs(nowNs) >= stuckNs) {
                still.add(c);
            }
        }
        shadows.catchUp.late(behind);
        // Afterwards: the map has one iterator, and what follows uses it again.
        for (final ShadowConnection c : still) {
            if (isIdle(c.order, nowNs, programRuns)) {
                onStill(c, c.order.stillNs(nowNs), stuckNs);
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

    private void onStill(final ShadowConnection first, final long stillNs, final long stuckNs) {
        final String what = first.order.waitsForWhat();
        stick(first, "its server here is stuck: " + what);
        for (final ShadowConnection c : shadows.all()) {
            if (c.order == first.order && c.script.isBehind() && !c.state.isLost()) {
                stick(c, "its server here waits for that of " + first.connection().id().remoteAddress() + ":"
                    + first.connection().id().remotePort() + ", which is stuck");
            }
        }
        if (stillNs >= GIVE_UP * stuckNs) {
            if (handover.lacksServer(first)) {
                first.script.pass();
            } else {
                shadows.lose(first, "its server here was stuck: " + what);
            }
        }
    }

    private void stick(final ShadowConnection c, final String reason) {
        if (!c.state.isStuck()) {
            c.state.onStuck(reason);
            c.stuckAt = playback.newest();
            counters.increment(ReplicationCounter.STUCK);
            events.onUnprotected(c.connection().id(), c.id, reason);
        }
    }

    /** On a host that leads, and whose servers have not done yet what those of the last primary had. */
    void onPrimary(final long nowNs, final long stuckNs, final BooleanSupplier programRuns) {
        for (final Endpoint first : List.copyOf(playback.scripted())) {
            final EventOrder order = first.script() == null ? null : first.script().order();
            if (order != null && order.waitsFor() == first.script() && order.stillNs(nowNs) >= stuckNs
                && isIdle(order, nowNs, programRuns)) {
                final String what = order.waitsForWhat();
                for (final Endpoint endpoint : List.copyOf(playback.scripted())) {
                    if (endpoint.script() != null && endpoint.script().order() == order && endpoint.script().isBehind()) {
                        reset(endpoint, endpoint == first ? what : "it waits for another, which is stuck: " + what);
                    }
                }
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
