package io.holdfast.socket;

import io.holdfast.buffer.StreamBuffer;
import io.holdfast.stack.Endpoint;
import io.holdfast.stack.ShardClient;
import io.holdfast.tcp.TcpConnection;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A stream's reading side. By its reader, inside the socket; {@link #shut} by any thread. */
final class StreamInput {
    /** Segments of application data released before the peer is told of the room. */
    private static final int TOLD_SEGMENTS = 2;
    private static final int USUAL_MSS = 1_448;

    private final ShardClient shard;
    /** In INVOKER mode each read tells the shard, as each recv makes Linux look: telling costs nothing there. */
    private final boolean toldAtOnce;
    /** Nothing more will be read. */
    volatile boolean shut;
    /** Bytes read since the shard was told. */
    private int untoldBytes;

    StreamInput(final ShardClient shard) {
        this.shard = shard;
        toldAtOnce = shard.isInvoked();
    }

    /** SHUT_RD. False if it was done before. */
    boolean shut(final Endpoint e) {
        if (shut) {
            return false;
        }
        shut = true;
        shard.post(e, Endpoint.SHUTDOWN_READ);
        return true;
    }

    /** Bytes read, 0 if there are none, -1 at the end of the stream. */
    int read(final Endpoint e, final ByteBuffer dst) throws IOException {
        final int status = e.visible();
        final int n = shut ? 0 : take(e, dst);
        return n > 0 ? afterRead(e, n) : dst.hasRemaining() ? nothingToRead(e, status) : 0;
    }

    long read(final Endpoint e, final ByteBuffer[] dsts, final int offset, final int length) throws IOException {
        final int status = e.visible();
        boolean room = false;
        for (int i = offset; i < offset + length && !room; i++) {
            room = dsts[i].hasRemaining();
        }
        final int total = shut ? 0 : take(e, dsts, offset, length);
        return total > 0 ? afterRead(e, total) : room || shut ? nothingToRead(e, status) : 0;
    }

    /** Copies without consuming, like MSG_PEEK. */
    int peek(final Endpoint e, final ByteBuffer dst) throws IOException {
        final int status = e.visible();
        final StreamBuffer buffer = e.connection().receiveBuffer();
        final int n = shut ? 0 : Math.min(e.available(), dst.remaining());
        if (n > 0) {
            buffer.copy(buffer.head(), dst, n);
            return n;
        }
        return dst.hasRemaining() ? nothingToRead(e, status) : 0;
    }

    private int take(final Endpoint e, final ByteBuffer dst) {
        try {
            return e.read(dst);
        } catch (final Error error) {
            throw shard.poisoned(error);
        }
    }

    private int take(final Endpoint e, final ByteBuffer[] dsts, final int offset, final int length) {
        try {
            return (int) e.read(dsts, offset, length);
        } catch (final Error error) {
            throw shard.poisoned(error);
        }
    }

    /** The shard hears of released bytes only when there are enough of them to matter to the window. */
    private int afterRead(final Endpoint e, final int n) {
        untoldBytes += n;
        if (toldAtOnce || untoldBytes >= Math.min(e.connection().receiveBuffer().capacity() / 2, TOLD_SEGMENTS * USUAL_MSS)) {
            untoldBytes = 0;
            shard.post(e, Endpoint.READ);
        }
        return n;
    }

    /** The status was read before the buffer: what it tells is true of an empty buffer. */
    private int nothingToRead(final Endpoint e, final int status) throws IOException {
        if ((status & TcpConnection.PEER_CLOSED) != 0 && !e.hidesEnd() || shut) {
            e.onEndRead();
            return -1;
        }
        if ((status & TcpConnection.FAILED) != 0) {
            e.onErrorTold();
            throw SocketErrors.reading(SocketErrors.cause(e));
        }
        if ((status & (TcpConnection.CLOSED | TcpConnection.TIME_WAIT)) != 0) {
            return -1;
        }
        return 0;
    }
}
