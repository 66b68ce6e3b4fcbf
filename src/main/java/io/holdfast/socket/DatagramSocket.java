package io.holdfast.socket;

import io.holdfast.stack.ShardClient;
import io.holdfast.udp.Datagram;
import io.holdfast.udp.UdpError;
import io.holdfast.udp.UdpLayer;
import io.holdfast.udp.UdpSocket;
import io.holdfast.wire.IpAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

/** A UDP socket. Any thread; one receives at a time. */
public final class DatagramSocket implements StackSocket {
    /** Linux's wmem_default, which has no meaning here: a datagram is sent at once or not at all. */
    private static final int SEND_BUFFER_BYTES = 212_992;

    private final HoldfastStack stack;
    private final ShardClient shard;
    private final UdpSocket udp;
    private final WaiterSlot readers;
    private final WaiterSlot writers;
    private final Datagram received = new Datagram();
    private volatile ReadinessListener listener;
    private volatile boolean closed;
    private boolean reuseAddress;
    private int sendBufferBytes = SEND_BUFFER_BYTES;

    DatagramSocket(final HoldfastStack stack) {
        this.stack = stack;
        shard = stack.shard();
        readers = new WaiterSlot(shard);
        writers = new WaiterSlot(shard);
        udp = shard.datagrams().open(this::onReadable);
    }

    private void onReadable() {
        tell(Readiness.READ);
    }

    @Override
    public void onStackStopped() {
        writers.wake();
        tell(Readiness.READ | Readiness.WRITE | Readiness.ERROR | Readiness.HANG_UP);
    }

    private void tell(final int bits) {
        readers.wake();
        final ReadinessListener told = listener;
        if (told != null) {
            told.onReady(bits);
        }
    }

    public void bind(final InetSocketAddress local) throws IOException {
        requireOpen();
        if (udp.localPort() != 0) {
            throw new SocketException("Invalid argument");
        }
        final IpAddress address = local == null ? IpAddress.ANY : SocketErrors.address(local);
        check(shard.datagrams().bind(udp, address, local == null ? 0 : local.getPort(), reuseAddress));
    }

    /** Fixes the peer; null dissolves. */
    public void connect(final InetSocketAddress remote) throws IOException {
        requireOpen();
        check(remote == null ? shard.datagrams().connect(udp, null, 0)
            : shard.datagrams().connect(udp, SocketErrors.address(remote), remote.getPort()));
    }

    /** Takes one datagram; what does not fit is lost. Returns its source, or null if there is none. */
    public InetSocketAddress receive(final ByteBuffer dst) throws IOException {
        requireOpen();
        check(udp.takeError());
        if (!udp.receive(dst, received)) {
            return null;
        }
        return SocketErrors.socketAddress(new IpAddress(received.sourceHi, received.sourceLo), received.sourcePort);
    }

    /** Bytes sent; 0 if the device is full. {@code remote} null: the connected peer. */
    public int send(final ByteBuffer src, final InetSocketAddress remote) throws IOException {
        requireOpen();
        check(udp.takeError());
        final int n = shard.datagrams().send(udp, src, remote == null ? null : SocketErrors.address(remote),
            remote == null ? 0 : remote.getPort());
        if (n < -1) {
            check(UdpLayer.errorOf(n));
        }
        return Math.max(n, 0);
    }

    private void check(final UdpError error) throws IOException {
        if (error == null) {
            return;
        }
        throw switch (error) {
            case CONNECTION_REFUSED -> new PortUnreachableException();
            case HOST_UNREACHABLE -> new NoRouteToHostException(error.message());
            case ADDRESS_IN_USE, ADDRESS_NOT_AVAILABLE -> new BindException(error.message());
            case CLOSED -> new ClosedChannelException();
            default -> new SocketException(error.message());
        };
    }

    public int readiness() {
        return closed ? Readiness.HANG_UP
            : shard.isStopped() ? Readiness.READ | Readiness.WRITE | Readiness.ERROR | Readiness.HANG_UP : Readiness.WRITE | (udp.readable() ? Readiness.READ : 0);
    }

    public void readinessListener(final ReadinessListener value) {
        listener = value;
    }

    /** As {@link StreamSocket#await}. */
    public int await(final int interest, final long timeoutNs) {
        shard.requireRoom();
        return ((interest & Readiness.WRITE) != 0 ? writers : readers)
            .await(mask -> readiness() & mask, interest | Readiness.HANG_UP, timeoutNs);
    }

    public <T> void option(final SocketOption<T> name, final T value) throws IOException {
        requireOpen();
        if (name == StandardSocketOptions.SO_RCVBUF) {
            udp.receiveBuffer((Integer) value);
        } else if (name == StandardSocketOptions.SO_SNDBUF) {
            sendBufferBytes = (Integer) value;
        } else if (name == StandardSocketOptions.SO_BROADCAST) {
            udp.broadcast((Boolean) value);
        } else if (name == StandardSocketOptions.SO_REUSEADDR) {
            reuseAddress = (Boolean) value;
        } else if (name == StandardSocketOptions.IP_TOS) {
            udp.trafficClass((Integer) value);
        } else if (name == NativeOptions.IP_TTL) {
            udp.hopLimit((Integer) value);
        } else {
            throw new UnsupportedOperationException("'" + name + "' not supported");
        }
    }

    @SuppressWarnings("unchecked")
    public <T> T option(final SocketOption<T> name) throws IOException {
        requireOpen();
        final Object value;
        if (name == StandardSocketOptions.SO_RCVBUF) {
            value = udp.receiveBuffer();
        } else if (name == StandardSocketOptions.SO_SNDBUF) {
            value = sendBufferBytes;
        } else if (name == StandardSocketOptions.SO_BROADCAST) {
            value = udp.broadcast();
        } else if (name == StandardSocketOptions.SO_REUSEADDR) {
            value = reuseAddress;
        } else if (name == StandardSocketOptions.IP_TOS) {
            value = udp.trafficClass();
        } else if (name == NativeOptions.IP_TTL) {
            value = udp.hopLimit();
        } else {
            throw new UnsupportedOperationException("'" + name + "' not supported");
        }
        return (T) value;
    }

    /** null if not bound. */
    public InetSocketAddress localAddress() {
        return udp.localPort() == 0 ? null : SocketErrors.socketAddress(udp.localAddress(), udp.localPort());
    }

    /** null if not connected. */
    public InetSocketAddress remoteAddress() {
        final IpAddress remote = udp.remoteAddress();
        return remote == null ? null : SocketErrors.socketAddress(remote, udp.remotePort());
    }

    public boolean isOpen() {
        return !closed;
    }

    private void requireOpen() throws IOException {
        shard.requireRoom();
        stack.requireRunning();
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public void close() {
        shard.requireRoom();
        if (!closed) {
            closed = true;
            shard.datagrams().close(udp);
            writers.wake();
            tell(Readiness.HANG_UP);
            stack.forget(this);
        }
    }
}
