package io.holdfast.tcp.congestion;

/**
 * CUBIC (RFC 9438), with HyStart++ in the first slow start. The window follows a cubic of the time since the last
 * reduction, flat around the window of that loss, and never falls behind what Reno would reach. Constants, rounding and
 * the bound of growth (1.5 times a round trip) are Linux's. One instance a connection; owner's thread only.
 */
public final class Cubic extends Window {
    /** The window after a reduction, in 1024ths: 0.7. */
    static final int BETA = 717;
    static final int SCALE = 1024;
    /** The cubic's coefficient: 0.4 segments per cubic second. */
    static final double C = 410.0 / SCALE;
    private static final long SECOND_NS = 1_000_000_000L;
    /**
     * With an unchanged window the curve is evaluated after this time at the earliest, or after a round trip if that is shorter.
     * On short paths Linux, which always waits, grows far more slowly than Reno would.
     */
    private static final long UPDATE_NS = SECOND_NS / 32;
    private static final long NONE = Long.MIN_VALUE;

    private final HyStartPlusPlus hystart = new HyStartPlusPlus();
    /** Window at the last reduction (W_max), lowered by fast convergence; 0 if unknown. */
    private int wMax;
    /** Begin of the curve; NONE after a reduction, until growth resumes. */
    private long epochNs = NONE;
    /** The curve's plateau. */
    private int origin;
    /** Seconds from the epoch to the plateau. */
    private double k;
    private long minRttNs;
    /** Acknowledged segments for one segment of growth. */
    private int every;
    private int lastCwnd;
    private long lastUpdateNs = NONE;
    /** Reno's window, and the segments acknowledged towards its next segment. */
    private int renoCwnd;
    private int renoCredit;

    @Override
    public String name() {
        return "cubic";
    }

    @Override
    public void initialize(final int initialWindowSegments) {
        super.initialize(initialWindowSegments);
        forget();
        hystart.start();
    }

    private void forget() {
        wMax = 0;
        epochNs = NONE;
        origin = 0;
        k = 0;
        minRttNs = 0;
        every = 0;
        lastCwnd = 0;
        lastUpdateNs = NONE;
        renoCwnd = 0;
        renoCredit = 0;
    }

    @Override
    public void onRttSample(final long nowNs, final long rttNs, final long sndUna, final long sndNxt) {
        if (inSlowStart() && ssthresh() == UNKNOWN_SSTHRESH && hystart.onRtt(rttNs, sndUna, sndNxt)) {
            ssthresh(cwnd());
        }
        // Queues drain for a while after a reduction: those samples would pass for the path's own.
        if (epochNs != NONE && nowNs - epochNs < SECOND_NS) {
            return;
        }
        if (minRttNs == 0 || rttNs < minRttNs) {
            minRttNs = rttNs;
        }
    }

    @Override
    public void onAcked(final long nowNs, final int ackedSegments, final long rttNs, final long sndUna,
        final long sndNxt) {
        int acked = ackedSegments;
        if (inSlowStart()) {
            acked = slowStart(hystart.conservative() ? hystart.growth(acked) : acked);
            if (acked == 0) {
                return;
            }
        }
        update(nowNs, acked);
        grow(every, acked);
    }

    private void update(final long nowNs, final int acked) {
        final int cwnd = cwnd();
        renoCredit += acked;
        final long pauseNs = minRttNs > 0 ? Math.min(minRttNs, UPDATE_NS) : UPDATE_NS;
        if (lastCwnd == cwnd && lastUpdateNs != NONE && nowNs - lastUpdateNs <= pauseNs) {
            return;
        }
        if (epochNs == NONE || lastUpdateNs == NONE || nowNs != lastUpdateNs) {
            lastCwnd = cwnd;
            lastUpdateNs = nowNs;
            if (epochNs == NONE) {
                beginEpoch(nowNs, cwnd, acked);
            }
            every = onCurve(nowNs, cwnd);
        }
        every = Math.max(2, Math.min(every, asReno(cwnd)));
    }

    private void beginEpoch(final long nowNs, final int cwnd, final int acked) {
        epochNs = nowNs;
        renoCredit = acked;
        renoCwnd = cwnd;
        if (wMax <= cwnd) {
            k = 0;
            origin = cwnd;
        } else {
            k = Math.cbrt((wMax - cwnd) / C);
            origin = wMax;
        }
    }

    /** Segments to acknowledge for one of growth, so that the window meets the curve one RTT from now. */
    private int onCurve(final long nowNs, final int cwnd) {
        final double t = (double) (nowNs - epochNs + minRttNs) / SECOND_NS - k;
        final int rise = (int) Math.min(C * Math.abs(t * t * t), MAX_CWND);
        final int target = t < 0 ? origin - rise : origin + rise;
        final int step = target > cwnd ? cwnd / (target - cwnd) : 100 * cwnd;
        // The path is unknown so far: grow by 5 % a round trip at least.
        return wMax == 0 ? Math.min(step, 20) : step;
    }

    /** Updates Reno's estimate, which grows by 3(1-beta)/(1+beta) a round trip. */
    private int asReno(final int cwnd) {
        final int perSegment = Math.max(1, cwnd * 15 >> 3);
        if (renoCredit > perSegment) {
            final int steps = (renoCredit - 1) / perSegment;
            renoCredit -= steps * perSegment;
            renoCwnd += steps;
        }
        return renoCwnd > cwnd ? cwnd / (renoCwnd - cwnd) : Integer.MAX_VALUE;
    }

    @Override
    public int ssthreshOnCongestion(final long nowNs, final int inFlightSegments) {
        final int cwnd = cwnd();
        dropCredit();
        hystart.stop();
        epochNs = NONE;
        // Fast convergence: a flow that does not reach its last window any more makes room for others.
        wMax = cwnd < wMax ? (int) ((long) cwnd * (SCALE + BETA) / (2 * SCALE)) : cwnd;
        return Math.max((int) ((long) cwnd * BETA / SCALE), MIN_SSTHRESH);
    }

    @Override
    public void onTimeout(final long nowNs) {
        dropCredit();
        forget();
    }

    @Override
    public void onRecoveryExit(final long nowNs) {
    }

    @Override
    public void undo() {
    }

    @Override
    public void onIdleRestart(final long nowNs, final long idleNs) {
        if (epochNs != NONE && idleNs > 0) {
            epochNs = Math.min(nowNs, epochNs + idleNs);
        }
    }
}
