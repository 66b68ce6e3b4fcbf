package io.holdfast.stack;

import io.holdfast.counters.Counters;
import io.holdfast.counters.StackCounter;
import io.holdfast.icmp.IcmpErrorHandler;
import io.holdfast.ip.IpLayer;
import io.holdfast.tcp.TcpError;
import io.holdfast.udp.UdpLayer;
import io.holdfast.wire.IcmpHeader;
import io.holdfast.wire.IpProtocol;

/**
 * Judges ICMP errors (RFC 5927): one that quotes a TCP segment must name a connection there is and a sequence number
 * that it has in flight; it then lowers the path MTU, ends a handshake, or is remembered as the reason should the
 * connection time out. As in Linux, any unreachable ends a handshake. With the baton only.
 */
final class IcmpErrors implements IcmpErrorHandler {
    private final IpLayer ip;
    private final ConnectionSet connections;
    private final Counters counters;
    private UdpLayer udp;

    IcmpErrors(final IpLayer ip, final ConnectionSet connections, final Counters counters) {
        this.ip = ip;
        this.connections = connections;
        this.counters = counters;
    }

    void udp(final UdpLayer layer) {
        udp = layer;
    }

    @Override
    public void onError(final int type, final int code, final int nextHopMtu, final int protocol, final long localHi,
        final long localLo, final long remoteHi, final long remoteLo, final int localPort, final int remotePort,
        final int quotedSeq, final int quotedLength, final boolean local, final long nowNs) {
        if (protocol == IpProtocol.UDP) {
            udp.onError(type, code, localHi, localLo, remoteHi, remoteLo, localPort, remotePort);
            return;
        }
        final Endpoint endpoint = protocol == IpProtocol.TCP
            ? connections.table.find(localHi, localLo, localPort, remoteHi, remoteLo, remotePort) : null;
        if (endpoint == null || !endpoint.connection().path().mayQuote(quotedSeq)) {
            counters.increment(StackCounter.ICMP_ERRORS_UNMATCHED);
            return;
        }
        counters.increment(StackCounter.ICMP_ERRORS_TAKEN);
        if (type == IcmpHeader.UNREACHABLE && code == IcmpHeader.FRAGMENTATION_NEEDED) {
            final int mtu = local ? nextHopMtu : ip.lowerPathMtu(remoteHi, remoteLo, nextHopMtu, quotedLength, nowNs);
            endpoint.connection().path().onPathMtu(mtu, nowNs);
        } else {
            endpoint.connection().path().onIcmpError(error(type, code), true, quotedSeq);
        }
        connections.touch(endpoint);
    }

    private static TcpError error(final int type, final int code) {
        if (type != IcmpHeader.UNREACHABLE) {
            return TcpError.HOST_UNREACHABLE;
        }
        return switch (code) {
            // Network unreachable, unknown, prohibited, or not for this type of service.
            case 0, 6, 9, 11 -> TcpError.NETWORK_UNREACHABLE;
            case IcmpHeader.PROTOCOL_UNREACHABLE -> TcpError.PROTOCOL_UNREACHABLE;
            case IcmpHeader.PORT_UNREACHABLE -> TcpError.CONNECTION_REFUSED;
            default -> TcpError.HOST_UNREACHABLE;
        };
    }
}
