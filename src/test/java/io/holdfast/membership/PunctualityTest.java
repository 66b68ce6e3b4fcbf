package io.holdfast.membership;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.util.SeededRandom;
import org.junit.jupiter.api.Test;

final class PunctualityTest {
    private static final long MS = 1_000_000;
    private static final long HEARTBEAT_NS = 10 * MS;

    private final Punctuality punctuality = new Punctuality(HEARTBEAT_NS, 0);
    private final SeededRandom random = new SeededRandom(1);
    private long nowNs;

    /** Heartbeats whose lateness falls exponentially, as a queue's does. */
    private void run(final int heartbeats, final double meanMs) {
        for (int i = 0; i < heartbeats; i++) {
            nowNs += HEARTBEAT_NS;
            punctuality.onHeartbeat((long) (-Math.log(1 - random.nextDouble()) * meanMs * MS), nowNs);
        }
    }

    @Test
    void shouldAskForLittleWhereHeartbeatsArePunctual() {
        run(6_000, 0.5);
        assertTrue(punctuality.neededNs() < 40 * MS, punctuality.neededNs() + " ns");
    }

    /** The mean times the logarithm of a month's heartbeats: 19.4 of it. */
    @Test
    void shouldAskForWhatIsExceededOnceAMonth() {
        run(6_000, 10);
        final long neededMs = (punctuality.neededNs() - HEARTBEAT_NS) / MS;
        assertTrue(neededMs >= 150 && neededMs <= 260, neededMs + " ms");
    }

    /** A host that has just become busy has not been as late yet as it will be. */
    @Test
    void shouldSeeTheTailInAFewSeconds() {
        run(400, 10);
        final long neededMs = (punctuality.neededNs() - HEARTBEAT_NS) / MS;
        assertTrue(neededMs >= 130 && neededMs <= 300, neededMs + " ms");
    }

    @Test
    void shouldCountWhatIsWorseThanAnythingBeforeAtOnce() {
        run(1_000, 0.5);
        punctuality.onHeartbeat(185 * MS, nowNs);
        assertTrue(punctuality.neededNs() >= 1.25 * 184 * MS, punctuality.neededNs() + " ns");
        assertTrue(punctuality.worstNs() >= 184 * MS && punctuality.worstNs() <= 187 * MS);
    }

    @Test
    void shouldForgetAfterAMinute() {
        run(500, 20);
        run(5_000, 0.5);
        assertTrue(punctuality.neededNs() > 200 * MS);
        run(1_200, 0.5);
        assertTrue(punctuality.neededNs() < 40 * MS, punctuality.neededNs() + " ns");
    }

    @Test
    void shouldForgetWhenAsked() {
        run(2_500, 20);
        assertTrue(punctuality.neededNs() > 200 * MS);
        punctuality.forget();
        run(100, 0.5);
        assertTrue(punctuality.neededNs() < 40 * MS, punctuality.neededNs() + " ns");
    }

    @Test
    void shouldNotTakeAPauseForALackOfPunctuality() {
        run(1_000, 0.5);
        nowNs += 7_000 * MS;
        punctuality.onHeartbeat(7_000 * MS, nowNs);
        assertTrue(punctuality.neededNs() < 40 * MS, punctuality.neededNs() + " ns");
    }
}
