package io.holdfast.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class LanMonitorTest {
    private static final long MS = 1_000_000;

    private final MembershipConfig config = new MembershipConfig().lanMs(90);
    private final LanMonitor lan = new LanMonitor(config, new Detection(config, 0), 0);

    /** Nobody answers; the device is read when somebody is asked. Returns when it was read last, in ms. */
    private int silence(final int fromMs, final int toMs, final int everyMs) {
        int at = fromMs;
        for (int ms = fromMs; ms <= toMs; ms += everyMs) {
            lan.onListened(0, ms * MS, (ms - fromMs) / everyMs, false);
            at = ms;
        }
        return at;
    }

    @Test
    void shouldStayLostWhereNobodyIsAskedOftenAndTheProcessIsLateOnce() {
        silence(0, 105, 15);
        assertTrue(lan.isLost());
        lan.onGap(130 * MS);
        assertTrue(lan.isLost(), "a late process is no sign");
        lan.onListened(0, 205 * MS, 10, false);
        lan.onListened(0, 305 * MS, 11, false);
        assertTrue(lan.isLost());
    }

    @Test
    void shouldBeLostAlsoIfTheProcessWasLateJustBefore() {
        silence(0, 75, 15);
        lan.onGap(85 * MS);
        assertFalse(lan.isLost());
        for (int ms = 100; ms <= 500; ms += 100) {
            lan.onListened(0, ms * MS, 6 + ms / 100, false);
        }
        assertTrue(lan.isLost());
    }

    /** What a host may do that has heard the LAN for long must not count from before a silence that it did not notice. */
    @Test
    void shouldCountFromTheFirstSignAfterASilence() {
        lan.onListened(0, 0, 0, false);
        lan.onGap(5_000 * MS);
        lan.onListened(8_000 * MS, 8_000 * MS, 0, false);
        assertEquals(8_000 * MS, lan.heardFromNs(8_000 * MS));
        lan.onListened(8_015 * MS, 8_015 * MS, 0, false);
        assertEquals(8_000 * MS, lan.heardFromNs(8_015 * MS));
    }
}
