package io.holdfast.tcp.recovery;

import io.holdfast.tcp.congestion.CongestionControl;

/**
 * Everything the sender does about loss, from the handshake's end on: scoreboard, RTO with backoff, RACK-TLP (RFC 8985),
 * PRR (RFC 6937), recovery without SACK (RFC 6582), limited transmit (RFC 3042), F-RTO (RFC 5682), undo by timestamps
 * (RFC 3522, 4015) and by D-SACK. Behaves as Linux's tcp_input.c and tcp_timer.c do where the RFCs leave a choice.
 *
 * <p>The connection asks {@link #hasRetransmission()} and {@link #newSegmentQuota()} whenever it may transmit, reports
 * what it sent, and calls {@link #onDeadline} when {@link #deadlineNs()} has come. SYN and persist timers are the
 * connection's own business. Owner's thread only.
 */
public final class LossRecovery {
    /** What the sender is doing about loss; numbers are Linux's {@code tcpi_ca_state}. */
    public enum State {
        OPEN(0), DISORDER(1), CWR(2), RECOVERY(3), LOSS(4);

        private final int code;

        State(final int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }
    }

    public LossRecovery(final CongestionControl congestion, final RttEstimator rtt) {
        throw new UnsupportedOperationException("contract only");
    }

    /**
     * The handshake is over; nothing is in flight, offsets start at {@code sndNxt}.
     *
     * @param mss        payload bytes of a full segment (options taken off)
     * @param sack       both sides permitted SACK
     * @param timestamps both sides use timestamps
     */
    public void onEstablished(final int mss, final boolean sack, final boolean timestamps, final long sndNxt,
        final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Whether the window starts over after an idle time (RFC 5681 4.1); before {@link #onEstablished}. */
    public void slowStartAfterIdle(final boolean on) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Who counts what happens; before {@link #onEstablished}. */
    public void listener(final RecoveryListener listener) {
        throw new UnsupportedOperationException("contract only");
    }

    /** The handshake's round trip, where Karn's rule allows it; directly after {@link #onEstablished}. */
    public void onHandshakeRtt(final long rttNs, final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /**
     * A router said that full segments do not fit: those in flight above {@code mss} are lost and to be sent again at
     * once, without a reduction of the window (Linux's tcp_simple_retransmit). Implies {@link #mss(int)}.
     */
    public void onPathMtuReduced(final int mss, final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** The payload bytes of a full segment changed (path MTU); segments above it are counted anew. */
    public void mss(final int mss) {
        throw new UnsupportedOperationException("contract only");
    }

    /** {@code [start, end)} was sent for the first time, {@code start} being the previous end; a FIN counts one. */
    public void onSent(final long start, final long end, final int tsVal, final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** {@code [start, end)}, as given by {@link #retransmitStart()} or shorter from its start, was sent again. */
    public void onRetransmitted(final long start, final long end, final int tsVal, final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** An acceptable acknowledgement arrived (also one that acknowledges nothing new). */
    public void onAck(final AckEvent event, final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** The earliest of RTO, TLP and RACK's reordering timer; {@code Deadline.NONE} if nothing is in flight. */
    public long deadlineNs() {
        throw new UnsupportedOperationException("contract only");
    }

    /** The deadline has come (an early call is ignored). Afterwards there may be something to retransmit or a probe to send. */
    public void onDeadline(final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Something marked lost may be retransmitted now, within the congestion window. */
    public boolean hasRetransmission() {
        throw new UnsupportedOperationException("contract only");
    }

    /** The next range to retransmit (at most the length of one original transmission); valid if {@link #hasRetransmission()}. */
    public long retransmitStart() {
        throw new UnsupportedOperationException("contract only");
    }

    public long retransmitEnd() {
        throw new UnsupportedOperationException("contract only");
    }

    /** Full segments of new data that may leave now: the window less what is in flight, limited transmit included. */
    public int newSegmentQuota() {
        throw new UnsupportedOperationException("contract only");
    }

    /**
     * A tail loss probe is due: the connection sends one segment of new data if it has some and the peer's window
     * allows, and calls {@link #onSent}; otherwise it retransmits the last segment sent and calls {@link #onRetransmitted}.
     */
    public boolean probeDue() {
        throw new UnsupportedOperationException("contract only");
    }

    /** The range that a probe without new data retransmits: the last segment in flight. */
    public long probeStart() {
        throw new UnsupportedOperationException("contract only");
    }

    public long probeEnd() {
        throw new UnsupportedOperationException("contract only");
    }

    /** Transmission stopped: true if for lack of data or peer window rather than of congestion window (RFC 7661). */
    public void onTransmitIdle(final boolean applicationLimited, final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Consecutive timeouts without progress. */
    public int backoff() {
        throw new UnsupportedOperationException("contract only");
    }

    /** When the first of the consecutive timeouts' retransmissions was sent; {@code Deadline.NONE} if there was none. */
    public long firstTimeoutNs() {
        throw new UnsupportedOperationException("contract only");
    }

    public State state() {
        throw new UnsupportedOperationException("contract only");
    }

    /** Segments in flight: sent, less those delivered or lost, plus those sent again. */
    public int inFlight() {
        throw new UnsupportedOperationException("contract only");
    }

    // TCP_INFO, as Linux counts it, in segments.

    public int unacked() {
        throw new UnsupportedOperationException("contract only");
    }

    public int sacked() {
        throw new UnsupportedOperationException("contract only");
    }

    public int lost() {
        throw new UnsupportedOperationException("contract only");
    }

    /** Retransmitted and not yet delivered. */
    public int retransmitted() {
        throw new UnsupportedOperationException("contract only");
    }

    public int totalRetransmitted() {
        throw new UnsupportedOperationException("contract only");
    }

    public int reordering() {
        throw new UnsupportedOperationException("contract only");
    }
}
