package io.holdfast.nio;

import io.holdfast.replay.Choices;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The kernel's stream. Its channel does everything, and closes itself when its thread is interrupted or its connect fails. */
final class KernelStream implements StreamSide {
    private final HybridSocketChannel channel;
    private final SocketChannel kernel;

    KernelStream(final HybridSocketChannel channel, final SocketChannel kernel) {
        this.channel = channel;
        this.kernel = kernel;
    }

    /** After each call that may have closed it. */
    private void follow() throws IOException {
        if (!kernel.isOpen() && channel.isOpen()) {
            channel.close();
        }
    }

    @Override
    public boolean connect(final InetSocketAddress remote, final long timeoutNs) throws IOException {
        try {
            if (timeoutNs < 0) {
                return kernel.connect(remote);
            }
            kernel.socket().connect(remote, (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(timeoutNs)));
            return true;
        } finally {
            follow();
        }
    }

    @Override
    public boolean finishConnect() throws IOException {
        try {
            return kernel.finishConnect();
        } finally {
            follow();
        }
    }

    @Override
    public boolean isConnected() {
        return kernel.isConnected();
    }

    @Override
    public boolean isConnectionPending() {
        return kernel.isConnectionPending();
    }

    @Override
    public int read(final ByteBuffer dst) throws IOException {
        Choices.serving(null);
        try {
            return kernel.read(dst);
        } finally {
            follow();
        }
    }

    @Override
    public long read(final ByteBuffer[] dsts, final int offset, final int length) throws IOException {
        Choices.serving(null);
        try {
            return kernel.read(dsts, offset, length);
        } finally {
            follow();
        }
    }

    @Override
    public int read(final byte[] dst, final int offset, final int length, final int timeoutMs) throws IOException {
        if (!kernel.isOpen()) {
            throw new ClosedChannelException();
        }
        try {
            final Socket socket = kernel.socket();
            socket.setSoTimeout(timeoutMs);
            return socket.getInputStream().read(dst, offset, length);
        } finally {
            follow();
        }
    }

    @Override
    public int write(final ByteBuffer src) throws IOException {
        try {
            return kernel.write(src);
        } finally {
            follow();
        }
    }

    @Override
    public long write(final ByteBuffer[] srcs, final int offset, final int length) throws IOException {
        try {
            return kernel.write(srcs, offset, length);
        } finally {
            follow();
        }
    }

    @Override
    public int available() throws IOException {
        return kernel.socket().getInputStream().available();
    }

    @Override
    public void shutdownInput() throws IOException {
        kernel.shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        kernel.shutdownOutput();
    }

    @Override
    public boolean isInputShut() {
        return kernel.socket().isInputShutdown();
    }

    @Override
    public boolean isOutputShut() {
        return kernel.socket().isOutputShutdown();
    }

    @Override
    public InetSocketAddress remote() throws IOException {
        return (InetSocketAddress) (kernel.isOpen() ? kernel.getRemoteAddress() : kernel.socket().getRemoteSocketAddress());
    }

    @Override
    public InetSocketAddress local() throws IOException {
        return (InetSocketAddress) (kernel.isOpen() ? kernel.getLocalAddress() : kernel.socket().getLocalSocketAddress());
    }

    @Override
    public <T> T option(final SocketOption<T> name) throws IOException {
        return kernel.getOption(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return kernel.supportedOptions();
    }

    @Override
    public SocketChannel kernel() {
        return kernel;
    }
}
