package io.holdfast.tcp.congestion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The curve of RFC 9438, in Linux's rounding. */
final class CubicTest {
    private static final long MS = 1_000_000;
    private static final long RTT = 100 * MS;

    private final Cubic cubic = new Cubic();
    private long nowNs = 5_000 * MS;
    private long una;

    /** A round trip in which the whole window is acknowledged, two segments at a time. */
    private void round() {
        final int window = cubic.cwnd();
        for (int i = 0; i < window; i += 2) {
            final long at = nowNs + RTT * i / window;
            una += 2;
            cubic.onRttSample(at, RTT, una, una + window);
            cubic.onAcked(at, Math.min(2, window - i), RTT, una, una + window);
        }
        nowNs += RTT;
    }

    private void congestion() {
        final int ssthresh = cubic.ssthreshOnCongestion(nowNs, cubic.cwnd());
        cubic.ssthresh(ssthresh);
        cubic.cwnd(ssthresh);
    }

    @Test
    void shouldDoubleInSlowStart() {
        cubic.initialize(10);
        round();
        assertEquals(20, cubic.cwnd());
    }

    @Test
    void shouldReduceToSeventyPercent() {
        cubic.initialize(100);
        congestion();
        assertEquals(70, cubic.cwnd());
        cubic.initialize(2);
        congestion();
        assertEquals(2, cubic.cwnd());
    }

    @Test
    void shouldReturnToTheOldWindowAfterK() {
        cubic.initialize(1000);
        congestion();
        assertEquals(700, cubic.cwnd());
        // K = cbrt(300 / 0.4) = 9.08 s: at the plateau's begin the window is back, and the growth has almost stopped.
        final long begin = nowNs;
        while (nowNs - begin < 9_080 * MS) {
            round();
        }
        assertTrue(Math.abs(cubic.cwnd() - 1000) <= 3, "cwnd " + cubic.cwnd());
        final int plateau = cubic.cwnd();
        round();
        assertTrue(cubic.cwnd() - plateau <= 2);
        while (nowNs - begin < 2 * 9_080 * MS) {
            round();
        }
        assertTrue(cubic.cwnd() > 1200 && cubic.cwnd() < 1310, "convex: cwnd " + cubic.cwnd());
    }

    @Test
    void shouldMakeRoomWhenTheWindowWasNotReachedAgain() {
        cubic.initialize(1000);
        congestion();
        congestion();
        // W_max is 700 * 1.7 / 2 = 595 rather than 700: K = cbrt((595 - 490) / 0.4) = 6.4 s.
        final long begin = nowNs;
        while (nowNs - begin < 6_400 * MS) {
            round();
        }
        assertTrue(Math.abs(cubic.cwnd() - 595) <= 3, "cwnd " + cubic.cwnd());
    }

    @Test
    void shouldNotGrowSlowerThanReno() {
        // A short path: the cubic of so few milliseconds is flat, Reno's estimate rules, 0.53 segments a round trip.
        cubic.initialize(20);
        congestion();
        final int begin = cubic.cwnd();
        for (int i = 0; i < 1_000; i++) {
            nowNs += MS / 10;
            cubic.onRttSample(nowNs, MS, ++una, una + 20);
            cubic.onAcked(nowNs, 1, MS, una, una + 20);
        }
        assertTrue(cubic.cwnd() >= begin + 20, "cwnd " + cubic.cwnd());
    }

    @Test
    void shouldNotCountIdleTime() {
        cubic.initialize(1000);
        congestion();
        round();
        final int before = cubic.cwnd();
        nowNs += 60_000 * MS;
        cubic.onIdleRestart(nowNs, 60_000 * MS);
        round();
        assertTrue(cubic.cwnd() - before < 60, "cwnd " + before + " to " + cubic.cwnd());
    }
}
