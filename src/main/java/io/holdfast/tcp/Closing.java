package io.holdfast.tcp;

import io.holdfast.counters.TcpCounter;

/**
 * The application's CLOSE and ABORT (RFC 9293 3.10.4, 3.10.5), half-close, and what becomes of a connection that has no
 * application any more. Shard's thread only.
 */
final class Closing {
    private static final long MS = 1_000_000L;

    private final Tcb tcb;
    private final Sender sender;
    private final Receiver receiver;
    private final Output output;
    private final Timers timers;
    private final TcpOptions options;
    private final TcpContext stack;
    private final Replicated replicated;
    private final Lifecycle life;
    private boolean orphanCounted;

    Closing(final Tcb tcb, final Sender sender, final Receiver receiver, final Output output, final Timers timers,
        final TcpOptions options, final TcpContext stack, final Replicated replicated, final Lifecycle life) {
        this.tcb = tcb;
        this.sender = sender;
        this.receiver = receiver;
        this.output = output;
        this.timers = timers;
        this.options = options;
        this.stack = stack;
        this.replicated = replicated;
        this.life = life;
    }

    /** Half-close: a FIN after what is in the send buffer. No bytes may be appended afterwards. */
    void shutdownWrite(final long nowNs) {
        if (tcb.state != TcpState.CLOSED && replicated.lacksOutput()) {
            replicated.breakOff();
            return;
        }
        if (tcb.sndFin != Tcb.NO_OFFSET) {
            return;
        }
        switch (tcb.state) {
            case SYN_RECEIVED, ESTABLISHED -> {
                endStream(nowNs);
                life.enter(TcpState.FIN_WAIT_1);
            }
            case CLOSE_WAIT -> {
                endStream(nowNs);
                life.enter(TcpState.LAST_ACK);
            }
            default -> {
            }
        }
    }

    private void endStream(final long nowNs) {
        tcb.sndFin = sender.buffer.tail();
        sender.recovery.finOffset(tcb.sndFin);
        replicated.swallow(nowNs);
    }

    /** Close: reset if there are unread bytes (RFC 2525 2.17) or linger is 0, otherwise FIN after what is in the send buffer. */
    void close(final long nowNs) {
        if (tcb.orphaned) {
            return;
        }
        tcb.orphaned = true;
        final boolean unread = receiver.held() > 0;
        if (tcb.state == TcpState.SYN_SENT) {
            stack.counters.increment(TcpCounter.ATTEMPT_FAILS);
            life.finish();
        } else if (tcb.state == TcpState.SYN_RECEIVED && sender.buffer.size() == 0 && options.lingerMs != 0) {
            shutdownWrite(nowNs);
        } else if (tcb.state.isSynchronized() && tcb.state != TcpState.TIME_WAIT && unread) {
            stack.counters.increment(TcpCounter.ABORT_ON_CLOSE);
            // In every state, also behind our own FIN: the peer is told that its data is lost.
            output.resetPending = true;
            life.fail(TcpError.ABORTED);
        } else if (options.lingerMs == 0 && tcb.state.isSynchronized() && tcb.state != TcpState.TIME_WAIT) {
            stack.counters.increment(TcpCounter.ABORT_ON_LINGER);
            abort();
        } else if (tcb.state.isSynchronized() && tcb.state != TcpState.TIME_WAIT && !stack.orphans.haveRoom()) {
            abort();
        } else {
            shutdownWrite(nowNs);
            if (tcb.state == TcpState.FIN_WAIT_2) {
                limitFinWait2(nowNs);
            }
            recountOrphan();
        }
    }

    /** Reset, dropping all data. */
    void abort() {
        tcb.orphaned = true;
        switch (tcb.state) {
            case SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT -> {
                output.resetPending = true;
                life.fail(TcpError.ABORTED);
            }
            case CLOSING, LAST_ACK -> {
                // As Linux: the peer must not wait for what was never sent.
                if (tcb.finSent()) {
                    life.finish();
                } else {
                    output.resetPending = true;
                    life.fail(TcpError.ABORTED);
                }
            }
            case CLOSED -> {
            }
            default -> life.finish();
        }
    }

    // --- without an application ---

    /** The state, or whether this host leads, has changed. */
    void recountOrphan() {
        final boolean lives = tcb.state != TcpState.CLOSED && tcb.state != TcpState.TIME_WAIT;
        orphanCounted = stack.orphans.recount(tcb.orphaned && lives && !replicated.follows(), orphanCounted);
    }

    /** In FIN-WAIT-2: a peer that never closes must not hold memory for ever (Linux's tcp_fin_timeout, TCP_LINGER2). */
    void limitFinWait2(final long nowNs) {
        if (!tcb.orphaned) {
            return;
        }
        if (options.linger2Ms < 0) {
            life.finish();
            return;
        }
        final long ms = options.linger2Ms > 0 ? options.linger2Ms : stack.config.finTimeoutMs;
        timers.arm(Timers.Kind.FIN_WAIT_2, nowNs + ms * MS);
    }

    /** The connection is removed. */
    void free() {
        orphanCounted = stack.orphans.recount(false, orphanCounted);
    }
}
