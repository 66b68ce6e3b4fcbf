package io.holdfast.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.sim.Drama.Death;
import io.holdfast.sim.Drama.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A host of the pair dies at every event of every {@link Scenarios small scenario}, and no client notices more than a
 * pause. One again: {@code -Dholdfast.sim.scenario=NAME -Dholdfast.sim.crash=N}, with {@code -Dholdfast.sim.trace=true}
 * to see it. {@code -Dholdfast.sim.variants=N}: each event so many times, with other delays of detection and other
 * remains of the log.
 */
final class CrashTest {
    private static final long MS = 1_000_000L;
    private static final long SEED = 1;
    private static final int VARIANTS = Integer.getInteger("holdfast.sim.variants", 2);
    private static final long[] DETECTION_NS = {0, MS, 20 * MS, 100 * MS, 300 * MS};
    /** Where there are so many events, only as many are tried. */
    private static final int MOST_EVENTS = 120;

    /** @param crash negative: nobody dies */
    private record Run(Scenario scenario, boolean primary, long crash) {
        Outcome play() {
            try {
                return Drama.play(scenario, SEED, crash < 0 ? Death.NONE : death(primary, crash));
            } catch (final Throwable e) {
                throw new AssertionError("scenario \"" + scenario.kind() + "\", crash " + crash + " of the "
                    + (primary ? "primary" : "backup") + " (again: mvn test -Dtest=CrashTest#" + test(primary)
                    + " '-Dholdfast.sim.scenario=" + scenario.kind() + "' -Dholdfast.sim.crash=" + crash
                    + " -Dholdfast.sim.variants=" + VARIANTS + "): " + e, e);
            }
        }
    }

    private static String test(final boolean primary) {
        return primary ? "shouldSurviveThePrimaryAtEveryEmission" : "shouldSurviveTheBackupAtEveryBatch";
    }

    /** The number says when, what of the log arrives, and how long until it is detected. */
    private static Death death(final boolean primary, final long number) {
        final long event = number / VARIANTS;
        final long variant = number % VARIANTS;
        return new Death(primary, event, (variant + event) % 3 / 2.0, DETECTION_NS[(int) ((2 * variant + event) % 5)]);
    }

    private static Stream<Scenario> scenarios() {
        final String only = System.getProperty("holdfast.sim.scenario");
        return Scenarios.small().parallelStream().filter(s -> only == null || s.kind().equals(only));
    }

    private static Stream<Run> runs(final Scenario scenario, final boolean primary) {
        final Long only = Long.getLong("holdfast.sim.crash");
        if (only != null) {
            return Stream.of(new Run(scenario, primary, only));
        }
        final Outcome calm = new Run(scenario, primary, -1).play();
        final long events = primary ? calm.emissions() : calm.batches();
        final List<Run> all = new ArrayList<>();
        // All of them, or as many as there may be, evenly.
        for (long i = 0; i < Math.min(events, MOST_EVENTS); i++) {
            final long event = events <= MOST_EVENTS ? i : i * events / MOST_EVENTS;
            for (int variant = 0; variant < VARIANTS; variant++) {
                all.add(new Run(scenario, primary, event * VARIANTS + variant));
            }
        }
        return all.stream();
    }

    @Test
    void shouldSurviveThePrimaryAtEveryEmission() {
        final Stalls stalls = new Stalls();
        final ConcurrentLinkedQueue<Run> played = new ConcurrentLinkedQueue<>();
        scenarios().flatMap(s -> runs(s, true)).forEach(run -> {
            stalls.add(run.scenario.kind(), run.play());
            played.add(run);
        });
        System.out.println(played.size() + " deaths of the primary\n" + stalls);
        assertTrue(played.size() > 0);
        stalls.check();
    }

    @Test
    void shouldSurviveTheBackupAtEveryBatch() {
        final Map<String, Integer> played = new TreeMap<>();
        scenarios().flatMap(s -> runs(s, false)).forEach(run -> {
            run.play();
            synchronized (played) {
                played.merge(run.scenario.kind(), 1, Integer::sum);
            }
        });
        System.out.println(played.values().stream().mapToInt(n -> n).sum() + " deaths of the backup");
        assertTrue(played.size() > 0);
    }
}
