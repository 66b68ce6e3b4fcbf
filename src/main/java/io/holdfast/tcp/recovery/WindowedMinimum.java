package io.holdfast.tcp.recovery;

/**
 * The least RTT of the last five minutes, from the best three samples of successive parts of the window: when the best
 * grows too old the next takes its place, so that no history is kept. Microseconds of RTT, nanoseconds of time.
 */
final class WindowedMinimum {
    static final long WINDOW_NS = 300_000_000_000L;

    private long best = RttEstimator.UNKNOWN_US;
    private long bestAtNs;
    private long second = RttEstimator.UNKNOWN_US;
    private long secondAtNs;
    private long third = RttEstimator.UNKNOWN_US;
    private long thirdAtNs;

    long value() {
        return best;
    }

    void update(final long nowNs, final long value) {
        if (value <= best || nowNs - thirdAtNs > WINDOW_NS) {
            best = value;
            bestAtNs = nowNs;
            second = value;
            secondAtNs = nowNs;
            third = value;
            thirdAtNs = nowNs;
            return;
        }
        if (value <= second) {
            second = value;
            secondAtNs = nowNs;
            third = value;
            thirdAtNs = nowNs;
        } else if (value <= third) {
            third = value;
            thirdAtNs = nowNs;
        }
        age(nowNs, value);
    }

    private void age(final long nowNs, final long value) {
        if (nowNs - bestAtNs > WINDOW_NS) {
            shift(nowNs, value);
            if (nowNs - bestAtNs > WINDOW_NS) {
                shift(nowNs, value);
            }
        } else if (secondAtNs == bestAtNs && nowNs - bestAtNs > WINDOW_NS / 4) {
            // A quarter of the window without a better one: keep a newer candidate in reserve.
            second = value;
            secondAtNs = nowNs;
            third = value;
            thirdAtNs = nowNs;
        } else if (thirdAtNs == secondAtNs && nowNs - bestAtNs > WINDOW_NS / 2) {
            third = value;
            thirdAtNs = nowNs;
        }
    }

    private void shift(final long nowNs, final long value) {
        best = second;
        bestAtNs = secondAtNs;
        second = third;
        secondAtNs = thirdAtNs;
        third = value;
        thirdAtNs = nowNs;
    }
}
