package io.holdfast.tcp;

import io.holdfast.counters.TcpCounter;
import io.holdfast.wire.TcpSegment;

/**
 * Opening: what arrives in SYN-SENT and SYN-RECEIVED, option negotiation (RFC 9293 3.7.1, 7323 1.3, 2018 2), and the
 * handshake's own retransmission timer. Simultaneous open included.
 */
final class Handshake {
    /** What a handshake asks of its connection. */
    interface Whole extends Lifecycle {
        /** Its segment answers a cookie that another connection in its listener's queue was made of. */
        boolean answersCookie(TcpSegment segment, long now);

        /** The listener has room for one more. */
        boolean mayEstablish();

        /** The handshake is over. */
        void established(long now);
    }

    private static final long FIRST_TIMEOUT_NS = 1_000_000_000L;
    /** Linux since 6.5 repeats the first SYNs without backing off (tcp_syn_linear_timeouts). */
    private static final int LINEAR_SYN_TIMEOUTS = 4;
    private static final int MAX_WINDOW_SHIFT = 14;
    /** How soon a SYN goes again that something else than its SYN-ACK answered (as Linux: two jiffies). */
    private static final long ANSWERED_WRONGLY_NS = 8_000_000;

    private final Whole connection;
    private final Tcb tcb;
    private final TcpContext stack;
    private final Sender sender;
    private final Receiver receiver;
    private final Output output;
    private final Timers timers;
    private final TcpOptions options;
    /** Times the SYN or SYN-ACK was sent again. */
    int retries;
    private long firstSentNs;
    /** When the SYN-ACK left is not known: it was a cookie's. */
    private boolean fromCookie;
    private long lastRepeatNs = Long.MIN_VALUE / 2;

    Handshake(final Whole connection, final Tcb tcb, final TcpOptions options, final TcpContext stack,
        final Sender sender, final Receiver receiver, final Output output,
        final Timers timers) {
        this.connection = connection;
        this.tcb = tcb;
        this.stack = stack;
        this.options = options;
        this.sender = sender;
        this.receiver = receiver;
        this.output = output;
        this.timers = timers;
    }

    // --- start ---

    /** Active open (RFC 9293 3.10.1). */
    void begin(final int iss, final int tsOffset, final long nowNs) {
        tcb.iss = iss;
        tcb.tsOffset = tsOffset;
        tcb.timestamps = stack.config.timestamps;
        tcb.sack = stack.config.sack;
        tcb.windowScaling = stack.config.windowScaling;
        output.activeOpen = true;
        prepareWindow(sender.mss.advertised());
        connection.enter(TcpState.SYN_SENT);
        sendSyn(nowNs);
    }

    /** Passive open: the SYN arrived (RFC 9293 3.10.7.2). */
    void answer(final int iss, final int tsOffset, final TcpSegment syn, final long nowNs) {
        tcb.iss = iss;
        tcb.tsOffset = tsOffset;
        tcb.timestamps = stack.config.timestamps;
        tcb.sack = stack.config.sack;
        tcb.windowScaling = stack.config.windowScaling;
        takeSyn(syn, nowNs);
        prepareWindow(sender.mss.advertised() - (tcb.timestamps ? 12 : 0));
        connection.enter(TcpState.SYN_RECEIVED);
        sendSyn(nowNs);
    }

    /** The SYN-ACK again, by another host than the one that sent it first. */
    void again(final long nowNs) {
        retries = 1;
        sendSyn(nowNs);
    }

    private void prepareWindow(final int mss) {
        tcb.advMss = sender.mss.advertised();
        output.offeredShift = receiver.window.shift();
        tcb.rcvWindowShift = tcb.windowScaling ? output.offeredShift : 0;
        tcb.rcvWnd = receiver.window.initial(mss);
        tcb.rcvWup = 0;
        tcb.rcvEdge = tcb.rcvWnd;
    }

    private void sendSyn(final long nowNs) {
        firstSentNs = nowNs;
        output.synPending = true;
        timers.arm(Timers.Kind.HANDSHAKE, nowNs + FIRST_TIMEOUT_NS);
    }

    /** Takes the peer's numbers and options from its SYN; what it does not offer is off. */
    private void takeSyn(final TcpSegment syn, final long nowNs) {
        tcb.irs = syn.seq;
        tcb.rcvNxt = 0;
        tcb.rcvWup = 0;
        tcb.timestamps &= syn.timestamps;
        tcb.sack &= syn.sackPermitted;
        tcb.windowScaling &= syn.windowScale != TcpSegment.NO_WINDOW_SCALE;
        tcb.sndWindowShift = tcb.windowScaling ? Math.min(syn.windowScale, MAX_WINDOW_SHIFT) : 0;
        if (!tcb.windowScaling) {
            tcb.rcvWindowShift = 0;
        }
        if (tcb.timestamps) {
            tcb.tsRecent = syn.tsVal;
            tcb.tsRecentNs = nowNs;
        }
        tcb.peerMss = syn.mss == 0 ? 536 : syn.mss;
        sender.mss.negotiated(syn.mss, tcb.timestamps);
        // A SYN's window is never scaled (RFC 7323 2.2).
        takeWindow(syn.window, Tcb.SYN_OFFSET, Tcb.SYN_OFFSET);
    }

    private void takeWindow(final long window, final long start, final long ack) {
        tcb.sndWnd = window;
        tcb.sndWl1 = start;
        tcb.sndWl2 = ack;
        if (window > tcb.maxSndWnd) {
            tcb.maxSndWnd = window;
            sender.mss.onWindow(window);
        }
    }

    // --- SYN-SENT (RFC 9293 3.10.7.3) ---

    void onSegmentInSynSent(final TcpSegment segment, final long nowNs) {
        final boolean ack = segment.has(TcpSegment.ACK);
        if (ack) {
            final long acked = tcb.sndOffset(segment.ack);
            final boolean echoWrong = tcb.timestamps && segment.timestamps && segment.tsEcr != 0
                && (segment.tsEcr - tcb.tsVal(firstSentNs) < 0 || segment.tsEcr - tcb.tsVal(nowNs) > 0);
            if (acked != 0 || echoWrong) {
                if (!segment.has(TcpSegment.RST)) {
                    output.answerReset(segment);
                }
                if (acked != 0 && retries == 0) {
                    // An older connection of the same name is dying over there: our reset ends it, and then we are welcome.
                    timers.arm(Timers.Kind.HANDSHAKE, nowNs + ANSWERED_WRONGLY_NS);
                }
                return;
            }
            if (segment.has(TcpSegment.RST)) {
                stack.counters.increment(TcpCounter.ATTEMPT_FAILS);
                connection.fail(TcpError.CONNECTION_REFUSED);
                return;
            }
        }
        if (segment.has(TcpSegment.RST) || !segment.has(TcpSegment.SYN)) {
            return;
        }
        takeSyn(segment, nowNs);
        if (ack) {
            establish(segment, Tcb.SYN_OFFSET, nowNs);
            receiver.acks.owesNow();
        } else {
            // Simultaneous open: our SYN goes out again, now as a SYN-ACK.
            connection.enter(TcpState.SYN_RECEIVED);
            output.synPending = true;
            timers.arm(Timers.Kind.HANDSHAKE, nowNs + FIRST_TIMEOUT_NS);
        }
    }

    // --- SYN-RECEIVED ---

    /** Returns true if the connection is established now and the segment is to be processed further. */
    boolean onSegmentInSynReceived(final TcpSegment segment, final long nowNs) {
        final long start = tcb.rcvOffset(segment.seq);
        final long end = start + segment.sequenceLength();
        final boolean syn = segment.has(TcpSegment.SYN);
        final boolean rst = segment.has(TcpSegment.RST);
        final boolean ack = segment.has(TcpSegment.ACK);
        final boolean old = tcb.timestamps && segment.timestamps && !rst && segment.tsVal - tcb.tsRecent < 0;
        if (syn && !rst && !ack && start == Tcb.SYN_OFFSET && !old && !output.activeOpen) {
            repeatSynAck(nowNs);
            return false;
        }
        if (ack && !rst && tcb.sndOffset(segment.ack) != 0) {
            if (!syn && connection.answersCookie(segment, nowNs)) {
                // The host before this one, or this one before it had room, answered the same SYN with a cookie.
                connection.raise(ConnectionEvents.RECYCLED);
                connection.finish();
                return false;
            }
            output.answerReset(segment);
            return false;
        }
        final boolean crossing = output.activeOpen && syn && ack && start == Tcb.SYN_OFFSET;
        if (old || !crossing && (end < 0 || start > tcb.rcvWnd || syn && start == Tcb.SYN_OFFSET)) {
            if (!rst) {
                if (old) {
                    stack.counters.increment(TcpCounter.PAWS_DROPS);
                }
                acknowledgeSyn(nowNs);
            }
            return false;
        }
        if (rst) {
            if (start != 0) {
                // RFC 5961 3.2: in the window, but not where the peer itself would reset.
                acknowledgeSyn(nowNs);
                return false;
            }
            stack.counters.increment(TcpCounter.ATTEMPT_FAILS);
            // After SYNs have crossed this is ECONNRESET on Linux, though RFC 9293 would have it refused.
            connection.fail(output.activeOpen ? TcpError.CONNECTION_RESET : TcpError.CONNECTION_REFUSED);
            return false;
        }
        if (syn && !crossing && output.activeOpen) {
            acknowledgeSyn(nowNs);
            return false;
        }
        if (syn && !crossing) {
            output.answerReset(segment);
            connection.fail(TcpError.CONNECTION_RESET);
            return false;
        }
        if (!ack || !connection.mayEstablish()) {
            return false;
        }
        establish(segment, start, nowNs);
        return true;
    }

    private void repeatSynAck(final long nowNs) {
        if (mayRepeat(nowNs)) {
            output.synPending = true;
        }
    }

    /** RFC 9293 3.10.7.4, first: what is not acceptable is answered with an ACK from SND.NXT, behind the SYN. */
    private void acknowledgeSyn(final long nowNs) {
        if (mayRepeat(nowNs)) {
            output.handshakeAckPending = true;
        }
    }

    private boolean mayRepeat(final long nowNs) {
        if (nowNs - lastRepeatNs < Challenges.PER_CONNECTION_NS) {
            return false;
        }
        lastRepeatNs = nowNs;
        return true;
    }

    // --- the end ---

    private void establish(final TcpSegment segment, final long start, final long nowNs) {
        timers.cancel(Timers.Kind.HANDSHAKE);
        output.synPending = false;
        output.handshakeAckPending = false;
        final boolean synAck = segment.has(TcpSegment.SYN);
        tcb.sndUna = 0;
        tcb.sndNxt = 0;
        takeWindow((long) segment.window << (synAck ? 0 : tcb.sndWindowShift), start, 0);
        tcb.lastAckSent = 0;
        if (tcb.timestamps && segment.timestamps && segment.tsVal - tcb.tsRecent >= 0) {
            tcb.tsRecent = segment.tsVal;
            tcb.tsRecentNs = nowNs;
        }
        receiver.acks.initialMss(Math.min(tcb.advMss, sender.mss.full()), tcb.rcvWnd);
        // One lost SYN is forgiven, as Linux does: RFC 6928 1 allows it.
        sender.congestion.initialize(retries > 1 ? 1 : stack.config.initialCwndSegments);
        sender.recovery.onEstablished(sender.mss.full(), tcb.sack, tcb.timestamps, 0, nowNs);
        output.establishedMss();
        sampleRtt(segment, nowNs);
        sender.lastAckNs = nowNs;
        connection.established(nowNs);
    }

    /** The handshake's round trip (RFC 6298; Karn's rule unless a timestamp says which SYN was answered). */
    private void sampleRtt(final TcpSegment segment, final long nowNs) {
        if (retries == 0 && !fromCookie) {
            sender.recovery.onHandshakeRtt(Math.max(1_000, nowNs - firstSentNs), nowNs);
        } else if (tcb.timestamps && segment.timestamps && segment.tsEcr != 0) {
            sender.recovery.onHandshakeRtt(Math.max(1_000_000, nowNs - tcb.tsValTime(segment.tsEcr, nowNs)), nowNs);
        }
    }

    /** The state of a connection born from a SYN cookie: all that a handshake would have left. */
    void resume(final int iss, final int tsOffset, final TcpSegment syn, final long nowNs) {
        tcb.iss = iss;
        tcb.tsOffset = tsOffset;
        tcb.timestamps = stack.config.timestamps;
        tcb.sack = stack.config.sack;
        tcb.windowScaling = stack.config.windowScaling;
        takeSyn(syn, nowNs);
        prepareWindow(sender.mss.advertised() - (tcb.timestamps ? 12 : 0));
        tcb.sndNxt = 0;
        firstSentNs = nowNs;
        fromCookie = true;
        connection.enter(TcpState.SYN_RECEIVED);
        stack.counters.increment(TcpCounter.PASSIVE_OPENS);
        timers.cancel(Timers.Kind.HANDSHAKE);
    }

    /** How often the time between SYNs has doubled. */
    int backoff() {
        return tcb.state == TcpState.SYN_SENT ? Math.max(0, retries - LINEAR_SYN_TIMEOUTS) : 0;
    }

    /** Returns false if there were too many. */
    boolean onTimer(final long nowNs) {
        final boolean active = tcb.state == TcpState.SYN_SENT;
        int most = stack.config.synAckRetries;
        if (active) {
            most = options.synCount > 0 ? options.synCount : stack.config.synRetries;
            most += LINEAR_SYN_TIMEOUTS;
        }
        final boolean userTimeout = options.userTimeoutMs > 0
            && nowNs - firstSentNs >= options.userTimeoutMs * 1_000_000L;
        final boolean late = active && nowNs - firstSentNs >= (2L << most - LINEAR_SYN_TIMEOUTS) * FIRST_TIMEOUT_NS
            - FIRST_TIMEOUT_NS;
        if (retries >= most || userTimeout || late) {
            return false;
        }
        retries++;
        output.synPending = true;
        final int doublings = active ? Math.max(0, retries - LINEAR_SYN_TIMEOUTS) : retries;
        timers.arm(Timers.Kind.HANDSHAKE, nowNs + (FIRST_TIMEOUT_NS << Math.min(doublings, 7)));
        return true;
    }
}
