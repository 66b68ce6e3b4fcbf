package io.holdfast.tcp;

import io.holdfast.counters.TcpCounter;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.TcpSegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A passive socket: SYN backlog, SYN cookies, accept queue (RFC 9293 3.10.2, RFC 4987), with Linux's limits: both queues
 * are as long as the backlog. Shard's thread only. The stack gives it every segment for its address and port that no
 * connection claims; connections it creates are put into the stack's table through {@link TcpStack.Table}.
 */
public final class TcpListener {
    private static final int MAX_TURNED_AWAY = 1_024;

    private final TcpStack stack;
    private final IpAddress address;
    private final int port;
    private final TcpOptions options = new TcpOptions();
    private int backlog;
    /** Half open, in the order of arrival: a set that iterates deterministically. */
    private final Set<TcpConnection> halfOpen = new LinkedHashSet<>();
    private final ArrayDeque<TcpConnection> established = new ArrayDeque<>();
    private final TcpSegment cookieSyn = new TcpSegment();
    /** Their answers to cookies found the accept queue full; they come again. */
    private final Set<ConnectionId> turnedAway = new HashSet<>();
    /** For the very next segment, a SYN over a TIME_WAIT: it must start above what that used. */
    private int nextIss;
    private boolean hasNextIss;

    TcpListener(final TcpStack stack, final IpAddress address, final int port, final int backlog,
        final TcpOptions options) {
        this.stack = stack;
        this.address = address;
        this.port = port;
        this.options.copyFrom(options);
        backlog(backlog);
    }

    public IpAddress address() {
        return address;
    }

    public int port() {
        return port;
    }

    /**
     * A segment that no connection claims.
     *
     * @param sink takes answers that have no connection: SYN cookies, resets
     */
    public void onSegment(final IpAddress local, final IpAddress remote, final TcpSegment segment, final SegmentSink sink,
        final long nowNs) {
        final boolean follows = hasNextIss;
        hasNextIss = false;
        if (segment.has(TcpSegment.RST)) {
            return;
        }
        if (segment.has(TcpSegment.ACK)) {
            if (segment.has(TcpSegment.SYN) || !resumeFromCookie(local, remote, segment, nowNs)) {
                stack.reset(local, remote, segment, sink);
            }
            return;
        }
        if (!segment.has(TcpSegment.SYN) || segment.has(TcpSegment.FIN)) {
            return;
        }
        if (established.size() > backlog) {
            stack.counters.increment(TcpCounter.LISTEN_OVERFLOWS);
            stack.counters.increment(TcpCounter.LISTEN_DROPS);
            return;
        }
        final ConnectionId id = new ConnectionId(local, port, remote, segment.sourcePort);
        if (halfOpen.size() > backlog) {
            if (stack.config.synCookies && !stack.cookiesHeld) {
                sendCookie(id, segment, sink, nowNs);
            } else {
                stack.counters.increment(TcpCounter.LISTEN_DROPS);
            }
            return;
        }
        final TcpConnection connection = new TcpConnection(stack, id, options);
        final int iss = follows ? nextIss : stack.isn(id, nowNs);
        connection.answer(this, iss, segment, nowNs);
        if (!stack.table.add(connection)) {
            stack.counters.increment(TcpCounter.TABLE_FULL);
            stack.counters.increment(TcpCounter.LISTEN_DROPS);
            connection.listener = null;
            connection.free();
            return;
        }
        halfOpen.add(connection);
    }

    /** The next SYN replaces a TIME_WAIT whose numbers went up to {@code sndNxt}: start above them, as Linux. */
    public void startAbove(final int sndNxt) {
        nextIss = sndNxt + 65_535 + 2;
        hasNextIss = true;
    }

    // --- cookies ---

    private void sendCookie(final ConnectionId id, final TcpSegment syn, final SegmentSink sink, final long nowNs) {
        final TcpSegment header = stack.answerTo(id.localAddress(), id.remoteAddress(), syn);
        final int mss = stack.pathMss(id.remoteAddress());
        final boolean timestamps = stack.config.timestamps && syn.timestamps;
        header.flags = TcpSegment.SYN | TcpSegment.ACK;
        header.seq = stack.cookies.make(id, syn.seq, syn.mss, stack.clockNs(nowNs));
        header.ack = syn.seq + 1;
        header.mss = mss;
        final int space = stack.config.receiveBufferBytes / 2;
        final ReceiveWindow window = new ReceiveWindow(space, stack.config.receiveBufferMaxBytes / 2, true);
        header.window = (int) window.initial(timestamps ? mss - 12 : mss);
        if (timestamps) {
            final boolean sack = stack.config.sack && syn.sackPermitted;
            final boolean scaling = stack.config.windowScaling && syn.windowScale != TcpSegment.NO_WINDOW_SCALE;
            header.timestamps = true;
            header.tsVal = stack.timestampOffset(id)
                + stack.cookies.timestamp((int) (nowNs / 1_000_000), sack, scaling ? syn.windowScale : -1);
            header.tsEcr = syn.tsVal;
            header.sackPermitted = sack;
            header.windowScale = scaling ? window.shift() : TcpSegment.NO_WINDOW_SCALE;
        }
        if (stack.sendAnswer(sink)) {
            stack.counters.increment(TcpCounter.SYN_COOKIES_SENT);
        }
    }

    boolean knowsCookie(final ConnectionId id, final TcpSegment ack, final long nowNs) {
        return stack.config.synCookies && stack.cookies.recentlySent(stack.clockNs(nowNs))
            && stack.cookies.check(id, ack.seq - 1, ack.ack - 1, stack.clockNs(nowNs)) != 0;
    }

    /** Returns false if the segment deserves a reset. */
    private boolean resumeFromCookie(final IpAddress local, final IpAddress remote, final TcpSegment ack,
        final long nowNs) {
        if (!stack.config.synCookies || !stack.cookies.recentlySent(stack.clockNs(nowNs))) {
            return false;
        }
        final ConnectionId id = new ConnectionId(local, port, remote, ack.sourcePort);
        final int mss = stack.cookies.check(id, ack.seq - 1, ack.ack - 1, stack.clockNs(nowNs));
        if (mss == 0) {
            stack.counters.increment(TcpCounter.SYN_COOKIES_FAILED);
            return isTurnedAway(id, nowNs);
        }
        if (!hasRoom()) {
            stack.counters.increment(TcpCounter.LISTEN_OVERFLOWS);
            turnAway(id, nowNs);
            return true;
        }
        cookieSyn.clear();
        cookieSyn.seq = ack.seq - 1;
        cookieSyn.mss = mss;
        cookieSyn.window = ack.window;
        if (ack.timestamps && stack.config.timestamps) {
            final int hidden = ack.tsEcr - stack.timestampOffset(id);
            cookieSyn.timestamps = true;
            cookieSyn.tsVal = ack.tsVal;
            cookieSyn.sackPermitted = SynCookies.sack(hidden);
            cookieSyn.windowScale = SynCookies.windowScale(hidden);
        }
        final TcpConnection connection = new TcpConnection(stack, id, options);
        connection.resume(this, ack.ack - 1, cookieSyn, nowNs);
        if (!stack.table.add(connection)) {
            stack.counters.increment(TcpCounter.TABLE_FULL);
            connection.listener = null;
            connection.free();
            return true;
        }
        stack.counters.increment(TcpCounter.SYN_COOKIES_RECEIVED);
        connection.onSegment(ack, nowNs);
        stack.table.onWork(connection);
        return true;
    }

    /** Soon after a takeover: what it sends next must not be reset, although its numbers may be no answer to a cookie. */
    private void turnAway(final ConnectionId id, final long nowNs) {
        if (turnedAway.size() < MAX_TURNED_AWAY && stack.cookies.mayBeTwice(stack.clockNs(nowNs))) {
            turnedAway.add(id);
        }
    }

    private boolean isTurnedAway(final ConnectionId id, final long nowNs) {
        if (!turnedAway.isEmpty() && !stack.cookies.mayBeTwice(stack.clockNs(nowNs))) {
            turnedAway.clear();
        }
        return turnedAway.contains(id);
    }

    // --- queues ---

    boolean hasRoom() {
        if (established.size() <= backlog) {
            return true;
        }
        stack.counters.increment(TcpCounter.LISTEN_OVERFLOWS);
        return false;
    }

    /** A connection that was accepted on another host is to be accepted here, too, whatever is known of its state so far. */
    public void offer(final TcpConnection connection) {
        connection.listener = this;
        onEstablished(connection);
    }

    /** A connection of another host that nobody listened for when it came here, in whatever state it is by now. */
    public void take(final TcpConnection connection) {
        if (connection.state() == TcpState.SYN_RECEIVED) {
            adopt(connection);
        } else {
            offer(connection);
        }
    }

    void onEstablished(final TcpConnection connection) {
        halfOpen.remove(connection);
        established.add(connection);
        stack.table.onAcceptable(this);
    }

    /** A half-open connection of another host goes on here. */
    void adopt(final TcpConnection connection) {
        connection.listener = this;
        halfOpen.add(connection);
    }

    /** The connection ended before it was accepted; one that was established is still to be accepted, as on Linux. */
    void onGone(final TcpConnection connection) {
        halfOpen.remove(connection);
    }

    /** Established connections waiting for accept. */
    public int acceptable() {
        return established.size();
    }

    /** Half-open connections. */
    public int halfOpen() {
        return halfOpen.size();
    }

    /** The next established connection, or null. */
    public TcpConnection accept() {
        final TcpConnection connection = established.poll();
        if (connection != null) {
            connection.listener = null;
        }
        return connection;
    }

    /** As with the second listen(2). */
    public void backlog(final int value) {
        backlog = Math.max(0, value);
    }

    public TcpOptions options() {
        return options;
    }

    /** Takes back an established connection that was {@link #offer offered}; false if it does not wait here. */
    public boolean withdraw(final TcpConnection connection) {
        if (!established.remove(connection)) {
            return false;
        }
        connection.listener = null;
        return true;
    }

    /** Resets what was not accepted, forgets what is half open. */
    public void close(final long nowNs) {
        for (final TcpConnection connection : new ArrayList<>(halfOpen)) {
            connection.listener = null;
            connection.finish();
            stack.table.onWork(connection);
        }
        halfOpen.clear();
        for (final TcpConnection connection : established) {
            connection.listener = null;
            if (connection.replicated().follows()) {
                // Its end is the other host's to decide.
                continue;
            }
            connection.abort(nowNs);
            stack.table.onWork(connection);
        }
        established.clear();
    }
}
