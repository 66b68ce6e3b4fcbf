package io.holdfast.replication;

import io.holdfast.stack.Endpoint;
import io.holdfast.tcp.InputTap;
import io.holdfast.tcp.TcpConnection;
import org.agrona.DirectBuffer;

/** What the primary keeps beside a connection: what the log says of it already. With the baton, but for {@link #onRead}. */
final class ProtectedConnection implements InputTap, Endpoint.ReadRecorder {
    final long id;
    final Endpoint endpoint;
    final TcpConnection connection;
    final StreamHash hash;
    private final Recorder recorder;

    // What the log says.
    int state = -1;
    int flags;
    long sndUna;
    long sndFin = Long.MAX_VALUE;
    long rcvFin = Long.MAX_VALUE;
    long rcvNxt;
    int tsRecent;
    long edgeLimit;
    long sendLimit;

    /** In the recorder's list of those that wait for the backup. */
    boolean waiting;

    ProtectedConnection(final Recorder recorder, final long id, final Endpoint endpoint, final StreamHash hash) {
        this.recorder = recorder;
        this.id = id;
        this.endpoint = endpoint;
        this.hash = hash;
        connection = endpoint.connection();
    }

    @Override
    public boolean onInput(final long offset, final DirectBuffer buffer, final int at, final int length) {
        return recorder.input(id, offset, buffer, at, length);
    }

    @Override
    public void onRead(final Endpoint reader, final int bytes) {
        recorder.applicationRead(id, bytes);
    }

    @Override
    public void onChoice(final int kind, final long value, final byte[] bytes) {
        recorder.applicationChoice(id, kind, value, bytes);
    }

    /** Before written bytes can leave, or be let go of. */
    void hashWritten() {
        hash.update(connection.sendBuffer(), connection.sendBuffer().tail());
        connection.releasable(hash.position());
    }
}
