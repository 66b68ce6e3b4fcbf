package io.holdfast.tcp;

import io.holdfast.buffer.ChunkPool;
import io.holdfast.counters.Counters;
import io.holdfast.util.SeededRandom;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.TcpSegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** The TCP core of one host without a stack around it: a connection table as a list, and a box for what it sends. */
final class Host implements TcpStack.Table, SegmentSink {
    /** A segment on its way, with bytes of its own. */
    record Sent(long atNs, TcpSegment header, byte[] bytes) {
        boolean has(final int flag) {
            return header.has(flag);
        }

        int length() {
            return bytes.length;
        }

        @Override
        public String toString() {
            final StringBuilder text = new StringBuilder().append(atNs / 1_000).append("us ");
            final String names = "FSRPA";
            final int[] bits = {TcpSegment.FIN, TcpSegment.SYN, TcpSegment.RST, TcpSegment.PSH, TcpSegment.ACK};
            for (int i = 0; i < bits.length; i++) {
                if (has(bits[i])) {
                    text.append(names.charAt(i));
                }
            }
            text.append(" seq=").append(Integer.toUnsignedString(header.seq)).append(" len=").append(bytes.length)
                .append(" ack=").append(Integer.toUnsignedString(header.ack)).append(" win=").append(header.window);
            for (int i = 0; i < header.sackCount; i++) {
                text.append(" sack=").append(header.sackStart[i]).append('-').append(header.sackEnd[i]);
            }
            return text.toString();
        }
    }

    final TcpConfig config = new TcpConfig();
    final Counters counters = new Counters();
    final IpAddress address;
    final TcpStack tcp;
    final List<TcpConnection> connections = new ArrayList<>();
    final List<Sent> box = new ArrayList<>();
    TcpListener listener;
    int mtu = 1_500;
    boolean segmentation;
    long nowNs;

    Host(final int v4, final long seed) {
        address = IpAddress.ofV4(v4);
        tcp = new TcpStack(config, new ChunkPool(256 << 20), counters, new SeededRandom(seed), this);
    }

    @Override
    public boolean add(final TcpConnection connection) {
        connections.add(connection);
        return true;
    }

    @Override
    public void onAcceptable(final TcpListener acceptable) {
    }

    @Override
    public int pathMtu(final IpAddress remote) {
        return mtu;
    }

    @Override
    public boolean isListened(final ConnectionId id) {
        return listener != null;
    }

    @Override
    public boolean segmentation() {
        return segmentation;
    }

    @Override
    public void onWork(final TcpConnection connection) {
    }

    @Override
    public boolean transmit(final OutboundSegment segment) {
        final int size = segment.segmentSize == 0 ? Math.max(1, segment.length) : segment.segmentSize;
        int at = 0;
        do {
            final int n = Math.min(size, segment.length - at);
            final byte[] bytes = new byte[n];
            if (n > 0) {
                segment.payload.copy(segment.position + at, ByteBuffer.wrap(bytes), n);
            }
            final TcpSegment copy = copy(segment.header);
            copy.seq += at;
            at += n;
            if (at < segment.length) {
                copy.flags &= ~(TcpSegment.FIN | TcpSegment.PSH);
            }
            box.add(new Sent(nowNs, copy, bytes));
        } while (at < segment.length);
        return true;
    }

    static TcpSegment copy(final TcpSegment s) {
        final TcpSegment c = new TcpSegment();
        c.sourcePort = s.sourcePort;
        c.destinationPort = s.destinationPort;
        c.seq = s.seq;
        c.ack = s.ack;
        c.flags = s.flags;
        c.window = s.window;
        c.mss = s.mss;
        c.windowScale = s.windowScale;
        c.sackPermitted = s.sackPermitted;
        c.timestamps = s.timestamps;
        c.tsVal = s.tsVal;
        c.tsEcr = s.tsEcr;
        c.sackCount = s.sackCount;
        System.arraycopy(s.sackStart, 0, c.sackStart, 0, s.sackCount);
        System.arraycopy(s.sackEnd, 0, c.sackEnd, 0, s.sackCount);
        return c;
    }

    /** Delivers a segment from {@code remote} as the demultiplexer would. */
    void deliver(final IpAddress remote, final TcpSegment header, final byte[] bytes) {
        final TcpSegment segment = copy(header);
        segment.payload = new UnsafeBuffer(bytes);
        segment.payloadLength = bytes.length;
        for (final TcpConnection connection : List.copyOf(connections)) {
            final ConnectionId id = connection.id();
            if (id.localPort() == segment.destinationPort && id.remotePort() == segment.sourcePort
                && id.remoteAddress().equals(remote)) {
                connection.onSegment(segment, nowNs);
                if ((connection.pendingEvents() & TcpConnection.RECYCLED) != 0) {
                    listener.startAbove(connection.nextSequence());
                    connections.remove(connection);
                    break;
                }
                flush();
                return;
            }
        }
        if (listener != null && listener.port() == segment.destinationPort) {
            listener.onSegment(address, remote, segment, this, nowNs);
        } else {
            tcp.onStray(address, remote, segment, this, nowNs);
        }
        flush();
    }

    /** Lets every connection send, and drops the closed ones. */
    void flush() {
        for (final TcpConnection connection : List.copyOf(connections)) {
            if (connection.transmitPending()) {
                connection.pollTransmit(nowNs, this, 1 << 20);
            }
            if ((connection.pendingEvents() & TcpConnection.CLOSED) != 0) {
                connections.remove(connection);
            }
        }
    }

    void fire() {
        for (final TcpConnection connection : List.copyOf(connections)) {
            if (connection.nextDeadlineNs() <= nowNs) {
                connection.onTimer(nowNs);
            }
        }
        flush();
    }

    long nextDeadlineNs() {
        long earliest = Long.MAX_VALUE;
        for (final TcpConnection connection : connections) {
            earliest = Math.min(earliest, connection.nextDeadlineNs());
        }
        return earliest;
    }
}
