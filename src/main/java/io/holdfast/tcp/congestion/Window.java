package io.holdfast.tcp.congestion;

/** Congestion window, threshold and the two ways of growing that loss-based algorithms share. Segments. */
abstract class Window implements CongestionControl {
    static final int UNKNOWN_SSTHRESH = Integer.MAX_VALUE;
    /** No window grows beyond this: a gigabyte of Ethernet segments. */
    static final int MAX_CWND = 1 << 20;
    static final int MIN_SSTHRESH = 2;

    private int cwnd;
    private int ssthresh = UNKNOWN_SSTHRESH;
    /** Segments acknowledged towards the next segment of growth, in congestion avoidance. */
    private int credit;

    @Override
    public void initialize(final int initialWindowSegments) {
        cwnd = initialWindowSegments;
        ssthresh = UNKNOWN_SSTHRESH;
        credit = 0;
    }

    /**
     * Slow start (RFC 5681 3.1): a segment for each one acknowledged, up to the threshold. Returns the rest of the acknowledged
     * segments.
     */
    final int slowStart(final int ackedSegments) {
        final int grown = (int) Math.min((long) cwnd + ackedSegments, ssthresh);
        final int used = Math.max(0, grown - cwnd);
        cwnd(cwnd + used);
        return ackedSegments - used;
    }

    /** Grows by one segment for each {@code every} acknowledged. */
    final void grow(final int every, final int ackedSegments) {
        // Credit that was earned at a larger step is spent gently, not all at once.
        if (credit >= every) {
            credit = 0;
            cwnd(cwnd + 1);
        }
        credit += ackedSegments;
        if (credit >= every) {
            final int steps = credit / every;
            credit -= steps * every;
            cwnd(cwnd + steps);
        }
    }

    final void dropCredit() {
        credit = 0;
    }

    final int credit() {
        return credit;
    }

    final void credit(final int segments) {
        credit = segments;
    }

    @Override
    public final int cwnd() {
        return cwnd;
    }

    @Override
    public final void cwnd(final int segments) {
        cwnd = Math.max(1, Math.min(segments, MAX_CWND));
    }

    @Override
    public final int ssthresh() {
        return ssthresh;
    }

    @Override
    public final void ssthresh(final int segments) {
        ssthresh = segments;
    }
}
