package io.holdfast.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.wire.IpAddress;
import io.holdfast.wire.TcpSegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A peer made of single packets: what a test injects, and what the core answers. Sequence numbers are relative: its own
 * SYN is 0, and so is the core's. Time moves only when told to.
 */
final class ScriptedPeer {
    static final int S = TcpSegment.SYN;
    static final int A = TcpSegment.ACK;
    static final int F = TcpSegment.FIN;
    static final int R = TcpSegment.RST;
    static final int P = TcpSegment.PSH;
    static final long MS = 1_000_000L;
    private static final int PORT = 80;
    private static final int PEER_PORT = 40_000;

    final Host host = new Host(0x0A000001, 42);
    final IpAddress address = IpAddress.ofV4(0x0A000002);
    /** Options of the peer's SYN. */
    int mss = 1_000;
    int windowScale = TcpSegment.NO_WINDOW_SCALE;
    boolean sack;
    boolean timestamps;
    int window = 32_792;
    TcpConnection connection;
    /** The core's initial sequence number, known from its SYN. */
    int iss;
    /** The peer's own. */
    int peerIss = 0x1000_0000;
    /** The peer's clock for timestamps, and what it echoes. */
    int tsVal = 100;
    int tsEcr;
    private final List<Host.Sent> seen = new ArrayList<>();

    ScriptedPeer() {
        host.nowNs = 1_000 * MS;
    }

    // --- time ---

    long nowMs() {
        return host.nowNs / MS;
    }

    /** Lets that much time pass, timers firing at their exact times. */
    void pass(final long ms) {
        final long until = host.nowNs + ms * MS;
        while (host.nextDeadlineNs() <= until) {
            host.nowNs = Math.max(host.nowNs, host.nextDeadlineNs());
            host.fire();
        }
        host.nowNs = until;
    }

    // --- in ---

    TcpSegment segment(final int flags, final int seq, final int ack, final int win) {
        final TcpSegment segment = new TcpSegment();
        segment.sourcePort = PEER_PORT;
        segment.destinationPort = PORT;
        segment.flags = flags;
        segment.seq = peerIss + seq;
        segment.ack = (flags & A) != 0 ? iss + ack : 0;
        segment.window = win;
        if (timestamps) {
            segment.timestamps = true;
            segment.tsVal = tsVal;
            segment.tsEcr = tsEcr;
        }
        return segment;
    }

    void in(final TcpSegment segment, final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (segment.seq - peerIss + i);
        }
        host.deliver(address, segment, bytes);
    }

    void in(final int flags, final int seq, final int length, final int ack) {
        in(segment(flags, seq, ack, window), length);
    }

    void in(final int flags, final int seq, final int length, final int ack, final int win) {
        in(segment(flags, seq, ack, win), length);
    }

    /** A bare ACK with SACK ranges, relative to the core's numbers: start, end, start, end... */
    void sacks(final int ack, final int... edges) {
        final TcpSegment segment = segment(A, 1, ack, window);
        segment.sackCount = edges.length / 2;
        for (int i = 0; i < segment.sackCount; i++) {
            segment.sackStart[i] = iss + edges[2 * i];
            segment.sackEnd[i] = iss + edges[2 * i + 1];
        }
        in(segment, 0);
    }

    // --- out ---

    /** Returns the segments sent since the last call. */
    List<Host.Sent> sent() {
        host.flush();
        seen.clear();
        seen.addAll(host.box);
        host.box.clear();
        return seen;
    }

    /** Exactly one segment left, with these flags (PSH aside), numbers and length. */
    Host.Sent expect(final int flags, final int seq, final int length, final int ack) {
        final List<Host.Sent> out = sent();
        assertEquals(1, out.size(), () -> "segments sent: " + out);
        check(out.get(0), flags, seq, length, ack);
        return out.get(0);
    }

    /** The next of several that left. */
    void check(final Host.Sent sent, final int flags, final int seq, final int length, final int ack) {
        assertEquals(flags & ~P, sent.header().flags & ~P, () -> "flags of " + sent);
        assertEquals(seq, sent.header().seq - iss, () -> "sequence number of " + sent);
        assertEquals(length, sent.length(), () -> "length of " + sent);
        if ((flags & A) != 0) {
            assertEquals(ack, sent.header().ack - peerIss, () -> "acknowledgement of " + sent);
        }
    }

    void expectNothing() {
        final List<Host.Sent> out = sent();
        assertTrue(out.isEmpty(), () -> "sent although it should not: " + out);
    }

    // --- shortcuts ---

    TcpSegment syn() {
        final TcpSegment syn = segment(S, 0, 0, window);
        syn.mss = mss;
        syn.windowScale = windowScale;
        syn.sackPermitted = sack;
        return syn;
    }

    void listen(final int backlog) {
        host.listener = host.tcp.listen(host.address, PORT, backlog, new TcpOptions());
    }

    /** A handshake that the peer began, accepted by the application. */
    ScriptedPeer accept() {
        listen(16);
        in(syn(), 0);
        final List<Host.Sent> out = sent();
        assertEquals(1, out.size());
        iss = out.get(0).header().seq;
        tsEcr = out.get(0).header().tsVal;
        check(out.get(0), S | A, 0, 0, 1);
        in(A, 1, 0, 1);
        expectNothing();
        connection = host.listener.accept();
        assertEquals(TcpState.ESTABLISHED, connection.state());
        return this;
    }

    /** A handshake that the core began. */
    ScriptedPeer connect(final TcpOptions options) {
        connection = host.tcp.connect(new ConnectionId(host.address, PORT, address, PEER_PORT), options, host.nowNs);
        host.add(connection);
        final List<Host.Sent> out = sent();
        assertEquals(1, out.size());
        iss = out.get(0).header().seq;
        tsEcr = out.get(0).header().tsVal;
        return this;
    }

    ScriptedPeer connected() {
        connect(new TcpOptions());
        final TcpSegment synAck = syn();
        synAck.flags = S | A;
        synAck.ack = iss + 1;
        in(synAck, 0);
        expect(A, 1, 0, 1);
        assertEquals(TcpState.ESTABLISHED, connection.state());
        return this;
    }

    void write(final int bytes) {
        final int taken = connection.sendBuffer().append(ByteBuffer.allocate(bytes));
        assertEquals(bytes, taken, "room in the send buffer");
        connection.onApplicationWrote(host.nowNs);
        host.flush();
    }

    int read(final int most) {
        final int n = connection.receiveBuffer().read(ByteBuffer.allocate(most));
        connection.onApplicationRead(host.nowNs);
        host.flush();
        return n;
    }

    void close() {
        connection.close(host.nowNs);
        host.flush();
    }

    void shutdownWrite() {
        connection.shutdownWrite(host.nowNs);
        host.flush();
    }

    TcpState state() {
        return connection.state();
    }

    TcpInfo info() {
        final TcpInfo info = new TcpInfo();
        connection.info(info, host.nowNs);
        return info;
    }
}
