package io.holdfast.tcp;

import io.holdfast.counters.TcpCounter;

/**
 * What the path of one connection says of itself: ICMP errors (RFC 5927), packets that were too big (RFC 1191, RFC 8201), and
 * large segments that vanish in silence (RFC 2923). Shard's thread only.
 */
public final class PathErrors {
    /** Timeouts in a row after which a path is suspected to swallow large packets (Linux's tcp_retries1). */
    private static final int BLACK_HOLE_TIMEOUTS = 3;
    private static final int BLACK_HOLE_MSS = 1_024;
    private static final int BLACK_HOLE_MIN_MSS = 512;

    private final Tcb tcb;
    private final Sender sender;
    private final Output output;
    private final TcpContext stack;
    private final Lifecycle life;
    /** What ICMP last said; the reason given if the connection times out. */
    private TcpError softError;

    PathErrors(final Tcb tcb, final Sender sender, final Output output, final TcpContext stack, final Lifecycle life) {
        this.tcb = tcb;
        this.sender = sender;
        this.output = output;
        this.stack = stack;
        this.life = life;
    }

    /** A validated "fragmentation needed" or "packet too big" for this connection: packets of at most {@code mtu} fit. */
    public void onPathMtu(final int mtu, final long nowNs) {
        final int pathMss = mtu - TcpContext.headerBytes(tcb.id.remoteAddress());
        if (pathMss >= sender.mss.path()) {
            return;
        }
        stack.counters.increment(TcpCounter.PMTU_REDUCED);
        sender.mss.path(pathMss);
        if (tcb.state.maySendData()) {
            sender.recovery.onPathMtuReduced(sender.mss.full(), nowNs);
            output.establishedMss();
        }
    }

    /** A validated ICMP error that quotes sequence number {@code seq}; {@code hard} ones end a handshake (RFC 5927). */
    public void onIcmpError(final TcpError reason, final boolean hard, final int seq) {
        if (!mayQuote(seq)) {
            return;
        }
        if (hard && (tcb.state == TcpState.SYN_SENT || tcb.state == TcpState.SYN_RECEIVED)) {
            stack.counters.increment(TcpCounter.ATTEMPT_FAILS);
            life.fail(reason);
        } else {
            softError = reason;
        }
    }

    /** Bounds of the sequence numbers that an ICMP error may quote (RFC 5927 4.1). */
    public boolean mayQuote(final int seq) {
        final long quoted = tcb.sndOffset(seq);
        return quoted >= tcb.sndUna && quoted <= tcb.sndNxt;
    }

    /** What ICMP last said; null if it said nothing. */
    TcpError softError() {
        return softError;
    }

    /**
     * After a timeout. If large segments vanish and no router says why, smaller ones may pass (RFC 2923 2.1; as Linux with
     * tcp_mtu_probing).
     */
    void onTimeout() {
        if (!stack.config.blackHoleDetection || sender.recovery.timeouts() < BLACK_HOLE_TIMEOUTS) {
            return;
        }
        final int smaller = sender.mss.path() > BLACK_HOLE_MSS ? BLACK_HOLE_MSS
            : Math.max(sender.mss.path() / 2, Math.max(stack.config.minMss, BLACK_HOLE_MIN_MSS));
        if (smaller < sender.mss.path() && sender.mss.full() > smaller) {
            stack.counters.increment(TcpCounter.BLACK_HOLES);
            sender.mss.path(smaller);
        }
    }
}
