package io.holdfast.replication.channel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** The peer's lifeline, at our end: nothing comes on it until the peer's kernel closes it. */
final class PeerLine {
    private final SocketChannel channel;
    private final SelectionKey key;
    private final ByteBuffer rest = ByteBuffer.allocate(1);
    private boolean readable;

    PeerLine(final SocketChannel channel, final SelectionKey key) {
        this.channel = channel;
        this.key = key;
        key.attach(this);
        key.interestOps(SelectionKey.OP_READ);
    }

    /** Called by the selector. */
    void ready() {
        readable = true;
    }

    /** Whether the peer's kernel has closed it. What comes on it is of no interest. */
    boolean isCut() {
        if (!readable) {
            return false;
        }
        readable = false;
        try {
            rest.clear();
            return channel.read(rest) < 0;
        } catch (final IOException e) {
            return PathLoss.of(e).isFromPeer();
        }
    }

    void close() {
        key.cancel();
        try {
            channel.close();
        } catch (final IOException e) {
            // The descriptor is gone all the same.
            return;
        }
    }
}
