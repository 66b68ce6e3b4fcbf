package io.holdfast.tcp;

import io.holdfast.util.Deadline;

/**
 * When to acknowledge: delayed and quick ACKs (RFC 9293 3.8.6.3, RFC 5681 4.2), with Linux's choices where the RFCs
 * leave one: quick at the start and after a pause, delayed once the application answers in time ("ping-pong"), the delay
 * following the rate of arrival between 40 and 200 ms. Numbers only; times in nanoseconds.
 */
final class AckPolicy {
    static final long MIN_DELAY_NS = 40_000_000L;
    static final long MAX_DELAY_NS = 200_000_000L;
    private static final int MAX_QUICK_ACKS = 16;
    /** Duplicate ACKs answered one for one to a peer without SACK, which counts them (RFC 5681 3.2). */
    private static final int MAX_DUPLICATES_OWED = 16;

    private final boolean delayed;
    private long delayNs;
    private int quick;
    private boolean pingPong;
    private long lastReceivedNs;
    private boolean started;
    /** Estimate of the peer's full segment. */
    private int rcvMss = 536;

    private boolean scheduled;
    private boolean now;
    private int duplicatesOwed;
    private long deadlineNs = Deadline.NONE;

    AckPolicy(final boolean delayed) {
        this.delayed = delayed;
    }

    /** First guess at the peer's segment size, before any data. */
    void initialMss(final int mss, final long rcvWnd) {
        rcvMss = (int) Math.max(88, Math.min(Math.min(mss, 536), rcvWnd / 2));
    }

    int rcvMss() {
        return rcvMss;
    }

    boolean pingPong() {
        return pingPong;
    }

    /** TCP_QUICKACK: false lets ACKs be delayed from now on, true acknowledges what is pending. */
    void quickAck(final boolean on) {
        if (on) {
            pingPong = false;
            if (scheduled) {
                now = true;
            }
        } else {
            pingPong = true;
        }
    }

    void enterPingPong() {
        pingPong = true;
    }

    /**
     * Bytes were accepted. Adapts the delay and estimates; says nothing about whether to acknowledge.
     *
     * @param segmentBytes payload of one wire segment
     * @param rcvWnd       window last told, bytes
     */
    void onData(final int segmentBytes, final int advMss, final long rcvWnd, final long srttNs, final long rtoNs,
        final long nowNs) {
        if (segmentBytes >= rcvMss) {
            rcvMss = Math.min(segmentBytes, advMss);
        }
        scheduled = true;
        if (!started) {
            started = true;
            raiseQuick(MAX_QUICK_ACKS, rcvWnd);
            delayNs = MIN_DELAY_NS;
        } else {
            final long gapNs = nowNs - lastReceivedNs;
            if (gapNs <= MIN_DELAY_NS / 2) {
                delayNs = (delayNs >> 1) + MIN_DELAY_NS / 2;
            } else if (gapNs < delayNs) {
                delayNs = Math.min((delayNs >> 1) + gapNs, rtoNs);
            } else if (gapNs > rtoNs) {
                raiseQuick(MAX_QUICK_ACKS, rcvWnd);
            }
        }
        lastReceivedNs = nowNs;
    }

    private void raiseQuick(final int most, final long rcvWnd) {
        final long fit = Math.max(2, rcvWnd / (2L * rcvMss));
        quick = (int) Math.max(quick, Math.min(fit, most));
    }

    /** Something odd arrived (a duplicate, a drop): acknowledge at once for a while. */
    void enterQuickMode(final long rcvWnd) {
        raiseQuick(MAX_QUICK_ACKS, rcvWnd);
        pingPong = false;
        delayNs = MIN_DELAY_NS;
    }

    /**
     * In-order data (or a FIN) waits for its acknowledgement: now, or with the timer?
     *
     * @param unacknowledgedBytes received since the last ACK
     * @param windowHolds         the window we would tell is no smaller than the one last told
     */
    void onInOrder(final long unacknowledgedBytes, final boolean windowHolds, final boolean gap, final long srttNs,
        final long nowNs) {
        scheduled = true;
        if (!delayed || !started || gap || unacknowledgedBytes > rcvMss && windowHolds || quick > 0 && !pingPong) {
            now = true;
            return;
        }
        long most = MAX_DELAY_NS;
        if (delayNs > MIN_DELAY_NS) {
            most = pingPong ? MAX_DELAY_NS : 500_000_000L;
            if (srttNs > 0) {
                most = Math.min(most, Math.max(srttNs, MIN_DELAY_NS));
            }
        }
        final long dueNs = nowNs + Math.min(Math.max(delayNs, MIN_DELAY_NS), Math.min(most, MAX_DELAY_NS));
        deadlineNs = Math.min(deadlineNs, dueNs);
    }

    /** Data ahead of a gap, or old data, arrived: one ACK for each (RFC 5681 4.2). */
    void owesDuplicate() {
        scheduled = true;
        now = true;
        duplicatesOwed = Math.min(MAX_DUPLICATES_OWED, duplicatesOwed + 1);
    }

    /** Acknowledge at once. */
    void owesNow() {
        scheduled = true;
        now = true;
    }

    void schedule() {
        scheduled = true;
    }

    boolean scheduled() {
        return scheduled;
    }

    boolean due() {
        return now;
    }

    /** ACKs to send now: one, or one for each segment out of order. */
    int owed(final boolean peerCountsDuplicates) {
        return peerCountsDuplicates ? Math.max(1, duplicatesOwed) : 1;
    }

    long deadlineNs() {
        return deadlineNs;
    }

    /** The delay is over. Returns true if there is something to acknowledge. */
    boolean onTimer(final long rtoNs) {
        deadlineNs = Deadline.NONE;
        if (!scheduled) {
            return false;
        }
        if (pingPong) {
            pingPong = false;
            delayNs = MIN_DELAY_NS;
        } else {
            delayNs = Math.min(delayNs << 1, rtoNs);
        }
        now = true;
        return true;
    }

    /** A segment with an acknowledgement left. */
    void onAckSent() {
        if (scheduled && quick > 0) {
            quick--;
            if (quick == 0) {
                delayNs = MIN_DELAY_NS;
            }
        }
        scheduled = false;
        now = false;
        duplicatesOwed = 0;
        deadlineNs = Deadline.NONE;
    }

    /** Data left: an answer soon after a request means ping-pong, where the answer carries the ACK. */
    void onDataSent(final long nowNs) {
        if (started && nowNs - lastReceivedNs < delayNs) {
            pingPong = true;
        }
    }

    /** When data last arrived; 0 if none did. */
    long lastReceivedNs() {
        return lastReceivedNs;
    }
}
