package io.holdfast.stack;

import io.holdfast.counters.Counters;
import io.holdfast.counters.StackCounter;
import io.holdfast.ip.IpPacket;
import io.holdfast.tcp.TcpConnection;
import io.holdfast.tcp.TcpStack;
import io.holdfast.wire.Checksum;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.IpProtocol;
import io.holdfast.wire.TcpCodec;
import io.holdfast.wire.TcpSegment;

/** Gives arriving segments to their connection, or listener, or to the stack's answer to strays. With the baton only. */
final class Demultiplexer {
    private final ConnectionSet connections;
    private final TcpStack tcp;
    private final Transmitter transmitter;
    private final Counters counters;
    private final TcpSegment segment = new TcpSegment();
    private HeardStrays heardStrays;

    Demultiplexer(final ConnectionSet connections, final TcpStack tcp, final Transmitter transmitter,
        final Counters counters) {
        this.connections = connections;
        this.tcp = tcp;
        this.transmitter = transmitter;
        this.counters = counters;
    }

    /**
     * What comes was heard while another host had the address, and who judges segments without a connection first; null for the
     * end of it.
     */
    void heardStrays(final HeardStrays judge) {
        heardStrays = judge;
        tcp.hearsay(judge != null);
    }

    void onTcpPacket(final IpPacket packet, final long nowNs) {
        if (packet.toGroup) {
            counters.increment(StackCounter.TCP_TO_GROUP);
            return;
        }
        if (!TcpCodec.decode(packet.buffer, packet.offset, packet.length, segment)) {
            counters.increment(StackCounter.TCP_TOO_SHORT);
            return;
        }
        if (!packet.checksumValid && !checksumMatches(packet)) {
            counters.increment(StackCounter.TCP_CHECKSUM);
            return;
        }
        segment.trafficClass = packet.trafficClass;
        if (packet.gsoSize > 0 && segment.payloadLength > packet.gsoSize) {
            segment.wireSegments = (segment.payloadLength + packet.gsoSize - 1) / packet.gsoSize;
        }
        final Endpoint endpoint = connections.table.find(packet.destinationHi, packet.destinationLo,
            segment.destinationPort, packet.sourceHi, packet.sourceLo, segment.sourcePort);
        if (endpoint == null) {
            onUnclaimed(packet, nowNs);
            return;
        }
        final TcpConnection connection = endpoint.connection();
        try {
            connection.onSegment(segment, nowNs);
        } catch (final RuntimeException e) {
            connections.fail(endpoint, e);
            return;
        }
        if (connections.recycled(endpoint)) {
            startAbove(packet, endpoint.connection().nextSequence());
            onUnclaimed(packet, nowNs);
        } else {
            connections.touch(endpoint);
        }
    }

    /** The connection in the place of one in TIME_WAIT must not use sequence numbers that one used (RFC 6191 2). */
    private void startAbove(final IpPacket packet, final int nextSequence) {
        final ListenerEntry entry = connections.listeners.find(packet.destinationHi, packet.destinationLo,
            segment.destinationPort);
        if (entry != null) {
            entry.listener.startAbove(nextSequence);
        }
    }

    private void onUnclaimed(final IpPacket packet, final long nowNs) {
        if (heardStrays != null && heardStrays.silences(packet, segment)) {
            return;
        }
        final IpAddress local = new IpAddress(packet.destinationHi, packet.destinationLo);
        final IpAddress remote = new IpAddress(packet.sourceHi, packet.sourceLo);
        final ListenerEntry entry = connections.listeners.find(local.hi(), local.lo(), segment.destinationPort);
        if (entry != null) {
            entry.listener.onSegment(local, remote, segment, transmitter, nowNs);
        } else if (connections.replication.answersStrays(nowNs)) {
            tcp.onStray(local, remote, segment, transmitter, nowNs);
        }
    }

    private static boolean checksumMatches(final IpPacket packet) {
        final long sum = Checksum.pseudoHeader(packet.sourceHi, packet.sourceLo, packet.destinationHi,
            packet.destinationLo, IpProtocol.TCP, packet.length);
        return Checksum.finish(Checksum.add(sum, packet.buffer, packet.offset, packet.length)) == 0;
    }
}
