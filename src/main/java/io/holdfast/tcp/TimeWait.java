package io.holdfast.tcp;

import io.holdfast.counters.Counters;
import io.holdfast.counters.TcpCounter;
import io.holdfast.wire.TcpSegment;

/**
 * TIME-WAIT (RFC 9293 3.10.7.4, RFC 6191, RFC 1337): old duplicates are acknowledged, a new SYN that cannot be an old
 * duplicate ends the wait early.
 */
final class TimeWait {
    private final Tcb tcb;
    private final TcpContext stack;
    private final Receiver receiver;
    private final Timers timers;
    private final Counters counters;
    private final long durationNs;
    private final Lifecycle life;
    private long lastAckNs = Long.MIN_VALUE / 2;

    TimeWait(final Tcb tcb, final Receiver receiver, final Timers timers, final TcpContext stack, final Lifecycle life) {
        this.tcb = tcb;
        this.stack = stack;
        this.receiver = receiver;
        this.timers = timers;
        this.durationNs = stack.config.timeWaitMs * 1_000_000L;
        this.counters = stack.counters;
        this.life = life;
    }

    void begin(final long nowNs) {
        timers.cancelAll();
        timers.arm(Timers.Kind.TIME_WAIT, nowNs + durationNs);
    }

    void onSegment(final TcpSegment segment, final long nowNs) {
        final long start = tcb.rcvOffset(segment.seq);
        final boolean rst = segment.has(TcpSegment.RST);
        final boolean old = tcb.timestamps && segment.timestamps && !rst && segment.tsVal - tcb.tsRecent < 0;
        if (!old && start == tcb.rcvNxt && (segment.sequenceLength() == 0 || rst)) {
            if (rst) {
                // Linux without tcp_rfc1337, which is its default.
                life.endTimeWait(nowNs);
            } else {
                timers.arm(Timers.Kind.TIME_WAIT, nowNs + durationNs);
            }
            return;
        }
        final boolean newer = tcb.timestamps && segment.timestamps && segment.tsVal - tcb.tsRecent > 0;
        if (segment.has(TcpSegment.SYN) && !rst && !segment.has(TcpSegment.ACK) && !old
            && (start > tcb.rcvNxt || newer) && stack.site.isListened(tcb.id)) {
            counters.increment(TcpCounter.TIME_WAIT_RECYCLED);
            life.raise(ConnectionEvents.RECYCLED);
            life.finish();
            return;
        }
        if (old) {
            counters.increment(TcpCounter.PAWS_DROPS);
        }
        if (rst) {
            return;
        }
        if (old || segment.has(TcpSegment.ACK)) {
            timers.arm(Timers.Kind.TIME_WAIT, nowNs + durationNs);
        }
        if (segment.payloadLength == 0 && nowNs - lastAckNs < Challenges.PER_CONNECTION_NS
            && !segment.has(TcpSegment.FIN)) {
            counters.increment(TcpCounter.CHALLENGE_ACKS_LIMITED);
            return;
        }
        lastAckNs = nowNs;
        receiver.acks.owesNow();
    }
}
