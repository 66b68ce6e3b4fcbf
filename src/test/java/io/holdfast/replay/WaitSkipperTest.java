package io.holdfast.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WaitSkipperTest {
    private static final long NS = 10_000_000;

    private final WaitSkipper skipper = new WaitSkipper();

    @Test
    void shouldLeaveOutEachWaitUntilItIsWhereTheOtherWas() {
        skipper.writtenThere(300);
        assertTrue(skipper.skips(NS, 100, 0, false));
        assertTrue(skipper.skips(NS, 200, 0, false));
        assertFalse(skipper.skips(NS, 300, 0, false));
        assertEquals(2 * NS, skipper.aheadNs());
    }

    @Test
    void shouldGoOnAsSoonAsTheOtherIsFurther() {
        assertFalse(skipper.skips(NS, 100, 0, false), "nothing is known of another");
        skipper.writtenThere(200);
        assertTrue(skipper.skips(NS, 100, 0, false));
        skipper.writtenThere(150); // an old word
        assertTrue(skipper.skips(NS, 180, 0, false));
    }

    @Test
    void shouldLeaveOutWaitsBetweenReads() {
        assertTrue(skipper.skips(NS, 0, 100, true));
        assertTrue(skipper.skips(NS, 0, 200, true));
        assertFalse(skipper.skips(NS, 0, 300, false));
    }

    @Test
    void shouldLetAProgramWaitThatWaitsForSomethingElse() {
        skipper.writtenThere(300);
        assertTrue(skipper.skips(NS, 100, 0, false));
        assertFalse(skipper.skips(NS, 100, 0, false), "nothing was moved since");
        assertEquals(NS, skipper.aheadNs());
    }

    @Test
    void shouldNotLeaveOutWhatIsNoPace() {
        skipper.writtenThere(300);
        assertFalse(skipper.skips(0, 100, 0, false));
        assertFalse(skipper.skips(Long.MAX_VALUE, 100, 0, false));
        assertEquals(0, skipper.aheadNs());
    }
}
