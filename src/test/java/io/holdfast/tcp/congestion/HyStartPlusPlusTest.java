package io.holdfast.tcp.congestion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** RFC 9406. */
final class HyStartPlusPlusTest {
    private static final long MS = 1_000_000;

    private final HyStartPlusPlus hystart = new HyStartPlusPlus();
    private long una;

    private boolean round(final long rttMs, final int samples) {
        boolean end = false;
        final long nxt = una + samples;
        for (int i = 0; i < samples; i++) {
            end |= hystart.onRtt(rttMs * MS, una, nxt);
            una++;
        }
        return end;
    }

    @Test
    void shouldGrowConservativelyOnceTheRttRises() {
        hystart.start();
        round(100, 10);
        round(111, 10);
        assertFalse(hystart.conservative(), "a rise of less than an eighth");
        round(125, 7);
        assertFalse(hystart.conservative(), "too few samples");
        round(125, 10);
        assertFalse(hystart.conservative(), "no rise over the round before");
        round(142, 10);
        assertTrue(hystart.conservative());
        assertEquals(2, hystart.growth(9));
        assertEquals(1, hystart.growth(3), "the rest of the nine counts on");
    }

    @Test
    void shouldEndSlowStartAfterFiveRounds() {
        hystart.start();
        round(20, 10);
        round(25, 10);
        assertTrue(hystart.conservative());
        for (int i = 1; i < HyStartPlusPlus.ROUNDS; i++) {
            assertFalse(round(25, 10), "round " + i);
        }
        assertTrue(round(25, 10));
        assertFalse(hystart.active());
    }

    @Test
    void shouldGoBackAfterAFalseAlarm() {
        hystart.start();
        round(20, 10);
        round(25, 10);
        assertTrue(hystart.conservative());
        round(21, 10);
        assertFalse(hystart.conservative());
        assertTrue(hystart.active());
    }
}
