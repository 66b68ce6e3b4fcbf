package io.holdfast.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.sim.CrashPoints.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A host of the pair dies at every event of every {@link Scenarios small scenario}: over every packet, batch and
 * acknowledgement that would enter or leave it; or one after the other, with a return between them. No client notices more than
 * a pause.
 *
 * <p>One again: {@code -Dholdfast.sim.scenario=KIND -Dholdfast.sim.crash=N}, with {@code -Dholdfast.sim.trace=true} to see it.
 * {@code -Dholdfast.sim.variants=N}: each single death of a primary N times, with other delays of detection and other
 * remains of the log, of a backup half as often. {@code -Dholdfast.sim.first=SEED -Dholdfast.sim.seeds=N}: more seeds.
 */
@Tag("worlds")
final class CrashTest {
    private static final int LEAST_POINTS = 20_000;
    private static final long FIRST_SEED = Long.getLong("holdfast.sim.first", 1);
    private static final long SEEDS = Long.getLong("holdfast.sim.seeds", 1);
    private static final int VARIANTS = Integer.getInteger("holdfast.sim.variants", 2);
    private static final String ONLY = System.getProperty("holdfast.sim.scenario");
    private static final Long NUMBER = Long.getLong("holdfast.sim.crash");

    /** The first failure of each kind. */
    private final Map<String, Throwable> failures = new TreeMap<>();

    private List<Long> play(final Point point, final long seed) {
        try {
            return point.play();
        } catch (final Throwable e) {
            final AssertionError again = new AssertionError("again: mvn test -Dtest=CrashTest '-Dholdfast.sim.scenario="
                + point.kind() + "' -Dholdfast.sim.crash=" + point.number() + " -Dholdfast.sim.first=" + seed
                + " -Dholdfast.sim.variants=" + VARIANTS + ": " + e, e);
            synchronized (failures) {
                failures.putIfAbsent(point.kind(), again);
            }
            return List.of();
        }
    }

    @Test
    void shouldSurviveACrashAtEveryEvent() throws IOException {
        final Stalls stalls = new Stalls();
        final Map<String, Integer> counts = new TreeMap<>();
        int sum = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            final long s = seed;
            final List<Point> points = new CrashPoints(seed, VARIANTS, ONLY, NUMBER).all();
            points.parallelStream().forEach(point -> stalls.add(point.kind(), play(point, s)));
            points.forEach(point -> counts.merge(point.kind(), 1, Integer::sum));
            sum += points.size();
            if (SEEDS > 1) {
                System.out.println("seed " + seed + ": " + points.size() + " crash points, together " + sum);
            }
        }
        System.out.println(sum + " crash points, seed " + FIRST_SEED + (SEEDS > 1 ? " to " + (FIRST_SEED + SEEDS - 1) : "")
            + ", by scenario and who dies: " + counts + "; oracles O1 to O8\n" + stalls);
        failures.values().forEach(failure -> System.out.println(failure.getMessage()));
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.size() + " kinds failed", failures.values().iterator().next());
        }
        final String write = System.getProperty("holdfast.sim.stalls");
        if (write != null) {
            Files.writeString(Path.of(write), stalls.toString());
        } else if (ONLY == null && NUMBER == null && FIRST_SEED == 1 && SEEDS == 1 && VARIANTS == 2) {
            assertTrue(sum >= LEAST_POINTS, sum + " crash points");
            stalls.check();
        }
    }
}
