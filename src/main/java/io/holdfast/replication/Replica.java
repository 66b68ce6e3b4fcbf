package io.holdfast.replication;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import io.holdfast.replication.log.History;
import io.holdfast.replication.log.LogWriter;
import io.holdfast.replication.log.RecordHandler;
import io.holdfast.stack.Endpoint;
import io.holdfast.stack.ListenerEntry;
import io.holdfast.stack.Replication;
import io.holdfast.stack.ShardControl;
import io.holdfast.tcp.ConnectionId;
import io.holdfast.util.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;

/**
 * A shard's part in replication: {@link Leading} (writes the log, waits for the backup), {@link Following} (plays the log), or
 * {@link Silent}. The failover above decides which, and calls here with the baton ({@link ShardControl#call}).
 *
 * <pre>
 *   Silent --follow--> Following --lead--> Leading --silence--> Silent
 *      +---------------------lead--------------^
 * </pre>
 */
public final class Replica implements Replication {
    /** So long a program that is started at a takeover may take to listen, before clients hear that nobody does. */
    public static final long START_NS = 60_000_000_000L;
    private static final String NO_SERVER = "the server there accepted it, and here nobody listens for it yet";

    private final ShardControl control;
    private final LogWriter writer;
    private final Counters counters;
    private final Recorder recorder;
    private final Follower follower;
    private final Shadows shadows;
    private final Handover handover;
    private final ReplicationEvents events;
    private final Runnable logReady;
    private final Silent silent = new Silent();
    private final Following following;
    private final Leading leading;
    private final Takeover takeover;
    /** What this host does now. */
    private Silent part = silent;
    private long lastSequence;
    private final TakeoverProgress replay;
    private Runnable listening = () -> { };
    /** What the backup has stored, as the replicator's thread knows it. */
    private volatile long stored;
    private final AtomicBoolean commitPosted = new AtomicBoolean();
    private volatile ReplayLag behind = ReplayLag.UNKNOWN;
    private final AtomicBoolean behindPosted = new AtomicBoolean();

    /**
     * @param order    in which a program here does again what the last primary's did
     * @param lease    says whether this host may speak at that time (M2); any thread
     * @param logReady told when there is something in the log to be sent; cheap
     */
    public Replica(final ShardControl control, final LogWriter writer, final ReplicationMode mode, final ReplicationOrder order,
        final Counters counters, final ReplicationEvents events, final LongPredicate lease, final Runnable logReady) {
        this.control = control;
        this.writer = writer;
        this.counters = counters;
        this.logReady = logReady;
        recorder = new Recorder(control, writer, mode, counters, this::onDiverged);
        this.events = events;
        follower = new Follower(control, mode, order, counters, events, logReady);
        shadows = follower.shadows();
        handover = follower.handover();
        replay = new TakeoverProgress(events, handover.playback()::isOver);
        handover.playback().onPlayed(() -> replay.look(control.nowNs()));
        final StuckWatch watch = new StuckWatch(control, shadows, handover, counters, events);
        final boolean resumes = mode == ReplicationMode.RESUME;
        following = new Following(control, shadows, handover, watch, resumes || mode == ReplicationMode.COLD);
        leading = new Leading(control, recorder, handover, watch, replay, lease);
        takeover = new Takeover(control, recorder, handover.offers(), replay, counters, resumes);
    }

    /**
     * Applications here that cannot get everything at once are fed from that history, which must have every record before
     * {@link #follower} has it. The replicator runs what is returned, and after each drain of the log.
     */
    public Feeder feedFrom(final History history) {
        final Feeder feeder = new Feeder(control, history, new Feeder.Listener() {
            @Override
            public void onFed(final Feed feed) {
                Replica.this.onFed(feed);
            }

            @Override
            public void onFeedLost(final Feed feed) {
                Replica.this.onFeedLost(feed);
            }
        });
        history.holds(feeder::isNeeded);
        follower.feeder(feeder);
        takeover.feeder(feeder);
        return feeder;
    }

    /**
     * The history keeps connections that are closed, and servers here do again what was done with them. Before anything is
     * followed.
     */
    public void keepClosed() {
        handover.keepClosed();
        recorder.keepClosed();
    }

    // --- roles: with the baton ---

    /** Follows a primary's log, from its beginning. What was here before is dropped, with no word to anybody. */
    public void follow() {
        silence();
        behind = ReplayLag.UNKNOWN;
        handover.begin();
        part = following;
    }

    /** The log's records go here, in order. {@code nowNs} is this host's. */
    public RecordHandler follower(final long nowNs) {
        follower.now(nowNs);
        return follower;
    }

    /** Says nothing any more, and lets go of everything. */
    public void silence() {
        control.holdAddresses();
        part.end();
        follower.reset();
        part = silent;
    }

    /**
     * Leads from now on: carries on every connection that was followed, announces the address, and speaks first on every
     * connection.
     *
     * @param clockShiftNs what the last primary's clock was ahead of this host's, as far as is known
     */
    public void lead(final long epoch, final long clockShiftNs, final long nowNs) {
        final boolean followed = part.follows();
        leading.begin(followed && !handover.listened() ? nowNs + START_NS : Deadline.NONE);
        part = leading;
        if (followed) {
            final int shiftMs = Takeover.timestampShiftMs(clockShiftNs);
            control.tcp().succeed(clockShiftNs, shiftMs, nowNs);
            begin(epoch);
            replay.begin(!handover.listened());
            for (final ShadowConnection c : shadows.inOrder()) {
                takeover.promote(c, shiftMs, nowNs);
            }
            follower.end();
        } else {
            begin(epoch);
        }
        control.takeAddresses(nowNs);
    }

    /** Says again where the address is: the other host may have been active too, or the LAN not there, when it was said first. */
    public void announce(final long nowNs) {
        control.takeAddresses(nowNs);
    }

    private void begin(final long epoch) {
        recorder.begin(epoch);
        recorder.open();
    }

    /** Its server does not write again what the client has got: the client cannot be served on. */
    private void onDiverged(final ProtectedConnection c) {
        counters.increment(ReplicationCounter.DIVERGED);
        events.onDivergence(c.connection.id(), c.id, c.hash.position());
        c.connection.abort(control.nowNs());
        control.touch(c.endpoint);
    }

    /** The application has everything that was stored, and reads on as any does. With the baton. */
    private void onFed(final Feed feed) {
        if (feed.endpoint.replica() instanceof ShadowConnection c && c.feed == feed) {
            c.feed = null;
            shadows.weigh(c);
        } else if (feed.endpoint.replica() instanceof ProtectedConnection p && p.feed == feed) {
            p.feed = null;
        }
    }

    /** Connections that are followed here whose server has yet to come to where the primary's is. Any thread. */
    public int catchingUp() {
        return Math.max(shadows.catchUp.count(), handover.joins() ? 1 : 0);
    }

    /**
     * A backup begins to get the history: what the one before could not carry on, this one may. Returns the connection that the
     * log has told of last. With the baton.
     */
    public long beginJoin() {
        recorder.members().forEach(c -> c.lostAtBackup = null);
        return recorder.lastId();
    }

    /**
     * The backup cannot carry that connection on; or can again, if the reason is empty. Returns its ends; null if it is not here
     * any more. With the baton.
     */
    public ConnectionId lostAtBackup(final long id, final String reason) {
        for (final ProtectedConnection c : recorder.members()) {
            if (c.id == id) {
                c.lostAtBackup = reason.isEmpty() ? null : reason;
                return c.connection.id();
            }
        }
        return null;
    }

    /** The history does not have the connection any more. With the baton. */
    private void onFeedLost(final Feed feed) {
        final String reason = "the history lost what its server has yet to read";
        if (feed.endpoint.replica() instanceof ShadowConnection c && c.feed == feed) {
            c.feed = null;
            shadows.lose(c, reason);
        } else if (feed.endpoint.replica() instanceof ProtectedConnection p && p.feed == feed) {
            p.feed = null;
            if (p.endpoint.script() != null) {
                p.endpoint.script().leave();
            }
            counters.increment(ReplicationCounter.UNPROTECTED);
            events.onUnprotected(p.connection.id(), p.id, reason);
            p.connection.abort(control.nowNs());
            control.touch(feed.endpoint);
        }
    }

    /** Told of each listener that this host's program opens. With the baton. */
    public void onListening(final Runnable value) {
        listening = value;
    }

    /**
     * Connections that a server of the last primary had, and none of this host has asked for, are reset: {@link #START_NS} after
     * a takeover. With the baton.
     */
    public void giveUpUnclaimed() {
        part.giveUpUnclaimed();
    }

    /** From now on output waits for the backup. Returns the sequence that it must have stored before it may take over. */
    public long gate() {
        leading.gated(true);
        return recorder.gate();
    }

    /** There is no backup any more, and none may take over: nothing waits. */
    public void open() {
        leading.gated(false);
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
        part.onCommitted(stored);
    }

    /**
     * Before a planned switchover: programs write no more, so that the backup's come to where they are. Returns the last record's
     * sequence, by which the log tells where that is.
     */
    public long hold() {
        recorder.drain();
        recorder.hold(true);
        return writer.lastSequence();
    }

    /**
     * How far the servers here are behind the primary's, as it was at the log's position {@code at}, that of the last record that
     * came here. Looked at as soon as the baton is free; what is returned is the last look's. The replicator's thread.
     */
    public ReplayLag behind(final long at) {
        if (behindPosted.compareAndSet(false, true)) {
            control.post(() -> {
                behind = new ReplayLag(at, part.behindBytes());
                behindPosted.set(false);
            });
        }
        return behind;
    }

    /** Stops everything that leaves, for a planned switchover; or goes on, with programs that write again. */
    public void departing(final boolean value) {
        leading.departing(value);
        if (value) {
            recorder.hold(false);
        }
    }

    /**
     * Puts everything into the log that happened so far, and where each connection stands; when nothing departs any more. Returns
     * the last record's sequence.
     */
    public long flush() {
        recorder.drain();
        recorder.handOver();
        return writer.lastSequence();
    }

    /**
     * To be called now and then: tells the log how far programs have written, and looks after those that are stuck. With the
     * baton.
     *
     * @param stuckNs     how long nothing may move
     * @param programRuns whether the program on this host does something; asked seldom
     */
    public void watch(final long nowNs, final long stuckNs, final BooleanSupplier programRuns) {
        part.watch(nowNs, stuckNs, programRuns);
    }

    /**
     * How long ago the log told of the first thing that the servers here have yet to do again; 0 if there is none. With the
     * baton.
     */
    public long behindNs() {
        return part.behindNs();
    }

    /** Every connection that is led or followed now. With the baton. */
    public List<ConnectionReport> report() {
        final List<ConnectionReport> all = new ArrayList<>();
        for (final Endpoint endpoint : control.endpoints()) {
            final ConnectionId ends = endpoint.connection().id();
            if (endpoint.replica() instanceof ProtectedConnection c) {
                all.add(new ConnectionReport(c.id, ends, c.lostAtBackup));
            } else if (endpoint.replica() instanceof ShadowConnection c && !c.state.isGone()) {
                final boolean behind = shadows.catchUp.has(c);
                final String lost = c.state.reason();
                final boolean unserved = lost == null && !behind && handover.lacksServer(c);
                all.add(new ConnectionReport(c.id, ends, behind, unserved ? NO_SERVER : lost, c.behindBytes(), c.script.waiting()));
            } else if (endpoint.replica() == null && part.leads()) {
                all.add(new ConnectionReport(0, ends, "opened by this host: only accepted connections are replicated"));
            }
        }
        return all;
    }

    // --- the shard's calls ---

    @Override
    public boolean roomForInput() {
        return part.roomForInput();
    }

    @Override
    public boolean answersStrays(final long nowNs) {
        return part.answersStrays(nowNs);
    }

    @Override
    public boolean mayDepart(final long nowNs) {
        return part.mayDepart(nowNs);
    }

    @Override
    public void onAdded(final Endpoint endpoint, final long nowNs) {
        part.onAdded(endpoint);
    }

    @Override
    public void beginFlush(final long nowNs) {
        part.beginFlush();
    }

    @Override
    public boolean capture(final Endpoint endpoint, final long nowNs) {
        if (!(endpoint.replica() instanceof ProtectedConnection c)) {
            return true;
        }
        if (c.replay != null) {
            replay.look(c, nowNs);
        }
        return recorder.capture(c);
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
        if (endpoint.replica() instanceof ProtectedConnection c) {
            part.onDropped(c, nowNs);
        }
    }

    @Override
    public void onAccepted(final Endpoint endpoint) {
        handover.onTaken(endpoint);
        if (endpoint.replica() instanceof ProtectedConnection c) {
            part.onAccepted(c);
        }
    }

    @Override
    public void onListening(final ListenerEntry entry, final long nowNs) {
        leading.onListening();
        handover.onListening();
        listening.run();
    }

    @Override
    public void onUnlistening(final ListenerEntry entry) {
        handover.offers().onUnlistening(entry.listener());
    }

    @Override
    public boolean onVerbs(final Endpoint endpoint, final int verbs, final long nowNs) {
        if (endpoint.replica() instanceof ShadowConnection c) {
            follower.onVerbs(c, verbs);
            return true;
        }
        if (endpoint.replica() instanceof ProtectedConnection c) {
            onOwnVerbs(c, verbs, nowNs);
        }
        return false;
    }

    private void onOwnVerbs(final ProtectedConnection c, final int verbs, final long nowNs) {
        if ((verbs & Endpoint.WROTE) != 0) {
            recorder.hash(c);
        }
        handover.onVerbs(c.endpoint, verbs);
        if (c.feed != null && (verbs & Endpoint.DETACH) != 0) {
            c.endFeed();
        } else if (c.feed != null && (verbs & Endpoint.READ) != 0 && c.feed.wants()) {
            logReady.run();
        }
    }
}
