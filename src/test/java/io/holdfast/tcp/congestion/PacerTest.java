package io.holdfast.tcp.congestion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class PacerTest {
    private static final long MS = 1_000_000;

    @Test
    void shouldSpreadAWindowOverTheRoundTrip() {
        final Pacer pacer = new Pacer();
        assertEquals(Long.MAX_VALUE, pacer.rateBytes());
        pacer.update(10, 0, 1000, 120 * MS, false);
        long nowNs = 1_000 * MS;
        for (int i = 0; i < 10; i++) {
            pacer.onSent(1000, nowNs);
            nowNs = Math.max(nowNs, pacer.earliestNs());
        }
        final double tookMs = (nowNs - 1_000.0 * MS) / MS;
        assertTrue(tookMs > 98 && tookMs < 101, "a window at 1.2 times cwnd/RTT takes " + tookMs + " ms");
        pacer.update(10, 0, 1000, 100 * MS, true);
        assertEquals(200_000, pacer.rateBytes(), 10);
    }
}
