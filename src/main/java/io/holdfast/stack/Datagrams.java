package io.holdfast.stack;

import io.holdfast.udp.UdpError;
import io.holdfast.udp.UdpLayer;
import io.holdfast.udp.UdpSocket;
import io.holdfast.wire.IpAddress;
import java.nio.ByteBuffer;

/** What datagram sockets ask of their shard. Any thread. */
public final class Datagrams {
    private final Shard shard;
    private final UdpLayer udp;

    Datagrams(final Shard shard, final UdpLayer udp) {
        this.shard = shard;
        this.udp = udp;
    }

    /** A datagram socket, not bound. The listener is told by the thread that runs the shard. */
    public UdpSocket open(final UdpSocket.Listener listener) {
        return udp.open(listener);
    }

    /** null, or what is in the way. */
    public UdpError bind(final UdpSocket socket, final IpAddress address, final int port, final boolean reuse) {
        return shard.call(() -> udp.bind(socket, address, port, reuse));
    }

    /** Fixes the peer; null dissolves. Returns null, or what is in the way. */
    public UdpError connect(final UdpSocket socket, final IpAddress remote, final int port) {
        return shard.call(() -> {
            if (remote == null) {
                udp.disconnect(socket);
                return null;
            }
            return udp.connect(socket, remote, port);
        });
    }

    /** As {@link UdpLayer#send}. */
    public int send(final UdpSocket socket, final ByteBuffer payload, final IpAddress remote, final int port) {
        return shard.call(() -> shard.isClosed() ? -2 - UdpError.CLOSED.ordinal()
            : udp.send(socket, payload, remote, port, shard.lastCycleNs()));
    }

    public void close(final UdpSocket socket) {
        shard.lastCall(() -> udp.close(socket));
    }
}
