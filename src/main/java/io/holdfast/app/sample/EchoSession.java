package io.holdfast.app.sample;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** Sends back what comes, and closes once the client has closed and everything was sent back. */
final class EchoSession implements EventLoop.Session {
    /** Bytes that the channel did not take at once; null if there are none. While there are some, nothing more is read. */
    private ByteBuffer pending;

    @Override
    public int initialInterest() {
        return SelectionKey.OP_READ;
    }

    @Override
    public int onReady(final SocketChannel channel, final ByteBuffer scratch) throws IOException {
        if (pending != null) {
            channel.write(pending);
            if (pending.hasRemaining()) {
                return SelectionKey.OP_WRITE;
            }
            pending = null;
            return SelectionKey.OP_READ;
        }
        if (channel.read(scratch) < 0) {
            return 0;
        }
        scratch.flip();
        channel.write(scratch);
        if (!scratch.hasRemaining()) {
            return SelectionKey.OP_READ;
        }
        pending = ByteBuffer.allocate(scratch.remaining()).put(scratch).flip();
        return SelectionKey.OP_WRITE;
    }
}
