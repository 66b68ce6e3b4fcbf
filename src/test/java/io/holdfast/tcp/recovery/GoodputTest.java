package io.holdfast.tcp.recovery;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goodput over loss, delay, queue and reordering: not golden figures, but bounds that a stall or a collapse breaks. */
final class GoodputTest {
    private static final double MEGABITS = 100;

    private static double goodput(final String algorithm, final boolean sack, final double delayMs, final int queue,
        final double loss, final double reorder, final double seconds) {
        double least = 1;
        double sum = 0;
        final int seeds = loss == 0 && reorder == 0 ? 1 : 2;
        for (int seed = 1; seed <= seeds; seed++) {
            final PathSimulation path =
                new PathSimulation(algorithm, sack, MEGABITS, delayMs, queue, loss, reorder, seed);
            final double goodput = path.run(seconds);
            least = Math.min(least, goodput);
            sum += goodput;
            assertTrue(path.longestPauseSeconds() < 4, "pause of " + path.longestPauseSeconds() + " s");
        }
        if (Boolean.getBoolean("holdfast.goodput")) {
            System.out.printf("%-5s sack %-5b delay %5.1f ms queue %4d loss %.3f reorder %.2f: %.3f (least %.3f)%n",
                algorithm, sack, delayMs, queue, loss, reorder, sum / seeds, least);
        }
        return sum / seeds;
    }

    @ParameterizedTest
    @ValueSource(strings = {"reno", "cubic"})
    void shouldFillACleanPath(final String algorithm) {
        for (final double delayMs : new double[] {0.5, 5, 20}) {
            final int product = (int) (2 * delayMs * MEGABITS * 1_000 / (1514 * 8)) + 1;
            assertTrue(goodput(algorithm, true, delayMs, Math.max(64, product), 0, 0, 5) > 0.9,
                algorithm + " at " + delayMs + " ms");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reno", "cubic"})
    void shouldKeepGoingThroughLoss(final String algorithm) {
        // Bounds are half of what the square root of loss allows Reno: 1.22 / sqrt(p) segments a round trip.
        for (final double delayMs : new double[] {0.5, 5, 20}) {
            for (final double loss : new double[] {0.001, 0.01, 0.03}) {
                final double rttSeconds = 2 * delayMs / 1_000 + 0.000_2;
                final double law = 1.22 / Math.sqrt(loss) * 1514 * 8 / rttSeconds / (MEGABITS * 1e6);
                final double goodput = goodput(algorithm, true, delayMs, 500, loss, 0, 4);
                assertTrue(goodput > Math.min(0.85, 0.5 * law) * (1 - 3 * loss),
                    algorithm + " at " + delayMs + " ms, loss " + loss + ": " + goodput);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reno", "cubic"})
    void shouldSurviveHeavyLoss(final String algorithm) {
        assertTrue(goodput(algorithm, true, 5, 500, 0.1, 0, 10) > 0.01);
        assertTrue(goodput(algorithm, false, 5, 500, 0.05, 0, 10) > 0.01);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reno", "cubic"})
    void shouldNotTakeReorderingForLoss(final String algorithm) {
        // RTT 20 ms: 3 ms late is within the quarter that RACK waits, once it has seen it.
        assertTrue(goodput(algorithm, true, 10, 500, 0, 0.02, 4) > 0.85);
        // Late by more than the RTT: D-SACKs must widen the window.
        assertTrue(goodput(algorithm, true, 1, 500, 0, 0.01, 4) > 0.5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reno", "cubic"})
    void shouldDoWithoutSack(final String algorithm) {
        // Slow start loses hundreds at once in a queue this long, and NewReno mends one hole a round trip.
        assertTrue(goodput(algorithm, false, 5, 500, 0, 0, 10) > 0.25);
        assertTrue(goodput(algorithm, false, 5, 500, 0.001, 0, 5) > 0.2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reno", "cubic"})
    void shouldLiveWithATinyQueue(final String algorithm) {
        assertTrue(goodput(algorithm, true, 10, 20, 0, 0, 10) > 0.4);
    }
}
