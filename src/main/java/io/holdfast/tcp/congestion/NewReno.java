package io.holdfast.tcp.congestion;

/** Slow start and congestion avoidance of RFC 5681, as Linux's "reno". Owner's thread only. */
public final class NewReno extends Window {
    @Override
    public String name() {
        return "reno";
    }

    @Override
    public void onAcked(final long nowNs, final int ackedSegments, final long rttNs, final long sndUna, final long sndNxt) {
        int acked = ackedSegments;
        if (inSlowStart()) {
            acked = slowStart(acked);
            if (acked == 0) {
                return;
            }
        }
        grow(cwnd(), acked);
    }

    @Override
    public void onRttSample(final long nowNs, final long rttNs, final long sndUna, final long sndNxt) {
    }

    @Override
    public int ssthreshOnCongestion(final long nowNs, final int inFlightSegments) {
        dropCredit();
        return Math.max(cwnd() >> 1, MIN_SSTHRESH);
    }

    @Override
    public void onTimeout(final long nowNs) {
        dropCredit();
    }

    @Override
    public void onRecoveryExit(final long nowNs) {
    }

    @Override
    public void undo() {
    }

    @Override
    public void onIdleRestart(final long nowNs, final long idleNs) {
    }
}
