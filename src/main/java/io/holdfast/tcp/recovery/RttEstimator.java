package io.holdfast.tcp.recovery;

/**
 * Smoothed RTT and retransmission timeout (RFC 6298, with Linux's floor: the variance term is at least the minimum RTO,
 * so that RTO = SRTT + max(RTO_min, 4 RTTVAR)). Times in nanoseconds. Owner's thread only.
 */
public final class RttEstimator {
    public static final long INITIAL_RTO_NS = 1_000_000_000L;
    public static final long MAX_RTO_NS = 120_000_000_000L;

    public RttEstimator(final long minRtoNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Takes a sample that Karn's rule allows. */
    public void onSample(final long rttNs, final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Smoothed RTT; 0 before the first sample. */
    public long srttNs() {
        throw new UnsupportedOperationException("contract only");
    }

    public long rttVarNs() {
        throw new UnsupportedOperationException("contract only");
    }

    /** Windowed minimum (5 minutes, as Linux); 0 before the first sample. */
    public long minRttNs() {
        throw new UnsupportedOperationException("contract only");
    }

    /** RTO without backoff. */
    public long rtoNs() {
        throw new UnsupportedOperationException("contract only");
    }
}
