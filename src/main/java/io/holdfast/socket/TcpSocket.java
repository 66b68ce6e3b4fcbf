package io.holdfast.socket;

import io.holdfast.stack.ShardClient;
import io.holdfast.tcp.TcpConfig;
import io.holdfast.tcp.TcpOptions;
import java.io.IOException;
import java.net.SocketOption;
import java.nio.channels.ClosedChannelException;

/** What streams and listeners have in common: their options, and what a call begins with. Any thread. */
public abstract class TcpSocket implements StackSocket {
    final ShardClient shard;
    final TcpOptions options = new TcpOptions();
    private final TcpConfig config;

    TcpSocket(final ShardClient shard, final TcpConfig config) {
        this.shard = shard;
        this.config = config;
    }

    public abstract boolean isOpen();

    /** Brings {@link #options} to who has taken them over, if there is one yet. */
    abstract void applyOptions();

    /** Whatever can fail for want of stack, fails here. */
    final void requireOpen() throws IOException {
        shard.requireRoom();
        SocketErrors.requireRunning(shard);
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    /** Standard and extended options that Linux's sockets support; {@code UnsupportedOperationException} for others. */
    public final <T> void option(final SocketOption<T> name, final T value) throws IOException {
        requireOpen();
        if (!TcpOptionValues.set(options, name, value)) {
            throw new UnsupportedOperationException("'" + name + "' not supported");
        }
        applyOptions();
    }

    @SuppressWarnings("unchecked")
    public final <T> T option(final SocketOption<T> name) throws IOException {
        requireOpen();
        final Object value = TcpOptionValues.get(options, config, name);
        if (value == null) {
            throw new UnsupportedOperationException("'" + name + "' not supported");
        }
        return (T) value;
    }

    /** Sets all options at once, in the core's own form; connections that a listener accepts from now on inherit them. */
    public final void options(final TcpOptions values) throws IOException {
        requireOpen();
        options.copyFrom(values);
        applyOptions();
    }
}
