package io.holdfast.replication.channel;

import io.holdfast.counters.ChannelCounter;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * One TCP connection with its framing: u32 length, little endian, then as many bytes; the lengths {@link #KEEP_ALIVE}
 * and {@link #FAREWELL} stand for themselves and are followed by nothing. Knows neither the handler nor what a path is for.
 */
final class Connection {
    /** What {@link #next} returns if no frame is complete. */
    static final int NONE = 0;
    static final int KEEP_ALIVE = -1;
    /** The last of all frames: its sender closes the connection on purpose. Who dies does not send it. */
    static final int FAREWELL = -2;

    final SocketChannel channel;
    final boolean dialled;
    /** For messages to people. */
    final Object remote;
    final SelectionKey key;
    Transport transport;
    ConnectionBuffers buffers;
    /** Set by the selector, cleared by whoever reads. */
    boolean readable;
    /** False from a write that the socket did not take in whole until the selector says that it takes more. */
    boolean writable = true;
    /** What the peer's lifeline for this connection has to say. */
    byte[] token;
    /** What ours has to say to the peer; null before its greeting. */
    byte[] peersToken;
    /** null while the peer holds none. */
    PeerLine peerLine;
    long lastInNs;
    long lastOutNs;
    private int frameOffset;
    /** Why nothing can be sent any more, while what the peer had sent before is still read. */
    private IOException writeError;
    private boolean open = true;
    private boolean left;

    Connection(final SocketChannel channel, final SelectionKey key, final Object remote, final boolean dialled) {
        this.channel = channel;
        this.key = key;
        this.remote = remote;
        this.dialled = dialled;
        key.attach(this);
    }

    boolean isOpen() {
        return open;
    }

    /** Whether {@link #read} is worth a try. */
    boolean wantsRead() {
        return readable || transport.hasWork() || writeError != null;
    }

    /**
     * Takes in what there is; then {@link #next} gives the frames.
     *
     * @return above 0 if there was progress, 0 if there was nothing
     * @throws IOException at the end of the stream, too
     */
    int read() throws IOException {
        if (buffers.in.free() < buffers.in.size() + (64 << 10)) {
            buffers.in.compact();
        }
        readable = false;
        final int n = transport.read(buffers);
        if (n < 0) {
            throw writeError != null ? writeError : new IOException("closed by the peer");
        }
        if (n == 0 && writeError != null) {
            throw writeError;
        }
        return n;
    }

    /**
     * The next whole frame's length, with its bytes at {@link #frameOffset} of {@code in}'s view until the next {@link #read};
     * or {@link #NONE}, or {@link #KEEP_ALIVE}.
     */
    int next(final int maxLength) throws Refusal {
        final ByteQueue in = buffers.in;
        if (in.size() < ChannelLimits.LENGTH_BYTES) {
            return NONE;
        }
        final int head = in.head();
        final int length = in.view().getInt(head, ByteOrder.LITTLE_ENDIAN);
        if (length == KEEP_ALIVE || length == FAREWELL) {
            in.skip(ChannelLimits.LENGTH_BYTES);
            left |= length == FAREWELL;
            return length;
        }
        if (length <= 0 || length > maxLength) {
            throw new Refusal(ChannelCounter.REFUSED_LENGTH,
                "a frame of " + Integer.toUnsignedString(length) + " bytes; 1 to " + maxLength + " are allowed");
        }
        if (in.size() < ChannelLimits.LENGTH_BYTES + length) {
            return NONE;
        }
        frameOffset = head + ChannelLimits.LENGTH_BYTES;
        in.skip(ChannelLimits.LENGTH_BYTES + length);
        return length;
    }

    int frameOffset() {
        return frameOffset;
    }

    /** Adds the length of a frame whose bytes are in their place already, behind it at the tail of {@code out}. */
    void frame(final int length) {
        buffers.out.view().putInt(buffers.out.tail(), length, ByteOrder.LITTLE_ENDIAN);
        buffers.out.added(ChannelLimits.LENGTH_BYTES + Math.max(0, length));
    }

    /**
     * Sends a piece of what waits, as far as the socket takes it. A failure is not thrown as long as the peer's last words
     * have not been read: {@link #read} throws it after them.
     *
     * @return bytes that the socket took
     */
    int write(final long nowNs) {
        if (!writable || writeError != null) {
            return 0;
        }
        try {
            final int n = transport.write(buffers);
            if (n > 0) {
                lastOutNs = nowNs;
            }
            writable = !transport.isBlocked(buffers);
            interest();
            return n;
        } catch (final IOException e) {
            writeError = e;
            return 0;
        }
    }

    /**
     * Tells the peer, as far as the socket takes it at once, that this end closes the connection and lives: else its kernel would
     * show it what a dead process looks like.
     */
    void farewell(final long nowNs) {
        if (buffers.out.free() < ChannelLimits.LENGTH_BYTES) {
            buffers.out.compact();
        }
        if (!open || buffers.out.free() < ChannelLimits.LENGTH_BYTES) {
            return;
        }
        frame(FAREWELL);
        do {
            writable = true;
        } while (write(nowNs) > 0 && !isDrained());
    }

    /** The peer has said {@link #FAREWELL}. */
    boolean left() {
        return left;
    }

    /** True if nothing can be sent before the selector says so, or ever. */
    boolean isBlocked() {
        return !writable || writeError != null;
    }

    /** True if everything is with the kernel, and more may be added. */
    boolean isDrained() {
        return writable && writeError == null && transport.isDrained(buffers);
    }

    /** The peer's process holds it for this connection, in the place of what it held before. */
    void takePeerLine(final PeerLine line) {
        cutPeerLine();
        peerLine = line;
    }

    void cutPeerLine() {
        if (peerLine != null) {
            peerLine.close();
            peerLine = null;
        }
    }

    /** Asks the selector for what can happen next. */
    void interest() {
        final int wanted = writable ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE;
        if (key.interestOps() != wanted) {
            key.interestOps(wanted);
        }
    }

    /** Called by the selector. */
    void ready(final int operations) {
        if ((operations & (SelectionKey.OP_READ | SelectionKey.OP_CONNECT)) != 0) {
            readable = true;
        }
        if ((operations & SelectionKey.OP_WRITE) != 0) {
            writable = true;
        }
    }

    void close() {
        if (open) {
            open = false;
            cutPeerLine();
            key.cancel();
            try {
                channel.close();
            } catch (final IOException e) {
                // The descriptor is gone all the same; what was not sent is lost, as the path's going down tells.
                return;
            }
        }
    }
}
