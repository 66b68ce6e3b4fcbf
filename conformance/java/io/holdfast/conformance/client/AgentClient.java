package io.holdfast.conformance.client;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * One session with a conformance agent. One thread; {@link #close} alone may come from another, and ends what waits with
 * {@link AgentGoneException}.
 */
public final class AgentClient implements AutoCloseable {
    /** Flag of a request: the agent may run the clock until it is completed. */
    public static final int AUTO_ADVANCE = 1;
    private static final int HEADER_BYTES = 20;
    private static final int MAX_FRAME_BYTES = 1 << 24;

    private final SocketChannel channel;
    private final Map<Integer, PendingCall> pending = new HashMap<>();
    private int nextId = 1;
    private long nowUs;

    /** Connects to the agent that listens at that path. */
    public AgentClient(final Path path) {
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(path));
        } catch (final IOException e) {
            throw new AgentGoneException("no agent at " + path + ": " + e.getMessage(), e);
        }
    }

    /** The caller's clock, sent along with every request. */
    public long nowUs() {
        return nowUs;
    }

    /** Time never goes back. */
    public void nowIsAtLeast(final long us) {
        nowUs = Math.max(nowUs, us);
    }

    /** Sends a request whose reply may come later. */
    public PendingCall start(final Op op, final int flags, final Body body) {
        final PendingCall call = new PendingCall(this);
        final int id = nextId++;
        pending.put(id, call);
        final byte[] bytes = body.toBytes();
        final ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + bytes.length);
        frame.putInt(HEADER_BYTES - 4 + bytes.length).put((byte) op.code()).put((byte) flags).putShort((short) 0).putInt(id)
            .putLong(nowUs).put(bytes).flip();
        try {
            while (frame.hasRemaining()) {
                channel.write(frame);
            }
        } catch (final IOException e) {
            throw new AgentGoneException("the agent ended the connection", e);
        }
        return call;
    }

    /** Sends a request and waits for its reply. */
    public PendingCall call(final Op op, final Body body) {
        return start(op, 0, body).await();
    }

    /** Reads one reply, whosever it is. */
    void readReply() {
        final int length = read(4).getInt();
        if (length < HEADER_BYTES || length > MAX_FRAME_BYTES) {
            throw new AgentGoneException("a reply of " + length + " bytes", null);
        }
        final ByteBuffer frame = read(length);
        frame.getInt();
        final PendingCall call = pending.remove(frame.getInt());
        if (call == null) {
            throw new AgentGoneException("a reply that was not asked for", null);
        }
        final long timeUs = frame.getLong();
        call.complete(frame.getInt(), timeUs, frame.slice());
    }

    private ByteBuffer read(final int length) {
        final ByteBuffer bytes = ByteBuffer.allocate(length);
        try {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes) < 0) {
                    throw new AgentGoneException("the agent ended the connection", null);
                }
            }
        } catch (final IOException e) {
            throw new AgentGoneException("the agent ended the connection", e);
        }
        return bytes.flip();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (final IOException e) {
            // Nothing is left to be lost.
        }
    }
}
