package io.holdfast.replication;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import io.holdfast.replay.EventKind;
import io.holdfast.replay.InputScript;
import io.holdfast.replication.log.RecordHandler;
import io.holdfast.stack.Endpoint;
import io.holdfast.stack.Resumption;
import io.holdfast.stack.ShardControl;
import io.holdfast.tcp.ConnectionId;
import io.holdfast.tcp.TcbProgress;
import io.holdfast.tcp.TcpConnection;
import io.holdfast.tcp.TcpListener;
import io.holdfast.tcp.TcpOptions;
import io.holdfast.tcp.TcpShadow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * The backup's side: follows the primary's log with images of its connections, which the server here serves as if clients had
 * come to it. With the baton only.
 *
 * <p>What holds: the application here sees a connection's bytes, reads, and end in the order in which the primary's did; what
 * it writes never leaves; what it closes stays open until the primary's closes, or is gone.
 */
final class Follower implements RecordHandler {
    /** After these there comes no output. */
    private static final int ENDS = Endpoint.SHUTDOWN_WRITE | Endpoint.CLOSE;
    private static final int HELD_VERBS = Endpoint.OPTIONS | Endpoint.SHUTDOWN_WRITE | Endpoint.CLOSE | Endpoint.ABORT
        | Endpoint.SHUTDOWN_READ;

    private final ShardControl control;
    private final Counters counters;
    private final ReplicationEvents events;
    /** In the order of their ids, hence of birth. */
    private final Long2ObjectHashMap<ShadowConnection> shadows = new Long2ObjectHashMap<>();
    /** Established, and not accepted there yet; in order. */
    private final Set<ShadowConnection> established = new LinkedHashSet<>();
    /** Served there, and not given to a server here yet; in order. */
    private final Map<Endpoint, ShadowConnection> accepted = new LinkedHashMap<>();
    private final Offers offers;
    private final Playback playback;
    final CatchUp catchUp = new CatchUp();
    /** Mode resume: no application serves the images; output is stored as it comes. */
    private final boolean resumes;
    /** Modes cold and resume: nobody reads before this host leads. */
    private final boolean parks;
    private final Runnable feedWanted;
    /** Null where there is no history to feed from. */
    private Feeder feeder;
    private long nowNs;
    /** What comes is no history. */
    private boolean live;
    /** The history keeps connections that are closed. */
    private boolean keepsClosed;
    /** This host leads: what is left is played. */
    private boolean ended;

    Follower(final ShardControl control, final ReplicationMode mode, final ReplicationOrder order, final Counters counters,
        final ReplicationEvents events, final Runnable feedWanted) {
        this.control = control;
        this.feedWanted = feedWanted;
        resumes = mode == ReplicationMode.RESUME;
        parks = resumes || mode == ReplicationMode.COLD;
        this.counters = counters;
        this.events = events;
        offers = new Offers(control, counters, events);
        playback = new Playback(control, order, this::onOver);
    }

    /** In which order what is done again. */
    Playback playback() {
        return playback;
    }

    /** Which listener here gets which connection. */
    Offers offers() {
        return offers;
    }

    void feeder(final Feeder value) {
        feeder = value;
    }

    void keepClosed() {
        keepsClosed = true;
    }

    /** A backup's servers have not done yet what the primary's had when this host joined. Any thread. */
    boolean joins() {
        return !parks && playback.joins();
    }

    /** A log follows, from its history's beginning. */
    void begin() {
        live = false;
        ended = false;
        offers.clear();
        playback.begin();
    }

    /** Time of the records that follow. */
    void now(final long value) {
        nowNs = value;
    }

    // --- records ---

    @Override
    public void onOpened(final long sequence, final long id, final int mode, final DirectBuffer buffer, final int offset,
        final int length) {
        final TcpShadow shadow;
        try {
            shadow = control.tcp().restore(buffer, offset, length, this::options);
        } catch (final IllegalArgumentException e) {
            counters.increment(ReplicationCounter.UNPROTECTED);
            events.onUnprotected(null, id, e.getMessage());
            return;
        }
        final Endpoint endpoint = control.add(shadow.connection());
        if (endpoint == null) {
            counters.increment(ReplicationCounter.UNPROTECTED);
            events.onUnprotected(shadow.connection().id(), id, "no room for it, or its ends are in use");
            shadow.connection().free();
            return;
        }
        final ShadowConnection added = new ShadowConnection(id, endpoint, shadow, playback.orderOf(endpoint),
            () -> control.post(endpoint, Endpoint.DUE));
        endpoint.replica(added);
        if (!resumes) {
            endpoint.script(added.script);
            endpoint.choices(added.choices);
            endpoint.hasten();
        }
        if (parks) {
            added.defer().parked = true;
        }
        shadows.put(id, added);
        counters.set(ReplicationCounter.SHADOWS, shadows.size());
    }

    /** All that is followed, in no order; not to be kept. */
    Iterable<ShadowConnection> shadows() {
        return shadows.values();
    }

    /** Those of who listens for it, as on the primary. */
    private TcpOptions options(final ConnectionId ends) {
        final TcpListener listener = control.listener(ends.localAddress(), ends.localPort());
        return listener == null ? new TcpOptions() : listener.options();
    }

    @Override
    public void onInput(final long sequence, final long id, final long streamOffset, final DirectBuffer buffer,
        final int offset, final int length) {
        final ShadowConnection c = shadows.get(id);
        if (c == null || c.gone) {
            return;
        }
        // In the history, a gap may be what a checkpoint to come covers: as large as any.
        final boolean covered = !live && feeder != null && c.feed == null
            && streamOffset > c.connection().replicated().receivedEnd();
        if (!covered && c.shadow.onInput(streamOffset, buffer, offset, length)) {
            return;
        }
        // The record is the last of the history, and what the feed begins with.
        if (feeder == null || !feeder.addAtLast(c.defer())) {
            lose(c, "its server does not keep up, and the history does not have its input");
        } else {
            c.feed.needed = c.given;
        }
        c.shadow.onInput(streamOffset, buffer, offset, length);
    }

    @Override
    public void onProgress(final long sequence, final TcbProgress progress) {
        final ShadowConnection c = shadows.get(progress.connectionId);
        if (c == null || c.gone) {
            return;
        }
        if (c.established(progress, nowNs) && !c.accepted) {
            established.add(c);
        }
        if (resumes) {
            c.shadow.releaseStored();
            return;
        }
        c.endpoint.writtenThere(c.shadow.checkpointOffset());
        compare(c);
        weigh(c);
        control.touch(c.endpoint);
    }

    /** Modes cold and resume have no application that could be behind. */
    void weigh(final ShadowConnection c) {
        if (!parks) {
            catchUp.weigh(c);
        }
    }

    /** What a server here has yet to write to be where the primary's is known to have been, the most of all connections. */
    long behindBytes() {
        long most = 0;
        if (!parks) {
            for (final ShadowConnection c : shadows.values()) {
                most = Math.max(most, c.behindBytes());
            }
        }
        return most;
    }

    /** The application here has accepted it. */
    void onTaken(final Endpoint endpoint) {
        offers.onTaken(endpoint);
        if (endpoint.script() != null) {
            endpoint.script().accepted();
        }
    }

    /** The server there has accepted it, and here nobody listens for it, though a server runs. */
    boolean lacksServer(final ShadowConnection c) {
        return !parks && offers.isUnclaimed(c);
    }

    /** Somebody listens: for whom may it be? */
    void onListening() {
        for (final ShadowConnection c : offers.onListening()) {
            if (returns(c)) {
                resume(c);
            } else {
                offers.take(c);
            }
        }
    }

    /** The next event of a connection is due, or lies in the history. */
    void onDue(final Endpoint endpoint) {
        final InputScript script = endpoint.script();
        if (script == null) {
            return;
        }
        if (script.isAcceptDue() && (ended || live && !parks)) {
            final ShadowConnection c = accepted.remove(endpoint);
            if (c != null) {
                give(c);
            }
        }
        endpoint.tellDue();
        control.touch(endpoint);
        if (script.isToBeFetched()) {
            feedWanted.run();
        }
    }

    /** This host leads, and everything that was to be done again is done. */
    private void onOver() {
        if (ended && playback.isOver()) {
            established.forEach(offers::offer);
            established.clear();
            playback.tellAll();
        }
    }

    /** A connection that came to be while this host's servers still do again what others did: it is served after that. */
    void gate(final Endpoint endpoint) {
        if (ended) {
            playback.gate(endpoint);
        }
    }

    @Override
    public void onEvent(final long sequence, final long id, final long at, final int kind, final long value) {
        final ShadowConnection c = shadows.get(id);
        if (c == null || c.lost != null) {
            return;
        }
        playback.saw(at);
        if (kind == EventKind.WRITTEN) {
            c.shadow.onWritten(value);
            c.endpoint.writtenThere(value);
            if (c.gone) {
                c.connection().raise(TcpConnection.WRITABLE);
                control.touch(c.endpoint);
            }
        }
        if (c.feed != null) {
            c.feed.scripted();
        } else {
            c.script.add(at, kind, value);
        }
    }

    @Override
    public void onAccepted(final long sequence, final long id, final long at) {
        final ShadowConnection c = shadows.get(id);
        if (c != null && !c.accepted && (!c.gone || established.contains(c))) {
            established.remove(c);
            c.accepted = true;
            playback.saw(at);
            accepted.put(c.endpoint, c);
            if (!resumes) {
                // The application here gets what the one there got, in that order, whatever becomes of the connection.
                control.promise(c.endpoint, true);
                c.script.addAccept(at);
            }
        }
    }

    @Override
    public void onClosed(final long sequence, final long id) {
        final ShadowConnection c = shadows.get(id);
        if (c == null || c.gone) {
            return;
        }
        c.gone = true;
        if (c.feed == null) {
            c.choices.goLive();
        } else if (!c.feed.parked) {
            c.feed.goLive();
        }
        catchUp.forget(c);
        if (parks && !keepsClosed || c.checkpointed && !c.given) {
            // Whoever served it is done with it, and nobody has it here.
            established.remove(c);
            accepted.remove(c.endpoint);
            control.promise(c.endpoint, false);
            control.drop(c.endpoint);
            forget(c);
            c.script.leave();
            return;
        }
        // Its application may be behind, and is to come to the end, or the error, where the primary's comes to it.
        if (c.connection().error() != null && !resumes) {
            c.script.failed();
        }
        c.shadow.onOver();
        c.shadow.swallow(Long.MAX_VALUE);
        if (established.contains(c)) {
            // It waits to be accepted, there and here.
            control.promise(c.endpoint, true);
        }
        // Out of the table now: the same ends may have another connection, whatever the application here still does with this
        // one.
        control.drop(c.endpoint);
        control.touch(c.endpoint);
        if (!c.accepted && !established.contains(c) || c.detached) {
            forget(c);
        }
    }

    private void forget(final ShadowConnection c) {
        c.endFeed();
        shadows.remove(c.id);
        counters.set(ReplicationCounter.SHADOWS, shadows.size());
    }

    @Override
    public void onChoice(final long sequence, final long id, final int kind, final long value, final DirectBuffer buffer,
        final int offset, final int length) {
        final ShadowConnection c = shadows.get(id);
        if (c != null && c.feed != null) {
            c.feed.scripted();
        } else if (c != null) {
            ShadowConnection.play(c.choices, kind, value, buffer, offset, length);
        }
    }

    @Override
    public void onSecrets(final long sequence, final DirectBuffer buffer, final int offset, final int length) {
        final byte[] keys = new byte[length];
        buffer.getBytes(offset, keys);
        control.tcp().secrets(keys);
    }

    @Override
    public void onCheckpoint(final long sequence, final long id, final long readOffset, final long writeOffset,
        final DirectBuffer buffer, final int offset, final int length) {
        final ShadowConnection c = shadows.get(id);
        if (c == null || c.lost != null || c.gone) {
            return;
        }
        c.checkpointRead = readOffset;
        c.writeOffset = writeOffset;
        if (c.given) {
            return;
        }
        c.readOffset = readOffset;
        final CheckpointBlob point;
        try {
            point = CheckpointBlob.decode(buffer, offset, length);
        } catch (final IllegalArgumentException e) {
            lose(c, e.getMessage());
            return;
        }
        c.blob = point.blob();
        c.shadow.onCheckpoint(readOffset);
        if (!resumes && (point.hash() == null || !c.beginAt(point))) {
            lose(c, point.hash() == null ? "its checkpoint is of mode resume" : "there is no memory for its output");
        }
    }

    @Override
    public void onOutput(final long sequence, final long id, final long streamOffset, final DirectBuffer buffer,
        final int offset, final int length) {
        final ShadowConnection c = shadows.get(id);
        if (c == null || c.lost != null || c.given) {
            return;
        }
        if (!resumes) {
            c.keepOutput(streamOffset, buffer, offset, length);
        } else if (!c.shadow.onOutput(streamOffset, buffer, offset, length)) {
            lose(c, "there is no memory for its output");
        }
    }

    @Override
    public void onSynchronized(final long sequence) {
        live = true;
        if (!parks) {
            passSettled();
        }
        playback.joined();
        if (!parks) {
            giveDue();
        }
    }

    /** Whose client has everything, nobody needs to wait for: who served it may be closed, and not in the history. */
    private void passSettled() {
        if (!keepsClosed && !resumes) {
            for (final ShadowConnection c : List.copyOf(accepted.values())) {
                if (c.shadow.settled()) {
                    c.script.pass();
                }
            }
        }
    }

    private void giveDue() {
        for (final ShadowConnection c : List.copyOf(accepted.values())) {
            if (resumes) {
                accepted.remove(c.endpoint);
                give(c);
            } else {
                onDue(c.endpoint);
            }
        }
    }

    /** The application here gets it: from its beginning, or from the last checkpoint. */
    private void give(final ShadowConnection c) {
        c.given = true;
        if (c.feed != null) {
            c.feed.needed = !parks;
            if (c.feed.parked && c.lost == null) {
                c.feed.parked = false;
                feeder.add(c.feed);
            }
        }
        if (returns(c)) {
            c.script.accepted();
            resume(c);
        } else {
            offers.offer(c);
        }
    }

    private boolean returns(final ShadowConnection c) {
        return c.accepted && (resumes || c.checkpointed);
    }

    // --- the application here ---

    /** Its verbs for a connection of the primary: writing is compared, closing waits. */
    void onVerbs(final ShadowConnection c, final int verbs) {
        if ((verbs & Endpoint.WROTE) != 0) {
            compare(c);
            weigh(c);
        }
        onScriptVerbs(c.endpoint, verbs);
        c.verbs |= verbs & HELD_VERBS;
        if ((verbs & Endpoint.READ) != 0 && c.feed != null && c.feed.wants()) {
            feedWanted.run();
        }
        if ((verbs & ENDS) != 0) {
            compare(c);
        }
        if ((verbs & Endpoint.DETACH) != 0) {
            c.detached = true;
            c.endFeed();
            if (c.gone) {
                forget(c);
            }
        }
    }

    /** What an application's verbs mean for the events that it has yet to come to. */
    void onScriptVerbs(final Endpoint endpoint, final int verbs) {
        final InputScript script = endpoint.script();
        if (script == null) {
            return;
        }
        if ((verbs & Endpoint.WROTE) != 0) {
            script.wrote();
        }
        if ((verbs & (Endpoint.CLOSE | Endpoint.ABORT | Endpoint.DETACH)) != 0) {
            script.leave();
        } else if ((verbs & Endpoint.SHUTDOWN_READ) != 0) {
            script.pass();
        }
        if ((verbs & Endpoint.DUE) != 0) {
            onDue(endpoint);
        }
    }

    private void compare(final ShadowConnection c) {
        if (c.lost != null) {
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
        c.lost = reason;
        catchUp.forget(c);
        c.endFeed();
        c.script.leave();
        c.choices.goLive();
        c.shadow.onLost();
        control.touch(c.endpoint);
        counters.increment(ReplicationCounter.UNPROTECTED);
        events.onUnprotected(c.connection().id(), c.id, reason);
    }

    // --- the end of following ---

    /** All that is followed, in order of birth. */
    List<ShadowConnection> members() {
        final List<ShadowConnection> all = new ArrayList<>(shadows.values());
        all.sort((a, b) -> Long.compare(a.id, b.id));
        return all;
    }

    /** Its application here goes on with it, if one listens, now or later. */
    private void resume(final ShadowConnection c) {
        if (resumes && c.connection().orphaned() || !c.endpoint.inTable() || c.lost != null) {
            // It was closed, and what is left needs no application; or it is lost.
            control.promise(c.endpoint, false);
            return;
        }
        if (offers.listener(c) == null) {
            offers.unclaimed(c);
        } else if (!control.resume(new Resumption(c.endpoint, c.readOffset, c.writeOffset, c.blob))) {
            refuse(c, "its server takes no connections back");
        }
    }

    private void refuse(final ShadowConnection c, final String reason) {
        control.promise(c.endpoint, false);
        if (shadows.containsKey(c.id) && c.endpoint.replica() == c) {
            lose(c, reason);
            return;
        }
        counters.increment(ReplicationCounter.UNPROTECTED);
        events.onUnprotected(c.connection().id(), c.id, reason);
        c.connection().abort(control.nowNs());
        control.touch(c.endpoint);
    }

    /**
     * Stops following: what was established and not accepted is offered, what was served there is given to who serves it here;
     * what waits for a listener is left to {@link #onListening}.
     */
    void end() {
        ended = true;
        if (parks) {
            passSettled();
        }
        giveDue();
        playback.goLive(shadows.values());
        if (playback.isByConnection() || resumes) {
            established.forEach(offers::offer);
            established.clear();
        }
        shadows.clear();
        catchUp.clear();
        counters.set(ReplicationCounter.SHADOWS, 0);
    }

    /** Drops everything: another session follows, from the beginning. */
    void reset() {
        for (final ShadowConnection c : members()) {
            c.endpoint.replica(null);
            c.endFeed();
            c.script.leave();
            c.choices.goLive();
            control.promise(c.endpoint, false);
            control.abandon(c.endpoint);
        }
        offers.clear();
        accepted.clear();
        established.clear();
        playback.clear();
        shadows.clear();
        catchUp.clear();
        counters.set(ReplicationCounter.SHADOWS, 0);
    }
}
