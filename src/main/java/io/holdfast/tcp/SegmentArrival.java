package io.holdfast.tcp;

import io.holdfast.counters.Counters;
import io.holdfast.counters.TcpCounter;
import io.holdfast.wire.TcpSegment;

/**
 * SEGMENT ARRIVES for synchronized states and SYN-RECEIVED, in the order of RFC 9293 3.10.7.4, with the checks of RFC
 * 7323 5.3 before and RFC 5961's answers within. Where Linux is stricter or laxer than the text, Linux is followed and the
 * place says so.
 */
final class SegmentArrival {
    private static final long PAWS_EXPIRY_NS = 24L * 24 * 3600 * 1_000_000_000L;

    private final Tcb tcb;
    private final Sender sender;
    private final Receiver receiver;
    private final Output output;
    private final Timers timers;
    private final TcpContext stack;
    private final Counters counters;
    private final Lifecycle life;
    private long lastOddAnswerNs = Long.MIN_VALUE / 2;

    SegmentArrival(final Tcb tcb, final Sender sender, final Receiver receiver, final Output output, final Timers timers,
        final TcpContext stack, final Lifecycle life) {
        this.tcb = tcb;
        this.sender = sender;
        this.receiver = receiver;
        this.output = output;
        this.timers = timers;
        this.stack = stack;
        this.counters = stack.counters;
        this.life = life;
    }

    void onSegment(final TcpSegment segment, final long nowNs) {
        final long start = tcb.rcvOffset(segment.seq);
        final long end = start + segment.sequenceLength();
        if (!passesTimestamps(segment, start, end, nowNs) || !isInWindow(segment, start, end, nowNs)) {
            return;
        }
        if (segment.has(TcpSegment.RST)) {
            onReset(segment, start, nowNs);
            return;
        }
        if (segment.has(TcpSegment.SYN) && !isCrossingSynAck(segment, end)) {
            // RFC 5961 4.2: the peer may have lost its state; our ACK will make it reset us.
            challenge(nowNs);
            return;
        }
        if (!segment.has(TcpSegment.ACK)) {
            counters.increment(TcpCounter.NO_ACK_FLAG);
            return;
        }
        if (!processAck(segment, start, nowNs)) {
            return;
        }
        rememberTimestamp(segment, start, nowNs);
        processText(segment, start, nowNs);
    }

    // --- before all: PAWS (RFC 7323 5.3, R1) ---

    private boolean passesTimestamps(final TcpSegment segment, final long start, final long end, final long nowNs) {
        if (!tcb.timestamps || !segment.timestamps || segment.has(TcpSegment.RST)
            || segment.tsVal - tcb.tsRecent >= 0 || tcb.tsRecent == 0 || nowNs - tcb.tsRecentNs > PAWS_EXPIRY_NS) {
            return true;
        }
        // As Linux: a bare ACK that was merely overtaken is not an attack or a relic, and not worth an answer.
        if (isOvertakenAck(segment, start, end)) {
            return true;
        }
        counters.increment(TcpCounter.PAWS_DROPS);
        answerOdd(segment, start, end, nowNs);
        return false;
    }

    private boolean isOvertakenAck(final TcpSegment segment, final long start, final long end) {
        final long rtoMs = sender.rtt.rtoNs() / 1_000_000;
        return start == end && start == tcb.rcvNxt && segment.has(TcpSegment.ACK)
            && tcb.sndOffset(segment.ack) == tcb.sndUna
            && (long) segment.window << tcb.sndWindowShift == tcb.sndWnd
            && tcb.tsRecent - segment.tsVal <= rtoMs * 1_200 / 1_000;
    }

    private void rememberTimestamp(final TcpSegment segment, final long start, final long nowNs) {
        if (tcb.timestamps && segment.timestamps && start <= tcb.lastAckSent
            && (segment.tsVal - tcb.tsRecent >= 0 || nowNs - tcb.tsRecentNs > PAWS_EXPIRY_NS)) {
            tcb.tsRecent = segment.tsVal;
            tcb.tsRecentNs = nowNs;
        }
    }

    // --- first: sequence number ---

    /** As Linux, from the last ACK sent: what overlaps data acknowledged only in part of a batch is still looked at. */
    private boolean isInWindow(final TcpSegment segment, final long start, final long end, final long nowNs) {
        if (end >= tcb.rcvWup && start <= tcb.rcvNxt + tcb.receiveWindow()) {
            return true;
        }
        counters.increment(TcpCounter.OUT_OF_WINDOW);
        if (segment.has(TcpSegment.RST)) {
            return false;
        }
        if (segment.has(TcpSegment.SYN) && tcb.state != TcpState.SYN_RECEIVED) {
            challenge(nowNs);
        } else {
            answerOdd(segment, start, end, nowNs);
        }
        return false;
    }

    /** An ACK for a segment that is dropped, limited for those without data so that two confused hosts do not loop. */
    void answerOdd(final TcpSegment segment, final long start, final long end, final long nowNs) {
        final boolean data = segment.payloadLength > 0 && !segment.has(TcpSegment.SYN);
        if (!data) {
            if (nowNs - lastOddAnswerNs < Challenges.PER_CONNECTION_NS) {
                counters.increment(TcpCounter.CHALLENGE_ACKS_LIMITED);
                return;
            }
            lastOddAnswerNs = nowNs;
        }
        if (end != start && start < tcb.rcvNxt) {
            receiver.onDuplicate(start, end, nowNs);
        } else {
            receiver.acks.owesNow();
        }
    }

    private void challenge(final long nowNs) {
        if (nowNs - lastOddAnswerNs < Challenges.PER_CONNECTION_NS) {
            counters.increment(TcpCounter.CHALLENGE_ACKS_LIMITED);
            return;
        }
        if (stack.challenges.allowed(nowNs)) {
            lastOddAnswerNs = nowNs;
            counters.increment(TcpCounter.CHALLENGE_ACKS);
            receiver.acks.owesNow();
        }
    }

    // --- second: RST (RFC 5961 3.2) ---

    private void onReset(final TcpSegment segment, final long start, final long nowNs) {
        final boolean exact = start == tcb.rcvNxt
            // Some stacks send FIN and then RST with the sequence number before it (as Linux).
            || start == tcb.rcvNxt - 1 && tcb.finReceived()
            // With a gap, the peer's next number is the end of what we reported last (as Linux).
            || tcb.sack && !receiver.outOfOrder.isEmpty() && start == receiver.outOfOrder.lastEnd();
        if (!exact) {
            challenge(nowNs);
            return;
        }
        switch (tcb.state) {
            case SYN_RECEIVED -> {
                counters.increment(TcpCounter.ATTEMPT_FAILS);
                life.fail(TcpError.CONNECTION_REFUSED);
            }
            case CLOSE_WAIT -> life.fail(TcpError.BROKEN_PIPE);
            case TIME_WAIT -> life.finish();
            default -> life.fail(TcpError.CONNECTION_RESET);
        }
    }

    // --- fourth: SYN ---

    /** The SYN-ACK of a simultaneous open repeats the SYN and completes the handshake. */
    private boolean isCrossingSynAck(final TcpSegment segment, final long end) {
        return tcb.state == TcpState.SYN_RECEIVED && segment.has(TcpSegment.ACK) && end == tcb.rcvNxt
            && tcb.sndOffset(segment.ack) == tcb.sndNxt;
    }

    // --- fifth: ACK ---

    /** Returns false if the rest of the segment is not to be looked at. */
    private boolean processAck(final TcpSegment segment, final long start, final long nowNs) {
        final boolean finWasAcknowledged = tcb.finAcknowledged();
        final boolean putsOffProbe = timers.armed(Timers.Kind.PERSIST) && !saysNothingNew(segment, start);
        final Sender.Verdict verdict = sender.onAck(segment, start, nowNs);
        switch (verdict) {
            case DOUBTED -> {
                ask(segment, nowNs);
                // Its data is what any host would take; its acknowledgement and its timestamp are not.
                processText(segment, start, nowNs);
                return false;
            }
            case UNSENT -> {
                challenge(nowNs);
                return false;
            }
            case BROKEN -> {
                counters.increment(TcpCounter.INHERITANCE_BROKEN);
                output.resetPending = true;
                output.aliveProbePending = true;
                life.fail(TcpError.ABORTED);
                return false;
            }
            case FAR_BELOW -> {
                challenge(nowNs);
                return false;
            }
            default -> {
            }
        }
        afterAck(putsOffProbe && verdict == Sender.Verdict.ACCEPTED, nowNs);
        if (tcb.finAcknowledged() && !finWasAcknowledged) {
            return onFinAcknowledged();
        }
        return true;
    }

    /** Somebody acknowledged more than is believed: the peer is asked where it is, and told where to go on if it was the peer. */
    private void ask(final TcpSegment segment, final long nowNs) {
        if (sender.inheritance.asks(nowNs)) {
            output.aliveProbePending = true;
            output.claimPending = tcb.sndOffset(segment.ack);
        }
    }

    /** The next data of a stream without gaps, and nothing that was not known: Linux's header prediction. */
    private boolean saysNothingNew(final TcpSegment segment, final long start) {
        return segment.payloadLength > 0 && !segment.has(TcpSegment.FIN) && segment.sackCount == 0 && start == tcb.rcvNxt
            && receiver.outOfOrder.isEmpty() && tcb.sndOffset(segment.ack) == tcb.sndUna
            && (long) segment.window << tcb.sndWindowShift == tcb.sndWnd;
    }

    private void afterAck(final boolean putsOffProbe, final long nowNs) {
        if (sender.inFlight()) {
            timers.cancel(Timers.Kind.PERSIST);
        } else if (sender.hasUnsent() && tcb.sndWindowEnd() > tcb.sndNxt) {
            sender.probeBackoff = 0;
            timers.cancel(Timers.Kind.PERSIST);
        } else if (putsOffProbe) {
            // The peer has just said that its window is closed: no need to ask for a while (as Linux).
            timers.arm(Timers.Kind.PERSIST, nowNs + output.probeIntervalNs());
        }
        sender.takeBack();
        if (sender.buffer.free() * 3L >= sender.buffer.capacity()) {
            life.raise(ConnectionEvents.WRITABLE);
        }
    }

    /** Returns false if the rest of the segment is not to be looked at. */
    boolean onFinAcknowledged() {
        switch (tcb.state) {
            case FIN_WAIT_1 -> {
                life.enter(TcpState.FIN_WAIT_2);
                life.raise(ConnectionEvents.FIN_ACKNOWLEDGED);
                return true;
            }
            case CLOSING -> {
                life.enter(TcpState.TIME_WAIT);
                return false;
            }
            case LAST_ACK -> {
                life.finish();
                return false;
            }
            default -> {
                return true;
            }
        }
    }

    // --- sixth to eighth: URG (ignored: urgent data is data), text, FIN ---

    private void processText(final TcpSegment segment, final long start, final long nowNs) {
        if (segment.payloadLength == 0 && !segment.has(TcpSegment.FIN)) {
            return;
        }
        final long dataStart = segment.has(TcpSegment.SYN) ? start + 1 : start;
        if (!tcb.state.mayReceiveData()) {
            // A FIN again, or data after a FIN: acknowledged as what it is, a duplicate.
            if (dataStart < tcb.rcvNxt) {
                receiver.onDuplicate(dataStart, start + segment.sequenceLength(), nowNs);
            }
            return;
        }
        if (isClosedBothWays() && dataStart + segment.payloadLength > tcb.rcvNxt) {
            // RFC 9293 3.6.1, RFC 2525 2.17: data nobody will ever read, here or before a FIN that is ahead; tell the peer.
            counters.increment(TcpCounter.ABORT_ON_DATA);
            output.answerReset(segment);
            life.fail(TcpError.CONNECTION_RESET);
            return;
        }
        final boolean longer = receiver.onPayload(segment, dataStart, sender.rtt.srttNs(), sender.rtt.rtoNs(), nowNs);
        if (!longer) {
            return;
        }
        if (tcb.echoes(segment) && segment.payloadLength >= receiver.acks.rcvMss()) {
            receiver.window.onRtt(Math.max(1, nowNs - tcb.tsValTime(segment.tsEcr, nowNs)));
        }
        life.raise(ConnectionEvents.READABLE);
        if (tcb.finReceived()) {
            onFin();
        }
    }

    /** By close, or by shutting down one direction and the other. */
    private boolean isClosedBothWays() {
        return tcb.orphaned || tcb.readShut && (tcb.state == TcpState.FIN_WAIT_1 || tcb.state == TcpState.FIN_WAIT_2);
    }

    private void onFin() {
        life.raise(ConnectionEvents.PEER_CLOSED);
        switch (tcb.state) {
            case ESTABLISHED -> life.enter(TcpState.CLOSE_WAIT);
            case FIN_WAIT_1 -> {
                receiver.acks.owesNow();
                life.enter(TcpState.CLOSING);
            }
            case FIN_WAIT_2 -> {
                receiver.acks.owesNow();
                life.enter(TcpState.TIME_WAIT);
            }
            default -> {
            }
        }
    }
}
