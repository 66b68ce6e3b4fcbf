package io.holdfast.udp;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.holdfast.counters.Counters;
import io.holdfast.counters.UdpCounter;
import io.holdfast.ip.IpLayer;
import io.holdfast.ip.IpPacket;
import io.holdfast.ip.PacketHandler;
import io.holdfast.link.OutboundFrame;
import io.holdfast.util.RandomSource;
import io.holdfast.wire.Checksum;
import io.holdfast.wire.IcmpHeader;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.IpProtocol;
import io.holdfast.wire.UdpHeader;
import java.nio.ByteBuffer;

/**
 * UDP (RFC 768, RFC 1122 4.1): the datagram sockets of one shard, demultiplexing and sending. IP gives it the packets of protocol
 * 17, and ICMP the errors that quote one. Shard's thread only.
 */
public final class UdpLayer implements PacketHandler {
    /** Largest payload in one IPv4 packet. */
    public static final int MAX_PAYLOAD_BYTES = 65_535 - 20 - UdpHeader.BYTES;

    private static final UdpError[] ERRORS = UdpError.values();

    /** Tells the sender of a datagram that no socket is bound to the port; usually by ICMP. */
    public interface Unreachable {
        void onPortUnreachable(IpPacket packet, long nowNs);
    }

    private final IpLayer ip;
    private final Counters counters;
    private final UdpPorts ports;
    private final Unreachable unreachable;
    private final UdpHeader header = new UdpHeader();
    private final OutboundFrame frame = new OutboundFrame();

    /**
     * @param random chooses ports
     */
    public UdpLayer(
        final IpLayer ip, final Counters counters, final RandomSource random, final Unreachable unreachable) {
        this.ip = ip;
        this.counters = counters;
        this.unreachable = unreachable;
        ports = new UdpPorts(random);
    }

    // --- sockets -----------------------------------------------------------------------------------------------

    /** A new socket, not bound. Any thread; it costs the layer nothing until it is bound. */
    public UdpSocket open(final UdpSocket.Listener listener) {
        return new UdpSocket(listener);
    }

    /**
     * Binds a socket that is not bound yet.
     *
     * @param address an address of ours, or {@link IpAddress#ANY}
     * @param port    0 to have one chosen
     * @param reuse   others that asked for the same may share the port (SO_REUSEADDR)
     * @return null if bound, or the error
     */
    public UdpError bind(final UdpSocket socket, final IpAddress address, final int port, final boolean reuse) {
        if (socket.closed) {
            return UdpError.CLOSED;
        }
        if (!address.isAny() && !ip.owns(address.hi(), address.lo())) {
            return UdpError.ADDRESS_NOT_AVAILABLE;
        }
        final IpAddress local = address.isAny() ? IpAddress.ANY : address;
        socket.boundAddress = local;
        socket.localAddress = local;
        socket.reuseAddress = reuse;
        final UdpError error = ports.add(socket, port);
        if (error != null) {
            counters.increment(UdpCounter.SOCKETS_FULL);
        }
        return error;
    }

    /** Fixes the peer, binding the socket first if it is not bound. Returns null on success, or the error. */
    public UdpError connect(final UdpSocket socket, final IpAddress remote, final int port) {
        if (socket.closed) {
            return UdpError.CLOSED;
        }
        final IpAddress source = ip.selectSource(remote.hi(), remote.lo());
        if (source == null) {
            return UdpError.NETWORK_UNREACHABLE;
        }
        if (socket.localPort == 0) {
            final UdpError error = bind(socket, IpAddress.ANY, 0, false);
            if (error != null) {
                return error;
            }
        }
        if (socket.boundAddress.isAny()) {
            socket.localAddress = source;
        }
        socket.remotePort = port;
        socket.remoteAddress = remote;
        return null;
    }

    /** Dissolves the association with the peer; the socket stays bound. */
    public void disconnect(final UdpSocket socket) {
        socket.remoteAddress = null;
        socket.remotePort = 0;
        socket.localAddress = socket.boundAddress;
    }

    /** Ends the socket's reception; queued datagrams may still be read. */
    public void close(final UdpSocket socket) {
        if (!socket.closed) {
            socket.closed = true;
            ports.remove(socket);
        }
    }

    // --- sending -----------------------------------------------------------------------------------------------

    /**
     * Sends one datagram, binding the socket first if need be. {@code payload} is read from position to limit, and its
     * position moved if the datagram was sent.
     *
     * @param remote null for the connected peer
     * @return the payload's length; -1 if the device was full; below that, {@code -2 - ordinal} of a {@link UdpError},
     *     see {@link #errorOf}
     */
    public int send(
        final UdpSocket socket,
        final ByteBuffer payload,
        final IpAddress remote,
        final int remotePort,
        final long nowNs) {
        final IpAddress to = remote == null ? socket.remoteAddress : remote;
        final int port = remote == null ? socket.remotePort : remotePort;
        final int length = payload.remaining();
        final UdpError error = to == null ? UdpError.NO_DESTINATION : check(socket, to, length);
        if (error != null) {
            counters.increment(UdpCounter.OUT_REFUSED);
            return -2 - error.ordinal();
        }
        long sourceHi = socket.localAddress.hi();
        long sourceLo = socket.localAddress.lo();
        if (IpAddress.isAny(sourceHi, sourceLo)) {
            final IpAddress source = ip.selectSource(to.hi(), to.lo());
            if (source == null) {
                counters.increment(UdpCounter.OUT_REFUSED);
                return -2 - UdpError.NETWORK_UNREACHABLE.ordinal();
            }
            sourceHi = source.hi();
            sourceLo = source.lo();
        }
        final int udpLength = UdpHeader.BYTES + length;
        final long pseudo = Checksum.pseudoHeader(sourceHi, sourceLo, to.hi(), to.lo(), IpProtocol.UDP, udpLength);
        frame.clear();
        UdpHeader.write(frame.buffer, frame.start, socket.localPort, port, udpLength, Checksum.fold(pseudo));
        frame.buffer.putBytes(frame.start + UdpHeader.BYTES, payload, payload.position(), length);
        frame.end = frame.start + udpLength;
        frame.checksumStart = frame.start;
        frame.checksumOffset = UdpHeader.CHECKSUM_OFFSET;
        if (!ip.send(frame, sourceHi, sourceLo, to.hi(), to.lo(), IpProtocol.UDP, socket.trafficClass(),
            socket.hopLimit(), false, nowNs)) {
            counters.increment(UdpCounter.OUT_DEVICE_FULL);
            return -1;
        }
        counters.increment(UdpCounter.OUT_DATAGRAMS);
        payload.position(payload.position() + length);
        return length;
    }

    /** Returns the error that a result of {@link #send} below -1 stands for. */
    public static UdpError errorOf(final int result) {
        return ERRORS[-2 - result];
    }

    private UdpError check(final UdpSocket socket, final IpAddress to, final int length) {
        if (socket.closed) {
            return UdpError.CLOSED;
        }
        if (length > MAX_PAYLOAD_BYTES) {
            return UdpError.MESSAGE_TOO_LONG;
        }
        if (!socket.broadcast() && ip.isBroadcast(to.hi(), to.lo())) {
            return UdpError.BROADCAST_NOT_ALLOWED;
        }
        return socket.localPort == 0 ? bind(socket, socket.boundAddress, 0, false) : null;
    }

    // --- receiving ---------------------------------------------------------------------------------------------

    /** A packet of protocol UDP. */
    @Override
    public void onPacket(final IpPacket packet, final long nowNs) {
        if (!header.wrap(packet.buffer, packet.offset, packet.length)) {
            counters.increment(UdpCounter.IN_MALFORMED);
            return;
        }
        final int length = header.length();
        if (header.checksum() != 0 && !packet.checksumValid) {
            final long pseudo = Checksum.pseudoHeader(packet.sourceHi, packet.sourceLo, packet.destinationHi,
                packet.destinationLo, IpProtocol.UDP, length);
            if (Checksum.finish(Checksum.add(pseudo, packet.buffer, packet.offset, length)) != 0) {
                counters.increment(UdpCounter.IN_BAD_CHECKSUM);
                return;
            }
        }
        final int sourcePort = header.sourcePort();
        final int port = header.destinationPort();
        if (packet.toGroup) {
            toGroup(packet, sourcePort, port, length);
            return;
        }
        final UdpSocket socket = ports.find(packet.destinationHi, packet.destinationLo, port, packet.sourceHi,
            packet.sourceLo, sourcePort);
        if (socket == null) {
            counters.increment(UdpCounter.NO_PORTS);
            unreachable.onPortUnreachable(packet, nowNs);
        } else {
            deliver(socket, packet, sourcePort, length);
        }
    }

    /** Every socket that would take it gets a copy (RFC 1122 4.1.3.3). */
    private void toGroup(final IpPacket packet, final int sourcePort, final int port, final int length) {
        boolean taken = false;
        for (UdpSocket socket = ports.first(port); socket != null; socket = socket.next) {
            if (UdpPorts.score(socket, packet.destinationHi, packet.destinationLo, packet.sourceHi, packet.sourceLo,
                sourcePort) >= 0) {
                taken = true;
                deliver(socket, packet, sourcePort, length);
            }
        }
        if (!taken) {
            counters.increment(UdpCounter.NO_PORTS_GROUP);
        }
    }

    private void deliver(final UdpSocket socket, final IpPacket packet, final int sourcePort, final int length) {
        if (socket.queue.offer(packet.sourceHi, packet.sourceLo, sourcePort, packet.destinationHi, packet.destinationLo,
            packet.buffer, packet.offset + UdpHeader.BYTES, length - UdpHeader.BYTES)) {
            counters.increment(UdpCounter.IN_DATAGRAMS);
            socket.onQueued();
        } else {
            counters.increment(UdpCounter.IN_QUEUE_FULL);
        }
    }

    /**
     * Handles an ICMP error that quotes a datagram, or a datagram that could not be sent. Only connected sockets get the error
     * (RFC 1122 4.1.3.3 by way of the sockets API).
     */
    public void onError(
        final int type,
        final int code,
        final long localHi,
        final long localLo,
        final long remoteHi,
        final long remoteLo,
        final int localPort,
        final int remotePort) {
        final UdpSocket socket = ports.find(localHi, localLo, localPort, remoteHi, remoteLo, remotePort);
        if (socket == null || socket.remoteAddress == null) {
            counters.increment(UdpCounter.IN_ICMP_UNMATCHED);
            return;
        }
        counters.increment(UdpCounter.IN_ICMP_ERRORS);
        // Datagrams are sent without DF, so that "fragmentation needed" can only be a forgery.
        if (type != IcmpHeader.UNREACHABLE || code == IcmpHeader.FRAGMENTATION_NEEDED) {
            return;
        }
        switch (code) {
            case IcmpHeader.NET_UNREACHABLE:
                socket.fail(UdpError.NETWORK_UNREACHABLE);
                break;
            case IcmpHeader.PORT_UNREACHABLE:
            case IcmpHeader.PROTOCOL_UNREACHABLE:
                socket.fail(UdpError.CONNECTION_REFUSED);
                break;
            default:
                socket.fail(UdpError.HOST_UNREACHABLE);
                break;
        }
    }
}
