package io.holdfast.replication;

import io.holdfast.buffer.StreamBuffer;
import io.holdfast.replay.EventKind;
import io.holdfast.stack.Endpoint;
import io.holdfast.stack.ReplicaConnection;
import io.holdfast.tcp.InputTap;
import io.holdfast.tcp.Replicated;
import io.holdfast.tcp.TcpConnection;
import org.agrona.DirectBuffer;

/**
 * What the primary keeps beside a connection: what the log says of it already. With the baton, but for
 * {@link Endpoint.EventRecorder}.
 */
final class ProtectedConnection implements InputTap, Endpoint.EventRecorder, ReplicaConnection {
    final long id;
    final Endpoint endpoint;
    final TcpConnection connection;
    final Replicated replicated;
    final StreamHash hash;
    private final Recorder recorder;
    private final boolean storesOutput;

    // What the log says.
    int state = -1;
    int flags;
    long sndUna;
    long sndFin = Long.MAX_VALUE;
    long rcvFin = Long.MAX_VALUE;
    long rcvNxt;
    int tsRecent;
    long edgeLimit;
    /** Of what the primary before this one wrote; 0 if there is nothing to compare with. */
    private long expectedOffset;
    private long expectedHash;
    private boolean differs;
    long sendLimit;

    /** The log has the output itself up to there: all of it in mode resume, what checkpoints needed in others. */
    long stored;
    /** Of the last checkpoint in the log, by whatever host's application. */
    long checkpointRead;
    long checkpointWrite;

    /** What its application gets out of the history, that of the primary before this one included; null if nothing. */
    Feed feed;

    /** So much of its output stands before whatever happens next. */
    volatile long written;

    /** After a takeover: what its server does again; null once its client gets on. */
    TakeoverProgress.Task replay;

    /** Why the backup cannot carry it on, as it says; null if it can. */
    String lostAtBackup;

    /** In the recorder's list of those that wait for the backup. */
    boolean waiting;

    ProtectedConnection(final Recorder recorder, final long id, final Endpoint endpoint, final StreamHash hash,
        final boolean storesOutput) {
        this.recorder = recorder;
        this.storesOutput = storesOutput;
        this.id = id;
        this.endpoint = endpoint;
        this.hash = hash;
        connection = endpoint.connection();
        replicated = connection.replicated();
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public boolean onInput(final long offset, final DirectBuffer buffer, final int at, final int length) {
        return recorder.input(id, offset, buffer, at, length);
    }

    /** Mode resume: nobody will write the output again, so nobody needs to read and choose as this application does. */
    boolean storesOutput() {
        return storesOutput;
    }

    @Override
    public void onEvent(final int kind, final long value) {
        if (!storesOutput()) {
            recorder.applicationEvent(id, kind, value);
        }
    }

    @Override
    public void onWrote() {
        final long tail = endpoint.written();
        if (tail > written && !storesOutput()) {
            // The shard has not come to it yet: what the application does next must not be ahead of it.
            recorder.applicationEvent(id, EventKind.WRITTEN, tail);
        }
    }

    @Override
    public void onChoice(final int kind, final long value, final byte[] bytes) {
        if (!storesOutput()) {
            recorder.applicationChoice(id, kind, value, bytes);
        }
    }

    @Override
    public boolean onCheckpoint(final long readOffset, final long writeOffset, final byte[] blob) {
        return recorder.checkpoint(this, readOffset, writeOffset, blob);
    }

    /** The primary before this host had written bytes of that hash by there. */
    void expect(final long offset, final long value) {
        expectedOffset = offset;
        expectedHash = value;
    }

    /**
     * Before bytes are let go of, at the latest: what was written is hashed, and compared with what the primary before this host
     * had written.
     */
    void hashWritten() {
        if (storesOutput()) {
            return;
        }
        final StreamBuffer buffer = connection.sendBuffer();
        final long tail = buffer.tail();
        if (hash.position() < expectedOffset && tail >= expectedOffset) {
            hash.update(buffer, expectedOffset);
            differs |= hash.value() != expectedHash;
        }
        hash.update(buffer, tail);
        replicated.releasable(hash.position());
    }

    /** The log has a checkpoint, and the output before it. */
    void checkpointed(final long readOffset, final long writeOffset) {
        checkpointRead = readOffset;
        checkpointWrite = writeOffset;
        stored = Math.max(stored, writeOffset);
    }

    /** How far the primary before this host is known to have written. */
    long writtenThere() {
        return expectedOffset;
    }

    /** Its server here has not come so far yet. */
    boolean writesAgain() {
        return hash.position() < expectedOffset;
    }

    /** Once after the server was found to write something else than on the host before. */
    boolean takeDiffers() {
        final boolean was = differs;
        differs = false;
        return was;
    }

    /** Its application has not done yet what the one on the host before did. */
    boolean playsStill() {
        return feed != null && feed.scripted > 0 || endpoint.plays();
    }

    /** Its application will not read any more. */
    void endFeed() {
        if (feed != null) {
            feed.over = true;
            feed = null;
        }
    }
}
