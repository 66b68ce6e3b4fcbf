package io.holdfast.replication;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import io.holdfast.replay.InputScript;
import io.holdfast.stack.Endpoint;
import io.holdfast.stack.Resumption;
import io.holdfast.stack.ShardControl;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which of the connections that are followed the servers of this host get, when, and from where on: each in the place of the
 * accept that the primary's server did, from its beginning or from its last checkpoint. With the baton only.
 */
final class Handover {
    private final ShardControl control;
    private final Shadows shadows;
    private final Counters counters;
    private final ReplicationEvents events;
    /** Established, and not accepted there yet; in order. */
    private final Set<ShadowConnection> established = new LinkedHashSet<>();
    /** Served there, and not given to a server here yet; in order. */
    private final Map<Endpoint, ShadowConnection> accepted = new LinkedHashMap<>();
    private final Offers offers;
    private final Playback playback;
    /** Mode resume: no application serves the images; output is stored as it comes. */
    private final boolean resumes;
    /** Modes cold and resume: nobody reads before this host leads. */
    private final boolean parks;
    private final Runnable feedWanted;
    /** Null where there is no history to feed from. */
    private Feeder feeder;
    /** What comes is no history. */
    private boolean live;
    private boolean listened;
    /** The history keeps connections that are closed. */
    private boolean keepsClosed;
    /** This host leads: what is left is played. */
    private boolean ended;

    Handover(final ShardControl control, final Shadows shadows, final ReplicationMode mode, final ReplicationOrder order,
        final Counters counters, final ReplicationEvents events, final Runnable feedWanted) {
        this.control = control;
        this.shadows = shadows;
        this.counters = counters;
        this.events = events;
        this.feedWanted = feedWanted;
        resumes = mode == ReplicationMode.RESUME;
        parks = resumes || mode == ReplicationMode.COLD;
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

    // --- what the log tells ---

    /** What comes is no history. */
    boolean live() {
        return live;
    }

    /** The connection has been established there. */
    void onEstablished(final ShadowConnection c) {
        if (!c.state.isAccepted()) {
            established.add(c);
        }
    }

    /** The server there has accepted it, as the event of that number. */
    void onAccepted(final ShadowConnection c, final long at) {
        if (c.state.isAccepted() || c.state.isGone() && !established.contains(c)) {
            return;
        }
        established.remove(c);
        c.state.onAccepted();
        playback.saw(at);
        accepted.put(c.endpoint, c);
        if (!resumes) {
            // The application here gets what the one there got, in that order, whatever becomes of the connection.
            control.promise(c.endpoint, true);
            c.script.addAccept(at);
        }
    }

    /**
     * The connection is gone there, and is not given to a server here any more: whoever served it there is done with it.
     *
     * @return false if a server here has it, or is to go through all that it was
     */
    boolean skips(final ShadowConnection c) {
        if (!(parks && !keepsClosed || c.checkpointed && !c.state.isGiven())) {
            return false;
        }
        established.remove(c);
        accepted.remove(c.endpoint);
        control.promise(c.endpoint, false);
        return true;
    }

    /** Established, and not accepted there yet. */
    boolean awaitsAccept(final ShadowConnection c) {
        return established.contains(c);
    }

    /** The history has come. */
    void onSynchronized() {
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
        c.state.onGiven();
        if (c.feed != null) {
            c.feed.needed = !parks;
            if (c.feed.parked && !c.state.isLost()) {
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
        return c.state.isAccepted() && (resumes || c.checkpointed);
    }

    // --- what the servers here do ---

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

    /** A program has listened on this host, ever. */
    boolean listened() {
        return listened;
    }

    /** Somebody listens: for whom may it be? */
    void onListening() {
        listened = true;
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

    /** What an application's verbs mean for the events that it has yet to come to. */
    void onVerbs(final Endpoint endpoint, final int verbs) {
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

    // --- the end of following ---

    /** Its application here goes on with it, if one listens, now or later. */
    private void resume(final ShadowConnection c) {
        if (resumes && c.connection().orphaned() || !c.endpoint.inTable() || c.state.isLost()) {
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
        if (shadows.contains(c) && c.endpoint.replica() == c) {
            shadows.lose(c, reason);
            return;
        }
        counters.increment(ReplicationCounter.UNPROTECTED);
        events.onUnprotected(c.connection().id(), c.id, reason);
        c.connection().abort(control.nowNs());
        control.touch(c.endpoint);
    }

    /**
     * Following ends: what was established and not accepted is offered, what was served there is given to who serves it here; what
     * waits for a listener is left to {@link #onListening}.
     */
    void end() {
        ended = true;
        if (parks) {
            passSettled();
        }
        giveDue();
        playback.goLive(shadows.all());
        if (playback.isByConnection() || resumes) {
            established.forEach(offers::offer);
            established.clear();
        }
    }

    /** Another session follows. */
    void clear() {
        offers.clear();
        accepted.clear();
        established.clear();
        playback.clear();
    }
}
