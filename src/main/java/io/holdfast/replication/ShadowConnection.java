package io.holdfast.replication;

import io.holdfast.replay.ChoiceScript;
import io.holdfast.replay.EventKind;
import io.holdfast.replay.EventOrder;
import io.holdfast.replay.InputScript;
import io.holdfast.stack.Endpoint;
import io.holdfast.stack.ReplicaConnection;
import io.holdfast.tcp.TcbProgress;
import io.holdfast.tcp.TcpConnection;
import io.holdfast.tcp.TcpShadow;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** What the backup keeps beside a connection of the primary. With the baton only. */
final class ShadowConnection implements ReplicaConnection {
    /** So far behind the primary's an application is always: what it writes goes through buffers. */
    private static final int CLOSE_BYTES = 1 << 20;

    final long id;
    final Endpoint endpoint;
    final TcpShadow shadow;
    StreamHash hash = new StreamHash();
    /** Of its events: all connections', or its own. */
    final EventOrder order;
    final InputScript script;
    final ChoiceScript choices = new ChoiceScript();
    /** What its application gets out of the history; null if it gets everything at once. */
    Feed feed;
    /** Its application here has been where the primary's was: a takeover need not wait for it. */
    boolean caughtUp;
    /** Its application here has yet to do what the log told of too long ago. */
    boolean late;
    /** Verbs of the application here that wait for a takeover. */
    int verbs;
    final ShadowState state = new ShadowState();
    /** The highest number of an event when it got stuck. */
    long stuckAt;
    /** The last checkpoint of the application there; the beginning if there was none. */
    long readOffset;
    /** The same, though the application here has begun before it. */
    long checkpointRead;
    long writeOffset;
    byte[] blob = {};
    /** Modes hot and cold: the application here goes on from a checkpoint. */
    boolean checkpointed;
    /** Output that a checkpoint to come ends with: where it begins. */
    private final List<Long> outputOffsets = new ArrayList<>();
    private final List<byte[]> outputs = new ArrayList<>();

    /** @param due told when its next event is due */
    ShadowConnection(final long id, final Endpoint endpoint, final TcpShadow shadow, final EventOrder order, final Runnable due) {
        this.id = id;
        this.endpoint = endpoint;
        this.shadow = shadow;
        this.order = order;
        script = new InputScript(order, endpoint::written, due);
    }

    @Override
    public long id() {
        return id;
    }

    /** The log's record of a choice, on its way to the application. */
    static void play(final ChoiceScript choices, final int kind, final long value, final DirectBuffer buffer, final int offset,
        final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        choices.add(new ChoiceScript.Choice(kind, value, bytes));
    }

    /** From now on its application gets what it reads out of the history. */
    Feed defer() {
        feed = new Feed(id, endpoint, shadow.defer(), script, choices);
        return feed;
    }

    /** Output of the server there, in the log for the sake of a checkpoint. */
    void keepOutput(final long offset, final DirectBuffer buffer, final int at, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(at, bytes);
        outputOffsets.add(offset);
        outputs.add(bytes);
    }

    /**
     * The application here, that has not begun yet, is to begin there.
     *
     * @return false if there is no memory
     */
    boolean beginAt(final CheckpointBlob point) {
        checkpointed = true;
        endFeed();
        script.clear();
        choices.clear();
        if (point.readEnd() > readOffset) {
            // What the one there had in hand: it follows the accept at once, since all that came before the checkpoint is done.
            script.add(script.lastOrder(), EventKind.READ, point.readEnd() - readOffset);
        }
        hash = point.hash();
        feed = new Feed(id, endpoint, shadow.deferFrom(readOffset), script, choices);
        feed.fromCheckpoint();
        feed.parked = true;
        boolean whole = true;
        for (int i = 0; i < outputs.size(); i++) {
            final UnsafeBuffer bytes = new UnsafeBuffer(outputs.get(i));
            whole &= shadow.onOutput(outputOffsets.get(i), bytes, 0, bytes.capacity());
        }
        outputs.clear();
        outputOffsets.clear();
        shadow.writeFrom(writeOffset);
        return whole;
    }

    /** There is no more to be played than what is in the log by now. */
    void goLive() {
        if (feed == null) {
            script.goLive();
            choices.goLive();
        } else {
            feed.goLive();
        }
    }

    /** Its application will not read any more. */
    void endFeed() {
        if (feed != null) {
            feed.over = true;
            feed = null;
            script.expects(false);
        }
    }

    /** Has its application here more than a moment's work to do before it is where the primary's is? */
    boolean isBehind() {
        return !state.isLost() && !state.isGone() && !caughtUp && !shadow.settled()
            && (feed != null || behindBytes() > CLOSE_BYTES);
    }

    /** What its application here has yet to write to be where the primary's is known to have been. */
    long behindBytes() {
        return state.isLost() || state.isGone() || shadow.settled() ? 0 : Math.max(0, shadow.checkpointOffset() - connection().sendBuffer().tail());
    }

    TcpConnection connection() {
        return shadow.connection();
    }

    boolean established(final TcbProgress progress, final long nowNs) {
        return shadow.onProgress(progress, nowNs);
    }

    /**
     * Compares where the applications ended their output.
     *
     * @param ended the one here will write no more
     * @return what they do not have in common; null if nothing is known
     */
    String endsDifferently(final boolean ended) {
        final long tail = connection().sendBuffer().tail();
        if (state.isGone()) {
            return null;
        }
        if (tail > shadow.closedAt()) {
            return "ended at different offsets: there at " + shadow.closedAt() + ", here not before " + tail;
        }
        final long there = Math.max(shadow.checkpointOffset(), shadow.closedAt() == Long.MAX_VALUE ? 0
            : shadow.closedAt());
        return ended && tail < there ? "ended at different offsets: there not before " + there + ", here at " + tail
            : null;
    }

    /**
     * Compares what the application here wrote with what the primary's wrote, as far as both did, and lets go of what the
     * client has.
     *
     * @return false if they differ, now for the first time
     */
    boolean compare() {
        if (state.isGone()) {
            shadow.swallow(Long.MAX_VALUE);
            return true;
        }
        final long checkpoint = shadow.checkpointOffset();
        final long to = Math.min(connection().sendBuffer().tail(), checkpoint);
        if (to > hash.position()) {
            hash.update(connection().sendBuffer(), to);
        }
        final boolean same = hash.position() != checkpoint || checkpoint == 0 || hash.value() == shadow.checkpointHash();
        shadow.swallow(hash.position());
        return same;
    }
}
