package io.holdfast.tcp.recovery;

/**
 * Smoothed RTT and retransmission timeout (RFC 6298, with Linux's floor: the variance term is at least the minimum RTO,
 * so that RTO = SRTT + max(RTO_min, 4 RTTVAR)). Times in nanoseconds at the interface; counted inside in microseconds
 * and in Linux's fixed point, so that the figures an application sees are the ones it would see there. Owner's thread only.
 */
public final class RttEstimator {
    public static final long INITIAL_RTO_NS = 1_000_000_000L;
    public static final long MAX_RTO_NS = 120_000_000_000L;
    /** RTO after a handshake that gave no sample (RFC 6298 5.7). */
    public static final long FALLBACK_RTO_NS = 3_000_000_000L;
    static final long UNKNOWN_US = Long.MAX_VALUE;

    private static final long US = 1_000L;

    private final long minRtoUs;
    private final WindowedMinimum minimum = new WindowedMinimum();

    /** Eight times the smoothed RTT; 0 before the first sample. */
    private long srtt8Us;
    /** Four times the mean deviation. */
    private long mdev4Us;
    /** Largest {@link #mdev4Us} of the current round trip, at least the minimum RTO. */
    private long mdevMaxUs;
    /** The term added to SRTT: follows {@link #mdevMaxUs} up at once, and down by a quarter a round trip. */
    private long varianceUs;
    /** The round trip ends when this offset is acknowledged. */
    private long roundEnd;

    public RttEstimator(final long minRtoNs) {
        minRtoUs = minRtoNs / US;
        varianceUs = INITIAL_RTO_NS / US;
        mdev4Us = varianceUs;
        mdevMaxUs = varianceUs;
    }

    /** Takes a sample that Karn's rule allows, outside of any stream: the handshake's. */
    public void onSample(final long rttNs, final long nowNs) {
        onMinimum(rttNs / US, nowNs);
        onSampleUs(rttNs / US, 0, 0);
    }

    /**
     * Takes a sample.
     *
     * @param sndUna stream offset acknowledged, this acknowledgement included
     * @param sndNxt stream offset sent
     */
    void onSampleUs(final long rttUs, final long sndUna, final long sndNxt) {
        if (srtt8Us == 0) {
            srtt8Us = rttUs << 3;
            mdev4Us = rttUs << 1;
            varianceUs = Math.max(mdev4Us, minRtoUs);
            mdevMaxUs = varianceUs;
            roundEnd = sndNxt;
        } else {
            long error = rttUs - (srtt8Us >> 3);
            srtt8Us += error;
            if (error < 0) {
                // A shorter RTT must not raise the timeout much (an observation of the Eifel authors).
                error = -error - (mdev4Us >> 2);
                if (error > 0) {
                    error >>= 3;
                }
            } else {
                error -= mdev4Us >> 2;
            }
            mdev4Us += error;
            if (mdev4Us > mdevMaxUs) {
                mdevMaxUs = mdev4Us;
                varianceUs = Math.max(varianceUs, mdevMaxUs);
            }
            if (sndUna > roundEnd) {
                if (mdevMaxUs < varianceUs) {
                    varianceUs -= (varianceUs - mdevMaxUs) >> 2;
                }
                roundEnd = sndNxt;
                mdevMaxUs = minRtoUs;
            }
        }
        srtt8Us = Math.max(1, srtt8Us);
    }

    /** A round trip for the windowed minimum alone, which may come from another segment than the smoothed sample. */
    void onMinimum(final long rttUs, final long nowNs) {
        minimum.update(nowNs, rttUs == 0 ? US : rttUs);
    }

    /** The handshake gave no sample: be careful, it probably was retransmitted (RFC 6298 5.7). */
    void fallBack() {
        varianceUs = FALLBACK_RTO_NS / US;
        mdev4Us = varianceUs;
        mdevMaxUs = varianceUs;
    }

    /** Smoothed RTT; 0 before the first sample. */
    public long srttNs() {
        return (srtt8Us >> 3) * US;
    }

    /** Mean deviation, as TCP_INFO's rttvar. */
    public long rttVarNs() {
        return (mdev4Us >> 2) * US;
    }

    /** Windowed minimum (5 minutes, as Linux); 0 before the first sample. */
    public long minRttNs() {
        final long us = minimum.value();
        return us == UNKNOWN_US ? 0 : us * US;
    }

    /** RTO without backoff. */
    public long rtoNs() {
        return Math.min(((srtt8Us >> 3) + varianceUs) * US, MAX_RTO_NS);
    }

    public long minRtoNs() {
        return minRtoUs * US;
    }

    boolean hasSample() {
        return srtt8Us != 0;
    }

    long srtt8Us() {
        return srtt8Us;
    }

    /** {@link #UNKNOWN_US} before the first sample. */
    long minRttUs() {
        return minimum.value();
    }
}
