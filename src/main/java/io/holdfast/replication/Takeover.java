package io.holdfast.replication;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import io.holdfast.stack.Endpoint;
import io.holdfast.stack.ShardControl;
import io.holdfast.tcp.TcpConnection;
import io.holdfast.tcp.TcpListener;
import io.holdfast.tcp.TcpStack;
import io.holdfast.tcp.TcpState;

/**
 * Carries on what was followed: each connection's shadow turns into a connection of this host, protected from now on, which
 * speaks first. With the baton only.
 */
final class Takeover {
    /** T1: how far TSval jumps at a takeover, at least: what two hosts' clocks may be apart beyond what is known. */
    private static final int TIMESTAMP_GUARD_MS = 50;

    private final ShardControl control;
    private final Recorder recorder;
    private final Offers offers;
    private final TakeoverProgress progress;
    private final Counters counters;
    private final boolean resumes;
    /** Null where there is no history to feed from. */
    private Feeder feeder;

    /** @param resumes mode resume: nobody writes again what was written */
    Takeover(final ShardControl control, final Recorder recorder, final Offers offers, final TakeoverProgress progress,
        final Counters counters, final boolean resumes) {
        this.control = control;
        this.recorder = recorder;
        this.offers = offers;
        this.progress = progress;
        this.counters = counters;
        this.resumes = resumes;
    }

    void feeder(final Feeder value) {
        feeder = value;
    }

    /** Of a clock that was ahead of this host's by so much. */
    static int timestampShiftMs(final long clockShiftNs) {
        final int atLeastMs = (int) (clockShiftNs / 1_000_000) + TIMESTAMP_GUARD_MS;
        return Math.floorDiv(atLeastMs + TcpStack.TIMESTAMP_STEP_MS - 1, TcpStack.TIMESTAMP_STEP_MS)
            * TcpStack.TIMESTAMP_STEP_MS;
    }

    /**
     * One connection; what has ended there is left to its application here.
     *
     * @param shiftMs added to timestamps (T1)
     */
    void promote(final ShadowConnection c, final int shiftMs, final long nowNs) {
        final TcpConnection connection = c.connection();
        final Endpoint endpoint = c.endpoint;
        if (c.state.isGone() || c.shadow.over()) {
            // Only its application here has not noticed yet: it may go through all that it was, to the end.
            c.state.onGone();
            if (c.feed != null && c.feed.parked) {
                feeder.add(c.feed);
            }
            c.goLive();
            c.shadow.onOver();
            control.drop(endpoint);
            control.touch(endpoint);
            return;
        }
        // First: an application that goes on writing meanwhile must not find bytes let go of that are not in the hash.
        final ProtectedConnection p = new ProtectedConnection(recorder, c.id, endpoint, c.hash, resumes);
        p.checkpointed(c.checkpointRead, c.writeOffset);
        p.sndUna = Math.max(0, p.replicated.acknowledgedEnd());
        if (resumes) {
            c.shadow.readFrom(c.readOffset);
            p.stored = connection.sendBuffer().tail();
        } else {
            p.expect(c.shadow.checkpointOffset(), c.shadow.checkpointHash());
            p.hashWritten();
            p.replicated.beforeRelease(p::hashWritten);
        }
        final TcpListener listener = control.listener(connection.id().localAddress(), connection.id().localPort());
        if (connection.state() == TcpState.SYN_RECEIVED && listener == null) {
            offers.unclaimed(c);
        }
        c.shadow.promote(listener, shiftMs, nowNs);
        p.sendLimit = c.shadow.sendLimit();
        p.edgeLimit = p.replicated.windowEdge();
        recorder.adopt(p);
        counters.increment(ReplicationCounter.TAKEN_OVER);
        carryFeed(c, p);
        if (c.state.isLost() || c.state.isStuck()) {
            // What it waits for will not come: its client is not to wait, too.
            c.script.leave();
            p.replicated.breakOff();
        } else {
            progress.add(p);
            p.replicated.onPromoted();
            control.apply(connection, c.verbs, nowNs);
        }
        control.touch(endpoint);
    }

    private void carryFeed(final ShadowConnection c, final ProtectedConnection p) {
        if (c.feed != null && !c.state.isLost()) {
            p.feed = c.feed;
            // What this host's own application checkpoints, it has read: nothing is let go of that is to be fed.
            c.feed.needed = false;
            if (c.feed.parked) {
                feeder.add(c.feed);
            }
        }
        c.goLive();
    }
}
