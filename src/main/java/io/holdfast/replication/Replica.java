package io.holdfast.replication;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import io.holdfast.replication.log.LogWriter;
import io.holdfast.replication.log.RecordHandler;
import io.holdfast.stack.Endpoint;
import io.holdfast.stack.ListenerEntry;
import io.holdfast.stack.Replication;
import io.holdfast.stack.ShardControl;
import io.holdfast.tcp.ConnectionId;
import io.holdfast.tcp.TcpConnection;
import io.holdfast.tcp.TcpListener;
import io.holdfast.tcp.TcpStack;
import io.holdfast.tcp.TcpState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongPredicate;

/**
 * A shard's part in replication: leads (writes the log, waits for the backup), follows (plays the log), or is silent. The
 * failover above decides which, and calls here with the baton ({@link ShardControl#call}).
 *
 * <pre>
 *   SILENT --follow--> FOLLOWING --lead--> LEADING --silence--> SILENT
 *      +---------------------lead--------------^
 * </pre>
 */
public final class Replica implements Replication {
    private enum Part {
        /** Nothing leaves; nothing is followed. */
        SILENT,
        FOLLOWING,
        LEADING
    }

    /** T1: how far TSval jumps at a takeover, at least: what two hosts' clocks may be apart beyond what is known. */
    private static final int TIMESTAMP_GUARD_MS = 50;

    private final ShardControl control;
    private final LogWriter writer;
    private final Counters counters;
    private final Recorder recorder;
    private final Follower follower;
    private final LongPredicate lease;
    private final Runnable logReady;
    private Part part = Part.SILENT;
    private boolean departing = true;
    private boolean gated;
    private long lastSequence;
    /** What the backup has stored, as the replicator's thread knows it. */
    private volatile long stored;
    private final AtomicBoolean commitPosted = new AtomicBoolean();

    /**
     * @param lease    says whether this host may speak at that time (M2); any thread
     * @param logReady told when there is something in the log to be sent; cheap
     */
    public Replica(final ShardControl control, final LogWriter writer, final ReplicationMode mode, final Counters counters,
        final ReplicationEvents events, final LongPredicate lease, final Runnable logReady) {
        this.control = control;
        this.writer = writer;
        this.counters = counters;
        this.lease = lease;
        this.logReady = logReady;
        recorder = new Recorder(control, writer, mode, counters);
        follower = new Follower(control, counters, events);
    }

    // --- roles: with the baton ---

    /** Follows a primary's log, from its beginning. What was here before is dropped, with no word to anybody. */
    public void follow() {
        silence();
        part = Part.FOLLOWING;
    }

    /** The log's records go here, in order. {@code nowNs} is this host's. */
    public RecordHandler follower(final long nowNs) {
        follower.now(nowNs);
        return follower;
    }

    /** Says nothing any more, and lets go of everything. */
    public void silence() {
        control.holdAddresses();
        if (part == Part.LEADING) {
            for (final Endpoint endpoint : control.endpoints()) {
                if (endpoint.replica() instanceof ProtectedConnection) {
                    endpoint.replica(null);
                    endpoint.recorder(null);
                    control.abandon(endpoint);
                }
            }
        } else {
            follower.reset();
        }
        part = Part.SILENT;
    }

    /**
     * Leads from now on: carries on every connection that was followed, announces the address, and speaks first on every
     * connection.
     *
     * @param clockShiftNs what the last primary's clock was ahead of this host's, as far as is known
     */
    public void lead(final long epoch, final long clockShiftNs, final long nowNs) {
        gated = false;
        final boolean followed = part == Part.FOLLOWING;
        part = Part.LEADING;
        departing = true;
        if (followed) {
            final int shiftMs = timestampShiftMs(clockShiftNs);
            control.tcp().succeed(clockShiftNs, shiftMs, nowNs);
            begin(epoch);
            for (final ShadowConnection c : follower.members()) {
                promote(c, shiftMs, nowNs);
            }
            follower.end();
        } else {
            begin(epoch);
        }
        control.takeAddresses(nowNs);
    }

    private void begin(final long epoch) {
        recorder.begin(epoch);
        recorder.open();
    }

    private static int timestampShiftMs(final long clockShiftNs) {
        final int atLeastMs = (int) (clockShiftNs / 1_000_000) + TIMESTAMP_GUARD_MS;
        return Math.floorDiv(atLeastMs + TcpStack.TIMESTAMP_STEP_MS - 1, TcpStack.TIMESTAMP_STEP_MS)
            * TcpStack.TIMESTAMP_STEP_MS;
    }

    private void promote(final ShadowConnection c, final int shiftMs, final long nowNs) {
        final TcpConnection connection = c.connection();
        final Endpoint endpoint = c.endpoint;
        if (c.gone || c.shadow.over()) {
            // Only its application here has not noticed yet: it may go through all that it was, to the end.
            c.gone = true;
            c.script.goLive();
            c.choices.goLive();
            c.shadow.onOver();
            control.drop(endpoint);
            control.touch(endpoint);
            return;
        }
        // First: an application that goes on writing meanwhile must not find bytes let go of that are not in the hash.
        c.hash.update(connection.sendBuffer(), connection.sendBuffer().tail());
        connection.releasable(c.hash.position());
        final TcpListener listener = control.listener(connection.id().localAddress(), connection.id().localPort());
        if (connection.state() == TcpState.SYN_RECEIVED && listener == null) {
            follower.unclaimed(c);
        }
        c.shadow.promote(listener, shiftMs, nowNs);
        final ProtectedConnection p = new ProtectedConnection(recorder, c.id, endpoint, c.hash);
        p.sendLimit = c.shadow.sendLimit();
        p.edgeLimit = connection.windowEdge();
        recorder.adopt(p);
        counters.increment(ReplicationCounter.TAKEN_OVER);
        c.script.goLive();
        c.choices.goLive();
        if (c.lost != null) {
            connection.breakOff(nowNs);
        } else {
            connection.onPromoted();
            control.apply(connection, c.verbs, nowNs);
        }
        control.touch(endpoint);
    }

    /** From now on output waits for the backup. Returns the sequence that it must have stored before it may take over. */
    public long gate() {
        gated = true;
        return recorder.gate();
    }

    /** There is no backup any more, and none may take over: nothing waits. */
    public void open() {
        gated = false;
        recorder.open();
    }

    /** The backup has stored the log up to there. Any thread; takes effect as soon as the baton is free. */
    public void committed(final long sequence) {
        stored = sequence;
        if (commitPosted.compareAndSet(false, true)) {
            control.post(this::commit);
        }
    }

    private void commit() {
        // Cleared first: a position that comes meanwhile is either seen here or posted anew.
        commitPosted.set(false);
        if (part == Part.LEADING && gated) {
            recorder.committed(stored);
        }
    }

    /** Stops or resumes everything that leaves; for a planned switchover. */
    public void departing(final boolean value) {
        departing = value;
    }

    /** Puts everything into the log that happened so far. Returns the last record's sequence. */
    public long flush() {
        recorder.drain();
        return writer.lastSequence();
    }

    public boolean leading() {
        return part == Part.LEADING;
    }

    /** Every connection that is led or followed now. With the baton. */
    public List<ConnectionReport> report() {
        final List<ConnectionReport> all = new ArrayList<>();
        for (final Endpoint endpoint : control.endpoints()) {
            final ConnectionId ends = endpoint.connection().id();
            if (endpoint.replica() instanceof ProtectedConnection c) {
                all.add(new ConnectionReport(c.id, ends, null));
            } else if (endpoint.replica() instanceof ShadowConnection c && !c.gone) {
                all.add(new ConnectionReport(c.id, ends, c.lost));
            } else if (endpoint.replica() == null && part == Part.LEADING) {
                all.add(new ConnectionReport(0, ends, "opened by this host: only accepted connections are replicated"));
            }
        }
        return all;
    }

    // --- the shard's calls ---

    @Override
    public boolean roomForInput() {
        return part != Part.LEADING || departing && recorder.roomForInput();
    }

    @Override
    public boolean mayDepart(final long nowNs) {
        return part == Part.LEADING && departing && lease.test(nowNs);
    }

    @Override
    public void onAdded(final Endpoint endpoint, final long nowNs) {
        if (part == Part.LEADING && endpoint.connection().passive()) {
            recorder.open(endpoint);
        }
    }

    @Override
    public void beginFlush(final long nowNs) {
        if (part == Part.LEADING) {
            recorder.drain();
        }
    }

    @Override
    public boolean capture(final Endpoint endpoint, final long nowNs) {
        return !(endpoint.replica() instanceof ProtectedConnection c) || recorder.capture(c);
    }

    @Override
    public void endFlush(final long nowNs) {
        final long last = writer.lastSequence();
        if (last != lastSequence) {
            lastSequence = last;
            logReady.run();
        }
    }

    @Override
    public void onDropped(final Endpoint endpoint, final long nowNs) {
        if (endpoint.replica() instanceof ProtectedConnection c && part == Part.LEADING) {
            recorder.close(c);
        }
    }

    @Override
    public void onAccepted(final Endpoint endpoint) {
        if (endpoint.replica() instanceof ProtectedConnection c && part == Part.LEADING) {
            recorder.accepted(c);
        }
    }

    @Override
    public void onListening(final ListenerEntry entry, final long nowNs) {
        follower.onListening();
    }

    @Override
    public boolean onVerbs(final Endpoint endpoint, final int verbs, final long nowNs) {
        if (endpoint.replica() instanceof ShadowConnection c) {
            follower.onVerbs(c, verbs);
            return true;
        }
        if (endpoint.replica() instanceof ProtectedConnection c && (verbs & Endpoint.WROTE) != 0) {
            c.hashWritten();
        }
        return false;
    }
}
