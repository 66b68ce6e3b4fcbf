package io.holdfast.replication.channel;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/** Bytes in the clear. */
final class PlainTransport implements Transport {
    private final SocketChannel channel;
    private boolean more;

    PlainTransport(final SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public boolean handshake(final ConnectionBuffers buffers) {
        return true;
    }

    @Override
    public int read(final ConnectionBuffers buffers) throws IOException {
        final int n = channel.read(buffers.in.toAdd());
        buffers.in.added();
        more = n > 0 && buffers.in.free() == 0;
        return n;
    }

    @Override
    public int write(final ConnectionBuffers buffers) throws IOException {
        int total = 0;
        while (buffers.out.size() > 0) {
            final int n = channel.write(buffers.out.toTake());
            buffers.out.taken();
            total += n;
            if (n == 0) {
                break;
            }
        }
        return total;
    }

    @Override
    public boolean isDrained(final ConnectionBuffers buffers) {
        return buffers.out.size() == 0;
    }

    @Override
    public boolean isBlocked(final ConnectionBuffers buffers) {
        return buffers.out.size() > 0;
    }

    /** After a read that filled the queue there is probably more; a shorter one has emptied the socket. */
    @Override
    public boolean hasWork() {
        return more;
    }

    @Override
    public void part(final ConnectionBuffers buffers) {
        // Closing says it all.
    }
}
