package io.holdfast.replication;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import io.holdfast.replay.EventKind;
import io.holdfast.replication.log.RecordHandler;
import io.holdfast.stack.Endpoint;
import io.holdfast.stack.ShardControl;
import io.holdfast.tcp.ConnectionId;
import io.holdfast.tcp.TcbProgress;
import io.holdfast.tcp.TcpConnection;
import io.holdfast.tcp.TcpListener;
import io.holdfast.tcp.TcpOptions;
import io.holdfast.tcp.TcpShadow;
import org.agrona.DirectBuffer;

/**
 * The backup's side: follows the primary's log with images of its connections, which the server here serves as if clients had
 * come to it. With the baton only.
 *
 * <p>What holds: the application here sees a connection's bytes, reads, and end in the order in which the primary's did; what
 * it writes never leaves; what it closes stays open until the primary's closes, or is gone.
 */
final class Follower implements RecordHandler {
    private static final int HELD_VERBS = Endpoint.OPTIONS | Endpoint.SHUTDOWN_WRITE | Endpoint.CLOSE | Endpoint.ABORT
        | Endpoint.SHUTDOWN_READ;

    private final ShardControl control;
    private final Counters counters;
    private final ReplicationEvents events;
    private final Shadows shadows;
    private final Handover handover;
    /** Mode resume: no application serves the images; output is stored as it comes. */
    private final boolean resumes;
    /** Modes cold and resume: nobody reads before this host leads. */
    private final boolean parks;
    private final Runnable feedWanted;
    /** Null where there is no history to feed from. */
    private Feeder feeder;
    private long nowNs;

    Follower(final ShardControl control, final ReplicationMode mode, final ReplicationOrder order, final Counters counters,
        final ReplicationEvents events, final Runnable feedWanted) {
        this.control = control;
        this.feedWanted = feedWanted;
        resumes = mode == ReplicationMode.RESUME;
        parks = resumes || mode == ReplicationMode.COLD;
        this.counters = counters;
        this.events = events;
        shadows = new Shadows(control, mode, counters, events);
        handover = new Handover(control, shadows, mode, order, counters, events, feedWanted);
    }

    /** What is followed. */
    Shadows shadows() {
        return shadows;
    }

    /** What the servers here get of it. */
    Handover handover() {
        return handover;
    }

    void feeder(final Feeder value) {
        feeder = value;
        handover.feeder(value);
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
        final ShadowConnection added = new ShadowConnection(id, endpoint, shadow, handover.playback().orderOf(endpoint),
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
        shadows.add(added);
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
        if (c == null || c.state.isGone()) {
            return;
        }
        // In the history, a gap may be what a checkpoint to come covers: as large as any.
        final boolean covered = !handover.live() && feeder != null && c.feed == null
            && streamOffset > c.connection().replicated().receivedEnd();
        if (!covered && c.shadow.onInput(streamOffset, buffer, offset, length)) {
            return;
        }
        // The record is the last of the history, and what the feed begins with.
        if (feeder == null || !feeder.addAtLast(c.defer())) {
            shadows.lose(c, "its server does not keep up, and the history does not have its input");
        } else {
            c.feed.needed = c.state.isGiven();
        }
        c.shadow.onInput(streamOffset, buffer, offset, length);
    }

    @Override
    public void onProgress(final long sequence, final TcbProgress progress) {
        final ShadowConnection c = shadows.get(progress.connectionId);
        if (c == null || c.state.isGone()) {
            return;
        }
        if (c.established(progress, nowNs)) {
            handover.onEstablished(c);
        }
        if (resumes) {
            c.shadow.releaseStored();
            return;
        }
        c.endpoint.writtenThere(c.shadow.checkpointOffset());
        shadows.compare(c);
        shadows.weigh(c);
        control.touch(c.endpoint);
    }

    @Override
    public void onEvent(final long sequence, final long id, final long at, final int kind, final long value) {
        final ShadowConnection c = shadows.get(id);
        if (c == null || c.state.isLost()) {
            return;
        }
        handover.playback().saw(at);
        if (kind == EventKind.WRITTEN) {
            c.shadow.onWritten(value);
            c.endpoint.writtenThere(value);
            if (c.state.isGone()) {
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
        if (c != null) {
            handover.onAccepted(c, at);
        }
    }

    @Override
    public void onClosed(final long sequence, final long id) {
        final ShadowConnection c = shadows.get(id);
        if (c == null || c.state.isGone()) {
            return;
        }
        c.state.onGone();
        if (c.feed == null) {
            c.choices.goLive();
        } else if (!c.feed.parked) {
            c.feed.goLive();
        }
        shadows.catchUp.forget(c);
        if (handover.skips(c)) {
            control.drop(c.endpoint);
            shadows.forget(c);
            c.script.leave();
            return;
        }
        // Its application may be behind, and is to come to the end, or the error, where the primary's comes to it.
        if (c.connection().error() != null && !resumes) {
            c.script.failed();
        }
        c.shadow.onOver();
        c.shadow.swallow(Long.MAX_VALUE);
        if (handover.awaitsAccept(c)) {
            // It waits to be accepted, there and here.
            control.promise(c.endpoint, true);
        }
        // Out of the table now: the same ends may have another connection, whatever the application here still does with this
        // one.
        control.drop(c.endpoint);
        control.touch(c.endpoint);
        if (!c.state.isAccepted() && !handover.awaitsAccept(c) || c.state.isDetached()) {
            shadows.forget(c);
        }
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
        if (c == null || c.state.isLost() || c.state.isGone()) {
            return;
        }
        c.checkpointRead = readOffset;
        c.writeOffset = writeOffset;
        if (c.state.isGiven()) {
            return;
        }
        c.readOffset = readOffset;
        final CheckpointBlob point;
        try {
            point = CheckpointBlob.decode(buffer, offset, length);
        } catch (final IllegalArgumentException e) {
            shadows.lose(c, e.getMessage());
            return;
        }
        c.blob = point.blob();
        c.shadow.onCheckpoint(readOffset);
        if (!resumes && (point.hash() == null || !c.beginAt(point))) {
            shadows.lose(c, point.hash() == null ? "its checkpoint is of mode resume" : "there is no memory for its output");
        }
    }

    @Override
    public void onOutput(final long sequence, final long id, final long streamOffset, final DirectBuffer buffer,
        final int offset, final int length) {
        final ShadowConnection c = shadows.get(id);
        if (c == null || c.state.isLost() || c.state.isGiven()) {
            return;
        }
        if (!resumes) {
            c.keepOutput(streamOffset, buffer, offset, length);
        } else if (!c.shadow.onOutput(streamOffset, buffer, offset, length)) {
            shadows.lose(c, "there is no memory for its output");
        }
    }

    @Override
    public void onSynchronized(final long sequence) {
        handover.onSynchronized();
    }

    // --- the application here ---

    /** Its verbs for a connection of the primary: writing is compared, closing waits. */
    void onVerbs(final ShadowConnection c, final int verbs) {
        if ((verbs & Endpoint.WROTE) != 0) {
            shadows.compare(c);
            shadows.weigh(c);
        }
        handover.onVerbs(c.endpoint, verbs);
        c.verbs |= verbs & HELD_VERBS;
        if ((verbs & Endpoint.READ) != 0 && c.feed != null && c.feed.wants()) {
            feedWanted.run();
        }
        if ((verbs & Shadows.ENDS) != 0) {
            shadows.compare(c);
        }
        if ((verbs & Endpoint.DETACH) != 0) {
            c.state.onDetached();
            c.endFeed();
            if (c.state.isGone()) {
                shadows.forget(c);
            }
        }
    }

    // --- the end of following ---

    /** This host leads: the servers here go on with what was followed. */
    void end() {
        handover.end();
        shadows.clear();
    }

    /** Drops everything: another session follows, from the beginning. */
    void reset() {
        for (final ShadowConnection c : shadows.inOrder()) {
            c.endpoint.replica(null);
            c.endFeed();
            c.script.leave();
            c.choices.goLive();
            control.promise(c.endpoint, false);
            control.abandon(c.endpoint);
        }
        handover.clear();
        shadows.clear();
    }
}
