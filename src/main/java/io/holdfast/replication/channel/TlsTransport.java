package io.holdfast.replication.channel;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult;

/**
 * TLS through the JDK's engine. Delegated tasks (signatures, key agreement: about a millisecond each) run on the calling
 * thread, one a call, so that a stranger's handshake never holds up the other connections for longer than that. No
 * close_notify is sent: messages have lengths, so a cut stream is seen without it.
 */
final class TlsTransport implements Transport {
    /** En- or decrypted in one call: some milliseconds before the JIT compiler has got to it. */
    private static final int STEP_BYTES = 64 << 10;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final SSLEngine engine;
    private boolean taskDone;
    /** Records wait that had no room in {@code in}, or were too many for one call. */
    private boolean stalled;
    /** The engine has something of its own to send (a key update, an answer to one, a session ticket). */
    private boolean mustWrap;
    private boolean ended;
    private boolean established;

    TlsTransport(final SocketChannel channel, final SSLEngine engine) throws IOException {
        this.channel = channel;
        this.engine = engine;
        if (engine.getSession().getPacketBufferSize() > ChannelLimits.TLS_RECORD_BYTES
            || engine.getSession().getApplicationBufferSize() > ChannelLimits.TLS_DATA_BYTES) {
            throw new IllegalStateException("this JDK's TLS records are longer than " + ChannelLimits.TLS_RECORD_BYTES + " bytes");
        }
        engine.beginHandshake();
    }

    @Override
    public boolean handshake(final ConnectionBuffers buffers) throws IOException {
        taskDone = false;
        while (true) {
            final HandshakeStatus status = engine.getHandshakeStatus();
            if (status == HandshakeStatus.NEED_TASK) {
                if (taskDone) {
                    return false;
                }
                runTask();
                taskDone = true;
            } else if (status == HandshakeStatus.NEED_WRAP) {
                if (buffers.netOut.free() < ChannelLimits.TLS_RECORD_BYTES && !flushed(buffers)) {
                    return false;
                }
                wrap(buffers, NOTHING);
            } else if (status == HandshakeStatus.NEED_UNWRAP) {
                if (!flushed(buffers)) {
                    return false;
                }
                if (!unwrap(buffers)) {
                    final int n = receive(buffers);
                    if (ended || n < 0) {
                        throw new EOFException("closed by the peer during the TLS handshake");
                    }
                    if (n == 0) {
                        return false;
                    }
                }
            } else {
                established = true;
                taskDone = false;
                // The peer's first bytes may have come with its last of the handshake.
                stalled = buffers.netIn.size() > 0;
                return flushed(buffers);
            }
        }
    }

    @Override
    public int read(final ConnectionBuffers buffers) throws IOException {
        final int received = stalled || ended ? 0 : receive(buffers);
        final int before = buffers.in.size();
        stalled = false;
        while (buffers.netIn.size() > 0 && !ended) {
            if (buffers.in.free() < ChannelLimits.TLS_DATA_BYTES || buffers.in.size() - before >= STEP_BYTES) {
                stalled = true;
                break;
            }
            if (!unwrap(buffers)) {
                break;
            }
        }
        final int decrypted = buffers.in.size() - before;
        return received > 0 || decrypted > 0 ? Math.max(received, decrypted) : ended ? -1 : received;
    }

    @Override
    public int write(final ConnectionBuffers buffers) throws IOException {
        if (buffers.netOut.size() == 0) {
            while ((buffers.out.size() > 0 || mustWrap) && buffers.netOut.size() < STEP_BYTES
                && buffers.netOut.free() >= ChannelLimits.TLS_RECORD_BYTES) {
                final ByteBuffer plain = buffers.out.toTake();
                final boolean progress = wrap(buffers, plain);
                buffers.out.taken();
                if (!progress) {
                    break;
                }
            }
        }
        return buffers.netOut.size() == 0 ? 0 : send(buffers);
    }

    @Override
    public boolean isDrained(final ConnectionBuffers buffers) {
        return buffers.out.size() == 0 && buffers.netOut.size() == 0 && !mustWrap;
    }

    @Override
    public boolean isBlocked(final ConnectionBuffers buffers) {
        return buffers.netOut.size() > 0;
    }

    @Override
    public boolean hasWork() {
        return taskDone || stalled || ended;
    }

    @Override
    public void part(final ConnectionBuffers buffers) {
        try {
            // After a failure the engine has an alert to send; the handshake tells of it by NEED_WRAP.
            if (flushed(buffers) && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                wrap(buffers, NOTHING);
                flushed(buffers);
            }
        } catch (final IOException e) {
            // A courtesy only, and the failure itself has been told already.
            buffers.netOut.clear();
        }
    }

    private void runTask() {
        final Runnable task = engine.getDelegatedTask();
        if (task != null) {
            task.run();
        }
    }

    private int receive(final ConnectionBuffers buffers) throws IOException {
        final ByteQueue netIn = buffers.netIn;
        if (netIn.free() < ChannelLimits.TLS_RECORD_BYTES) {
            netIn.compact();
        }
        final int n = channel.read(netIn.toAdd());
        netIn.added();
        return n;
    }

    private int send(final ConnectionBuffers buffers) throws IOException {
        final int n = channel.write(buffers.netOut.toTake());
        buffers.netOut.taken();
        return n;
    }

    private boolean flushed(final ConnectionBuffers buffers) throws IOException {
        if (buffers.netOut.size() > 0) {
            send(buffers);
        }
        return buffers.netOut.size() == 0;
    }

    /** One record; false if there was nothing to be done. */
    private boolean wrap(final ConnectionBuffers buffers, final ByteBuffer plain) throws IOException {
        final SSLEngineResult result = engine.wrap(plain, buffers.netOut.toAdd());
        buffers.netOut.added();
        follow(result);
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            throw new IllegalStateException("a TLS record is longer than the session said");
        }
        return result.bytesProduced() > 0 || result.bytesConsumed() > 0;
    }

    /** One record; false if no whole one is there. */
    private boolean unwrap(final ConnectionBuffers buffers) throws IOException {
        if (buffers.netIn.size() == 0) {
            return false;
        }
        final SSLEngineResult result = engine.unwrap(buffers.netIn.toTake(), buffers.in.toAdd());
        buffers.netIn.taken();
        buffers.in.added();
        follow(result);
        switch (result.getStatus()) {
            case OK:
                return true;
            case BUFFER_UNDERFLOW:
                return false;
            case CLOSED:
                ended = true;
                return false;
            default:
                throw new IllegalStateException("a TLS record holds more than the session said");
        }
    }

    /** After the handshake: key updates and tickets. */
    private void follow(final SSLEngineResult result) {
        if (!established) {
            return;
        }
        HandshakeStatus status = result.getHandshakeStatus();
        while (status == HandshakeStatus.NEED_TASK) {
            runTask();
            status = engine.getHandshakeStatus();
        }
        mustWrap = status == HandshakeStatus.NEED_WRAP;
    }
}
