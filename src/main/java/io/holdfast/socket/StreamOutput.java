package io.holdfast.socket;

import io.holdfast.stack.Endpoint;
import io.holdfast.stack.ShardClient;
import io.holdfast.tcp.TcpConnection;
import io.holdfast.tcp.TcpError;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A stream's writing side. By its writer, inside the socket; {@link #shut} by any thread. */
final class StreamOutput {
    private final ShardClient shard;
    /** Nothing more will be written. */
    volatile boolean shut;
    private boolean failed;

    StreamOutput(final ShardClient shard) {
        this.shard = shard;
    }

    /** SHUT_WR. False if it was done before. */
    boolean shut(final Endpoint e) {
        if (shut) {
            return false;
        }
        shut = true;
        shard.post(e, Endpoint.SHUTDOWN_WRITE);
        return true;
    }

    /** Bytes taken, 0 if the send buffer is full. */
    int write(final Endpoint e, final ByteBuffer src) throws IOException {
        if (!writable(e)) {
            return 0;
        }
        final int n = give(e, src);
        return n > 0 || src.hasRemaining() ? (int) afterWrite(e, n) : 0;
    }

    long write(final Endpoint e, final ByteBuffer[] srcs, final int offset, final int length) throws IOException {
        if (!writable(e)) {
            return 0;
        }
        long total = 0;
        boolean left = false;
        for (int i = offset; i < offset + length && !left; i++) {
            total += give(e, srcs[i]);
            left = srcs[i].hasRemaining();
        }
        return total > 0 || left ? afterWrite(e, total) : 0;
    }

    private int give(final Endpoint e, final ByteBuffer src) {
        try {
            return e.connection().sendBuffer().append(src);
        } catch (final Error error) {
            throw shard.poisoned(error);
        }
    }

    /** Nothing taken for want of memory: it is used up stack-wide, and the shard tells when there is some again. */
    private long afterWrite(final Endpoint e, final long taken) {
        if (taken > 0) {
            shard.post(e, Endpoint.WROTE);
            e.onWrote();
        } else if (e.connection().sendBuffer().lackedMemory()) {
            shard.post(e, Endpoint.STARVED);
        }
        return taken;
    }

    /** False if the connect is under way; throws if nothing can be written any more. */
    private boolean writable(final Endpoint e) throws IOException {
        final int status = e.visible();
        if ((status & TcpConnection.FAILED) != 0 && !failed) {
            // The error itself is told once, then only that the pipe is broken, as the kernel does.
            failed = true;
            e.onErrorTold();
            throw SocketErrors.writing(SocketErrors.cause(e));
        }
        if (shut || (status & (TcpConnection.FAILED | TcpConnection.CLOSED | TcpConnection.TIME_WAIT)) != 0) {
            throw SocketErrors.writing(TcpError.BROKEN_PIPE);
        }
        return (status & TcpConnection.CONNECTED) != 0 && e.mayWrite();
    }
}
