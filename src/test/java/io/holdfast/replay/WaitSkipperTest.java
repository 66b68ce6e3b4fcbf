package io.holdfast.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WaitSkipperTest {
    private static final long NS = 10_000_000;

    private final WaitSkipper haste = new WaitSkipper();

    @Test
    void shouldLeaveOutEachWaitUntilItIsWhereTheOtherWas() {
        haste.writtenThere(300);
        assertTrue(haste.skips(NS, 100, 0, false));
        assertTrue(haste.skips(NS, 200, 0, false));
        assertFalse(haste.skips(NS, 300, 0, false));
        assertEquals(2 * NS, haste.aheadNs());
    }

    @Test
    void shouldGoOnAsSoonAsTheOtherIsFurther() {
        assertFalse(haste.skips(NS, 100, 0, false), "nothing is known of another");
        haste.writtenThere(200);
        assertTrue(haste.skips(NS, 100, 0, false));
        haste.writtenThere(150); // an old word
        assertTrue(haste.skips(NS, 180, 0, false));
    }

    @Test
    void shouldLeaveOutWaitsBetweenReads() {
        assertTrue(haste.skips(NS, 0, 100, true));
        assertTrue(haste.skips(NS, 0, 200, true));
        assertFalse(haste.skips(NS, 0, 300, false));
    }

    @Test
    void shouldLetAProgramWaitThatWaitsForSomethingElse() {
        haste.writtenThere(300);
        assertTrue(haste.skips(NS, 100, 0, false));
        assertFalse(haste.skips(NS, 100, 0, false), "nothing was moved since");
        assertEquals(NS, haste.aheadNs());
    }

    @Test
    void shouldNotLeaveOutWhatIsNoPace() {
        haste.writtenThere(300);
        assertFalse(haste.skips(0, 100, 0, false));
        assertFalse(haste.skips(Long.MAX_VALUE, 100, 0, false));
        assertEquals(0, haste.aheadNs());
    }
}
