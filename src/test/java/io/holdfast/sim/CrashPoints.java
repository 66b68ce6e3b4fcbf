package io.holdfast.sim;

import io.holdfast.sim.ScenarioRun.Death;
import io.holdfast.sim.ScenarioRun.Outcome;
import io.holdfast.sim.Scenarios.Lasting;
import io.holdfast.sim.Succession.Plan;
import io.holdfast.sim.Succession.Strikes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;

/** Every event at which a host can be struck, in every scenario. */
final class CrashPoints {
    private static final long MS = 1_000_000L;
    private static final long[] DETECTION_NS = {0, MS, 20 * MS, 100 * MS, 300 * MS};
    /** Number of events of a host that goes on alone: enough for the other to get everything, and some more. */
    private static final long JOINING = 60;

    /** One run; {@code play} gives the clients' stalls. */
    record Point(String kind, long number, LongFunction<List<Long>> run) {
        List<Long> play() {
            try {
                return run.apply(number);
            } catch (final Throwable e) {
                throw new AssertionError("crash " + number + " of \"" + kind + "\": " + e, e);
            }
        }
    }

    private final long seed;
    private final int variants;
    /** null: all. */
    private final String only;
    private final Long number;

    CrashPoints(final long seed, final int variants, final String only, final Long number) {
        this.seed = seed;
        this.variants = variants;
        this.only = only;
        this.number = number;
    }

    List<Point> all() {
        final List<Point> points = new ArrayList<>();
        Scenarios.small().parallelStream().map(this::deaths).toList().forEach(points::addAll);
        Scenarios.lasting().parallelStream().map(this::successions).toList().forEach(points::addAll);
        return points;
    }

    private boolean wanted(final String kind) {
        return only == null || only.equals(kind);
    }

    private void add(final List<Point> points, final String kind, final long count, final LongFunction<List<Long>> run) {
        for (long i = 0; i < count; i++) {
            if (number == null || number == i) {
                points.add(new Point(kind, i, run));
            }
        }
    }

    // --- one death ---

    private List<Point> deaths(final Scenario scenario) {
        final List<Point> points = new ArrayList<>();
        for (final boolean primary : new boolean[] {true, false}) {
            final String kind = scenario.kind() + (primary ? ", primary" : ", backup");
            if (wanted(kind)) {
                final Outcome calm = ScenarioRun.play(scenario, seed, Death.NONE);
                // The death of a backup causes no takeover: half as many remains and delays are enough.
                final int each = primary ? variants : (variants + 1) / 2;
                add(points, kind, each * (primary ? calm.primary() : calm.backup()), n -> {
                    final Outcome outcome = ScenarioRun.play(scenario, seed, death(primary, n, each));
                    require(outcome.died(), "nobody died");
                    return outcome.stallsNs();
                });
            }
        }
        return points;
    }

    /** The number says when, what of the log arrives, and how long until it is detected. */
    private static Death death(final boolean primary, final long n, final int variants) {
        final long event = n / variants;
        final long variant = n % variants;
        return new Death(primary, event, (variant + event) % 3 / 2.0, DETECTION_NS[(int) ((2 * variant + event) % 5)]);
    }

    // --- two, with a return between them ---

    private List<Point> successions(final Lasting lasting) {
        final List<Point> points = new ArrayList<>();
        for (final Plan plan : Plan.values()) {
            final String kind = lasting.kind() + ", " + plan.name().toLowerCase(Locale.ROOT).replace('_', ' ');
            if (wanted(kind)) {
                final long events = play(lasting, new Strikes(plan, Long.MAX_VALUE, Long.MAX_VALUE, 1, false, 0)).first();
                if (plan == Plan.REVIVED_TOO_LATE) {
                    add(points, kind, JOINING, n -> play(lasting, strikes(plan, events / 5, n, n)).stallsNs());
                } else {
                    // The second strike is anywhere: the same number names it.
                    add(points, kind, events, n -> {
                        final Succession.Outcome outcome = play(lasting, strikes(plan, n, n * 7 % (events / 2 + 1), n));
                        require(outcome.struck() > 0, "nobody was struck");
                        return outcome.stallsNs();
                    });
                }
            }
        }
        return points;
    }

    private static Strikes strikes(final Plan plan, final long first, final long second, final long n) {
        final boolean power = plan != Plan.CUT_OFF_THEN_PRIMARY && plan != Plan.REVIVED_TOO_LATE && n % 4 == 3;
        // The host may be back before its absence was noticed.
        final long afterNs = plan == Plan.CUT_OFF_THEN_PRIMARY ? 130 * MS : !power ? 25 * MS : n % 8 == 3 ? 20 * MS : 110 * MS;
        return new Strikes(plan, first, second, n % 3 / 2.0, power, afterNs);
    }

    private Succession.Outcome play(final Lasting lasting, final Strikes strikes) {
        return Succession.play(lasting.scenario(), lasting.mode(), lasting.gapNs(), seed, strikes);
    }

    private static void require(final boolean holds, final String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
