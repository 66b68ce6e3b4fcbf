package io.holdfast.app.sample;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** Reads and forgets. */
final class DiscardSession implements EventLoop.Session {
    @Override
    public int initialInterest() {
        return SelectionKey.OP_READ;
    }

    @Override
    public int onReady(final SocketChannel channel, final ByteBuffer scratch) throws IOException {
        return channel.read(scratch) < 0 ? 0 : SelectionKey.OP_READ;
    }
}
