package io.holdfast.nio;

import io.holdfast.socket.NativeOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.Set;

/** A channel seen as a socket; see {@link SocketChannel#socket()}. Its two streams do not share a lock. */
final class ChannelSocket extends Socket {
    private final HybridSocketChannel channel;
    private final AdaptorOptions options;

    private ChannelSocket(final HybridSocketChannel channel) throws SocketException {
        super((SocketImpl) null);
        this.channel = channel;
        options = new AdaptorOptions(channel);
    }

    static Socket of(final HybridSocketChannel channel) {
        try {
            return new ChannelSocket(channel);
        } catch (final SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void connect(final SocketAddress remote) throws IOException {
        connect(remote, 0);
    }

    @Override
    public void connect(final SocketAddress remote, final int timeout) throws IOException {
        if (remote == null) {
            throw new IllegalArgumentException("connect: The address can't be null");
        }
        if (timeout < 0) {
            throw new IllegalArgumentException("connect: timeout can't be negative");
        }
        if (remote instanceof InetSocketAddress inet && inet.isUnresolved()) {
            options.requireOpen();
            close();
            throw new UnknownHostException(inet.getHostString());
        }
        channel.requireBlocking();
        try {
            channel.connect(Addresses.remote(remote), timeout == 0 ? -1 : timeout * 1_000_000L);
        } catch (final IOException | RuntimeException e) {
            throw Errors.socket(e);
        }
    }

    @Override
    public void bind(final SocketAddress local) throws IOException {
        try {
            channel.bind(local);
        } catch (final IOException | RuntimeException e) {
            throw Errors.socket(e);
        }
    }

    private InetSocketAddress remote() {
        return AdaptorOptions.address(channel::remote);
    }

    private InetSocketAddress local() {
        return AdaptorOptions.address(channel::local);
    }

    @Override
    public InetAddress getInetAddress() {
        final InetSocketAddress remote = remote();
        return remote == null ? null : remote.getAddress();
    }

    @Override
    public InetAddress getLocalAddress() {
        final InetSocketAddress local = channel.isOpen() ? local() : null;
        return local == null ? new InetSocketAddress(0).getAddress() : local.getAddress();
    }

    @Override
    public int getPort() {
        final InetSocketAddress remote = remote();
        return remote == null ? 0 : remote.getPort();
    }

    @Override
    public int getLocalPort() {
        return AdaptorOptions.port(local());
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return remote();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return local();
    }

    @Override
    public SocketChannel getChannel() {
        return channel;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        requireConnected();
        if (isInputShutdown()) {
            throw new SocketException("Socket input is shutdown");
        }
        return new Input();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        requireConnected();
        if (isOutputShutdown()) {
            throw new SocketException("Socket output is shutdown");
        }
        return new Output();
    }

    private void requireConnected() throws SocketException {
        options.requireOpen();
        if (!channel.isConnected()) {
            throw new SocketException("Socket is not connected");
        }
    }

    @Override
    public void setTcpNoDelay(final boolean on) throws SocketException {
        options.set(StandardSocketOptions.TCP_NODELAY, on);
    }

    @Override
    public boolean getTcpNoDelay() throws SocketException {
        return options.value(StandardSocketOptions.TCP_NODELAY);
    }

    @Override
    public void setSoLinger(final boolean on, final int lingerSeconds) throws SocketException {
        if (on && lingerSeconds < 0) {
            throw new IllegalArgumentException("invalid value for SO_LINGER");
        }
        options.set(StandardSocketOptions.SO_LINGER, on ? lingerSeconds : -1);
    }

    @Override
    public int getSoLinger() throws SocketException {
        return options.value(StandardSocketOptions.SO_LINGER);
    }

    @Override
    public void sendUrgentData(final int data) throws IOException {
        requireConnected();
        if (channel.kernelChannel() instanceof SocketChannel kernel) {
            kernel.socket().sendUrgentData(data);
        } else if (channel.write(ByteBuffer.wrap(new byte[] {(byte) data})) == 0) {
            // A byte of the stream like any other: the stack has no urgent data.
            throw new IOException("Socket buffer full");
        }
    }

    @Override
    public void setOOBInline(final boolean on) throws SocketException {
        options.requireOpen();
        options.set(urgentInline(), on);
    }

    @Override
    public boolean getOOBInline() throws SocketException {
        options.requireOpen();
        return options.value(urgentInline());
    }

    /** The JDK has no public name for it. */
    @SuppressWarnings("unchecked")
    private SocketOption<Boolean> urgentInline() throws SocketException {
        for (final SocketOption<?> option : channel.supportedOptions()) {
            if (option.name().equals(NativeOptions.SO_OOBINLINE.name())) {
                return (SocketOption<Boolean>) option;
            }
        }
        throw new SocketException("SO_OOBINLINE not supported");
    }

    @Override
    public void setSoTimeout(final int timeout) throws SocketException {
        options.timeoutMs(timeout);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return options.openTimeoutMs();
    }

    @Override
    public void setSendBufferSize(final int size) throws SocketException {
        if (size <= 0) {
            throw new IllegalArgumentException("Invalid send size");
        }
        options.set(StandardSocketOptions.SO_SNDBUF, size);
    }

    @Override
    public int getSendBufferSize() throws SocketException {
        return options.value(StandardSocketOptions.SO_SNDBUF);
    }

    @Override
    public void setReceiveBufferSize(final int size) throws SocketException {
        if (size <= 0) {
            throw new IllegalArgumentException("Invalid receive size");
        }
        options.set(StandardSocketOptions.SO_RCVBUF, size);
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return options.value(StandardSocketOptions.SO_RCVBUF);
    }

    @Override
    public void setKeepAlive(final boolean on) throws SocketException {
        options.set(StandardSocketOptions.SO_KEEPALIVE, on);
    }

    @Override
    public boolean getKeepAlive() throws SocketException {
        return options.value(StandardSocketOptions.SO_KEEPALIVE);
    }

    @Override
    public void setTrafficClass(final int trafficClass) throws SocketException {
        options.set(StandardSocketOptions.IP_TOS, trafficClass);
    }

    @Override
    public int getTrafficClass() throws SocketException {
        return options.value(StandardSocketOptions.IP_TOS);
    }

    @Override
    public void setReuseAddress(final boolean on) throws SocketException {
        options.set(StandardSocketOptions.SO_REUSEADDR, on);
    }

    @Override
    public boolean getReuseAddress() throws SocketException {
        return options.value(StandardSocketOptions.SO_REUSEADDR);
    }

    @Override
    public void setPerformancePreferences(final int connectionTime, final int latency, final int bandwidth) {
        // Nothing to prefer.
    }

    @Override
    public <T> Socket setOption(final SocketOption<T> name, final T value) throws IOException {
        channel.setOption(Objects.requireNonNull(name), value);
        return this;
    }

    @Override
    public <T> T getOption(final SocketOption<T> name) throws IOException {
        return channel.getOption(Objects.requireNonNull(name));
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return channel.supportedOptions();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public void shutdownInput() throws IOException {
        try {
            channel.shutdownInput();
        } catch (final IOException | RuntimeException e) {
            throw Errors.socket(e);
        }
    }

    @Override
    public void shutdownOutput() throws IOException {
        try {
            channel.shutdownOutput();
        } catch (final IOException | RuntimeException e) {
            throw Errors.socket(e);
        }
    }

    @Override
    public boolean isConnected() {
        return channel.isConnected();
    }

    @Override
    public boolean isBound() {
        return local() != null;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public boolean isInputShutdown() {
        return channel.isInputShut();
    }

    @Override
    public boolean isOutputShutdown() {
        return channel.isOutputShut();
    }

    @Override
    public String toString() {
        return isConnected()
            ? "Socket[addr=" + getInetAddress() + ",port=" + getPort() + ",localport=" + getLocalPort() + "]"
            : "Socket[unconnected]";
    }

    /** Blocks with the socket's timeout. */
    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            final byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(final byte[] dst, final int offset, final int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, dst.length);
            if (length == 0) {
                return 0;
            }
            return channel.adaptorRead(dst, offset, length, options.timeoutMs());
        }

        @Override
        public int available() throws IOException {
            return channel.available();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(final int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(final byte[] src, final int offset, final int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, src.length);
            if (length > 0) {
                channel.adaptorWrite(src, offset, length);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
