package io.holdfast.tcp;

import io.holdfast.counters.TcpCounter;
import io.holdfast.tcp.recovery.RttEstimator;

/**
 * Probing a peer that is silent (keepalive, RFC 9293 3.8.4) or whose window is closed (3.8.6.1), and giving up on one
 * that does not answer. Times and counts as in Linux's tcp_timer.c.
 */
final class Probes {
    private static final long MS = 1_000_000L;

    private final TcpContext stack;
    private final Tcb tcb;
    private final Sender sender;
    private final Receiver receiver;
    private final Output output;
    private final Timers timers;
    private final TcpOptions options;
    private long persistStartNs;

    Probes(final TcpContext stack, final Tcb tcb, final Sender sender, final Receiver receiver, final Output output,
        final Timers timers, final TcpOptions options) {
        this.stack = stack;
        this.tcb = tcb;
        this.sender = sender;
        this.receiver = receiver;
        this.output = output;
        this.timers = timers;
        this.options = options;
    }

    /** Starts or stops keepalive as the options say. */
    void onOptionsChanged(final long nowNs) {
        if (!options.keepAlive || !tcb.state.isSynchronized()) {
            timers.cancel(Timers.Kind.KEEPALIVE);
            return;
        }
        final long idleNs = nowNs - Math.max(sender.lastAckNs, receiver.acks.lastReceivedNs());
        timers.arm(Timers.Kind.KEEPALIVE, nowNs + Math.max(0, idleLimitNs() - idleNs));
    }

    /** Returns false if the peer is to be given up. */
    boolean onKeepAlive(final long nowNs) {
        if (!options.keepAlive || tcb.state == TcpState.TIME_WAIT) {
            return true;
        }
        if (sender.inFlight() || sender.hasUnsent()) {
            // Retransmission and window probes do the same work.
            timers.arm(Timers.Kind.KEEPALIVE, nowNs + idleLimitNs());
            return true;
        }
        final long idleNs = nowNs - Math.max(sender.lastAckNs, receiver.acks.lastReceivedNs());
        if (idleNs < idleLimitNs()) {
            timers.arm(Timers.Kind.KEEPALIVE, nowNs + idleLimitNs() - idleNs);
            return true;
        }
        final int most = options.keepCount > 0 ? options.keepCount : stack.config.keepAliveProbes;
        final boolean dead = options.userTimeoutMs > 0
            ? idleNs >= options.userTimeoutMs * MS && sender.probesOut > 0
            : sender.probesOut >= most;
        if (dead) {
            output.resetPending = true;
            return false;
        }
        sender.probesOut++;
        stack.counters.increment(TcpCounter.KEEPALIVE_PROBES);
        output.aliveProbePending = true;
        final int intervalMs = options.keepIntervalMs > 0 ? options.keepIntervalMs : stack.config.keepAliveIntervalMs;
        timers.arm(Timers.Kind.KEEPALIVE, nowNs + intervalMs * MS);
        return true;
    }

    private long idleLimitNs() {
        return (options.keepIdleMs > 0 ? options.keepIdleMs : stack.config.keepAliveTimeMs) * MS;
    }

    /** The peer's window did not open, or silly-window avoidance or cork held something back. False: give up. */
    boolean onPersist(final long nowNs) {
        if (sender.inFlight() || !sender.hasUnsent()) {
            sender.probesOut = 0;
            sender.probeBackoff = 0;
            return true;
        }
        if (sender.probesOut == 0) {
            persistStartNs = nowNs;
        } else if (options.userTimeoutMs > 0 && nowNs - persistStartNs >= options.userTimeoutMs * MS) {
            return false;
        }
        final int most = tcb.orphaned ? stack.config.orphanRetries : stack.config.retries;
        if (sender.probesOut >= most) {
            return false;
        }
        // A peer that answers is alive, but nobody waits for an orphan: as Linux, once the interval has reached its most.
        if (tcb.orphaned && sender.probeBackoff >= most && output.probeIntervalNs() >= RttEstimator.MAX_RTO_NS) {
            stack.counters.increment(TcpCounter.ORPHANS_GIVEN_UP);
            return false;
        }
        if (tcb.sndWindowEnd() > tcb.sndNxt) {
            // Room, but not for a full segment: send what fits after all.
            output.forcePartial = true;
        } else {
            stack.counters.increment(TcpCounter.WINDOW_PROBES);
            output.aliveProbePending = true;
            sender.probesOut++;
            sender.probeBackoff++;
        }
        timers.arm(Timers.Kind.PERSIST, nowNs + output.probeIntervalNs());
        return true;
    }
}
