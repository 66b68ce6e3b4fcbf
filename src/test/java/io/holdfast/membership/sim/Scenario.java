package io.holdfast.membership.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What tests of named faults share. */
final class Scenario {
    static final long DETECT_US = 100_000;
    static final long SOLO_US = 100_000;
    /** Messages take up to 0.5 ms, the clocks' rates differ a little. */
    static final long SLACK_US = 2_000;

    private Scenario() {
    }

    static Cluster pair(final long seed) {
        return new Cluster(seed).protectedPair();
    }

    static void assertBetween(final long fromUs, final long toUs, final long us) {
        assertTrue(us >= fromUs && us <= toUs, us + " us is not within " + fromUs + " to " + toUs);
    }

    static void assertServed(final Cluster c) {
        final int before = c.clients.toldCount();
        c.require(500, () -> c.clients.toldCount() > before + 3, "clients are served");
    }

    static void assertNothingLost(final Cluster c) {
        assertEquals(1, c.clients.startsFromNothing);
        assertNull(c.clients.hole);
    }
}
