package io.holdfast.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.sim.Drama.Death;
import io.holdfast.sim.Drama.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A host of the pair dies at every event of every {@link Scenarios small scenario}: over every packet, batch and
 * acknowledgement that would enter or leave it; and no client notices more than a pause.
 *
 * <p>One again: {@code -Dholdfast.sim.scenario=NAME -Dholdfast.sim.dies=PRIMARY -Dholdfast.sim.crash=N}, with
 * {@code -Dholdfast.sim.trace=true} to see it. {@code -Dholdfast.sim.variants=N}: each event so many times, with other delays
 * of detection and other remains of the log. {@code -Dholdfast.sim.first=SEED -Dholdfast.sim.seeds=N}: more seeds.
 */
final class CrashTest {
    private static final int LEAST_POINTS = 20_000;
    private static final long MS = 1_000_000L;
    private static final long FIRST_SEED = Long.getLong("holdfast.sim.first", 1);
    private static final long SEEDS = Long.getLong("holdfast.sim.seeds", 1);
    private static final int VARIANTS = Integer.getInteger("holdfast.sim.variants", 2);
    private static final long[] DETECTION_NS = {0, MS, 20 * MS, 100 * MS, 300 * MS};

    private enum Who {
        PRIMARY,
        BACKUP
    }

    /** @param crash negative: nobody dies */
    private record Run(Scenario scenario, long seed, Who who, long crash) {
        Outcome play() {
            try {
                final Outcome outcome = Drama.play(scenario, seed, crash < 0 ? Death.NONE : death(who == Who.PRIMARY, crash));
                assertTrue(crash < 0 || outcome.died(), "nobody died");
                return outcome;
            } catch (final Throwable e) {
                throw new AssertionError("scenario \"" + scenario.kind() + "\", crash " + crash + " of the " + who
                    + " (again: mvn test -Dtest=CrashTest '-Dholdfast.sim.scenario=" + scenario.kind() + "' -Dholdfast.sim.dies="
                    + who + " -Dholdfast.sim.crash=" + crash + " -Dholdfast.sim.first=" + seed + " -Dholdfast.sim.variants="
                    + VARIANTS + "): " + e, e);
            }
        }
    }

    /** The number says when, what of the log arrives, and how long until it is detected. */
    private static Death death(final boolean primary, final long number) {
        final long event = number / VARIANTS;
        final long variant = number % VARIANTS;
        return new Death(primary, event, (variant + event) % 3 / 2.0, DETECTION_NS[(int) ((2 * variant + event) % 5)]);
    }

    private static Stream<Scenario> scenarios() {
        final String only = System.getProperty("holdfast.sim.scenario");
        return Scenarios.small().stream().filter(s -> only == null || s.kind().equals(only));
    }

    private static List<Run> runs(final Scenario scenario, final long seed) {
        final Long only = Long.getLong("holdfast.sim.crash");
        final String dies = System.getProperty("holdfast.sim.dies");
        final List<Run> all = new ArrayList<>();
        final Outcome calm = new Run(scenario, seed, Who.PRIMARY, -1).play();
        for (final Who who : Who.values()) {
            final long events = who == Who.PRIMARY ? calm.primary() : calm.backup();
            for (long crash = 0; crash < events * VARIANTS; crash++) {
                if ((only == null || only == crash) && (dies == null || dies.equals(who.toString()))) {
                    all.add(new Run(scenario, seed, who, crash));
                }
            }
        }
        return all;
    }

    @Test
    void shouldSurviveACrashAtEveryEvent() throws IOException {
        final boolean whole = System.getProperty("holdfast.sim.scenario") == null;
        final Stalls stalls = new Stalls();
        final Map<String, Integer> points = new TreeMap<>();
        int sum = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            final long s = seed;
            final List<Run> runs = scenarios().parallel().flatMap(scenario -> runs(scenario, s).stream()).toList();
            runs.parallelStream().forEach(run -> {
                final String kind = run.scenario.kind() + ", " + run.who.toString().toLowerCase();
                stalls.add(kind, run.play().stallsNs());
                synchronized (points) {
                    points.merge(kind, 1, Integer::sum);
                }
            });
            sum += runs.size();
            if (SEEDS > 1) {
                System.out.println("seed " + seed + ": " + runs.size() + " crash points, together " + sum);
            }
        }
        System.out.println(sum + " crash points, seed " + FIRST_SEED + (SEEDS > 1 ? " to " + (FIRST_SEED + SEEDS - 1) : "")
            + ", " + VARIANTS + " at each event, by scenario and who dies: " + points
            + "; oracles O1 to O7 at each\n" + stalls);
        final String write = System.getProperty("holdfast.sim.stalls");
        if (write != null) {
            Files.writeString(Path.of(write), stalls.toString());
        } else if (whole && FIRST_SEED == 1 && SEEDS == 1 && VARIANTS == 2) {
            assertTrue(sum >= LEAST_POINTS, sum + " crash points");
            stalls.check();
        }
    }
}
