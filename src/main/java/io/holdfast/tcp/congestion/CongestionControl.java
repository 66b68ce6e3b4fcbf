package io.holdfast.tcp.congestion;

/**
 * Decides how many segments may be in flight outside of recovery, and at which window recovery ends (RFC 5681). Loss
 * recovery ({@code tcp.recovery}) decides when there was a congestion event and reduces the window through PRR while it
 * lasts; it reads and writes {@link #cwnd()}. One instance a connection; owner's thread only; state is plain data.
 */
public interface CongestionControl {
    /** "cubic" or "reno", as in the {@code TCP_CONGESTION} option. */
    String name();

    /** Starts, or starts again after a state transfer. Window in segments. */
    void initialize(int initialWindowSegments);

    /**
     * New data was acknowledged outside of recovery. Only called if the flow was limited by cwnd (RFC 7661, as Linux
     * counts it); HyStart++ rounds end when {@code sndUna} passes the {@code sndNxt} of their beginning.
     *
     * @param ackedSegments segments newly delivered
     * @param rttNs         a new RTT sample, or -1
     * @param sndUna        stream offset acknowledged
     * @param sndNxt        stream offset sent
     */
    void onAcked(long nowNs, int ackedSegments, long rttNs, long sndUna, long sndNxt);

    /** An RTT sample outside of any growth, for HyStart++ and CUBIC's minimum. */
    void onRttSample(long nowNs, long rttNs, long sndUna, long sndNxt);

    /** The slow start threshold for a congestion event now; also remembers what {@link #undo()} needs. */
    int ssthreshOnCongestion(long nowNs, int inFlightSegments);

    /** A retransmission timeout, after {@link #ssthreshOnCongestion}: forgets the curve's epoch. */
    void onTimeout(long nowNs);

    /** Recovery is over; cwnd has been set. */
    void onRecoveryExit(long nowNs);

    /** The last congestion event was spurious: window and threshold as before it, at least. */
    void undo();

    /** Nothing was sent for longer than an RTO (RFC 5681 4.1): shifts the curve's epoch so that idle time does not count. */
    void onIdleRestart(long nowNs, long idleNs);

    /** Congestion window, segments. */
    int cwnd();

    void cwnd(int segments);

    /** Slow start threshold, segments; {@link Integer#MAX_VALUE} while unknown. */
    int ssthresh();

    void ssthresh(int segments);

    default boolean inSlowStart() {
        return cwnd() < ssthresh();
    }
}
