package io.holdfast.conformance.fuzz;

import io.holdfast.conformance.run.Recording;
import io.holdfast.conformance.run.Side;
import io.holdfast.conformance.script.ScriptParser;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Shrinkable;

/**
 * Runs generated sequences on both sides and keeps the shortest form of each that the two treat differently, as a script
 * that says what the stack does and, in comments, what the kernel does.
 *
 * <p>The kernel's timers are late by up to an eighth: a sequence in which a timer's packet and a step come close to each other is
 * not compared, as what comes first is chance there.
 */
public final class Differential {
    private static final int JOBS = 40;
    private static final int MAX_STEPS = 8;
    private static final int MAX_SHRINKS = 60;
    private static final int SHRINKS_OF_ONE = 4;
    /** How late a timer of the kernel may be: this, and a seventh of its delay. */
    private static final long LATE_US = 25_000;
    private static final int LATE_DIVISOR = 7;
    /** When a timer of the kernel goes off that is to go off at once. */
    private static final long TICK_US = 10_000;
    /** Repetitions of a sequence that differed once, on fresh kernels, with few others at a time. */
    private static final int CONFIRMATIONS = 4;
    private static final int QUIET_JOBS = 4;

    private static final Pattern BARE_FIN = Pattern.compile(" < F\\. \\d+:\\d+\\(0\\)");
    private static final Pattern DATA = Pattern.compile(" < [PF]?\\. \\d+:\\d+\\([1-9]");

    private final Path holdfast;
    private final Path linux;
    private final long seed;
    private final Path results;
    private final PrintStream out;
    private final RandomGenerator<Step> steps = generator();
    private final AtomicIntegerArray verdicts = new AtomicIntegerArray(Verdict.values().length);
    private final AtomicIntegerArray declared = new AtomicIntegerArray(Declared.values().length);
    private final AtomicInteger chance = new AtomicInteger();
    private final AtomicInteger different = new AtomicInteger();

    private enum Verdict {
        ALIKE, AS_DECLARED, DIFFERENTLY, LEFT_OUT
    }

    /**
     * How the two treated a sequence.
     *
     * @param declared what declares the difference, if one does
     * @param theirs what the kernel did, if it differs
     */
    private record Treatment(Verdict verdict, Declared declared, List<String> theirs) {
    }

    /** The parts of a sequence: steps, each with the ways to make it smaller. */
    private record Plan(boolean sack, List<Shrinkable<Step>> steps) {
        String script() {
            return Sequence.script(sack, steps.stream().map(Shrinkable::value).toList());
        }

        Plan without(final int index) {
            final List<Shrinkable<Step>> fewer = new ArrayList<>(steps);
            fewer.remove(index);
            return new Plan(sack, fewer);
        }

        Plan with(final int index, final Shrinkable<Step> other) {
            final List<Shrinkable<Step>> changed = new ArrayList<>(steps);
            changed.set(index, other);
            return new Plan(sack, changed);
        }
    }

    /**
     * @param results directory of what is found
     */
    public Differential(final Path holdfast, final Path linux, final long seed, final Path results, final PrintStream out) {
        this.holdfast = holdfast;
        this.linux = linux;
        this.seed = seed;
        this.results = results;
        this.out = out;
    }

    /** Runs that many sequences; how many were treated differently. */
    public int run(final int sequences) throws IOException, InterruptedException {
        Files.createDirectories(results);
        final long startNs = System.nanoTime();
        final List<Integer> suspects = Collections.synchronizedList(new ArrayList<>());
        each(JOBS, IntStream.range(0, sequences).boxed().toList(), number -> {
            final Treatment treatment = treated(plan(number));
            verdicts.incrementAndGet(treatment.verdict.ordinal());
            if (treatment.declared != null) {
                declared.incrementAndGet(treatment.declared.ordinal());
            }
            if (treatment.verdict == Verdict.DIFFERENTLY) {
                suspects.add(number);
            }
        }, done -> {
            if (10 * done / sequences > 10 * (done - 1) / sequences) {
                out.printf("%.0f s: %d of %d sequences: %d alike, %d as declared, %d left out, %d to be looked at again%n",
                    (System.nanoTime() - startNs) / 1e9, done, sequences, count(Verdict.ALIKE), count(Verdict.AS_DECLARED),
                    count(Verdict.LEFT_OUT), suspects.size());
                out.flush();
            }
        });
        each(QUIET_JOBS, suspects, this::lookAgain, done -> { });
        out.printf("%.0f s: of %d looked at again %d were chance, %d differ, the rest as declared%n",
            (System.nanoTime() - startNs) / 1e9, suspects.size(), chance.get(), different.get());
        for (final Declared one : Declared.values()) {
            out.printf("as declared of %s: %d%n", one.script(), declared.get(one.ordinal()));
        }
        return different.get();
    }

    private int count(final Verdict verdict) {
        return verdicts.get(verdict.ordinal());
    }

    /** Runs the action for each number, {@code jobs} at a time. */
    private void each(final int jobs, final List<Integer> numbers, final IntConsumer action, final IntConsumer progress)
        throws InterruptedException {
        final ExecutorService pool = Executors.newFixedThreadPool(jobs);
        final ExecutorCompletionService<Void> completions = new ExecutorCompletionService<>(pool);
        try {
            numbers.forEach(number -> completions.submit(() -> action.accept(number), null));
            for (int done = 1; done <= numbers.size(); done++) {
                completions.take().get();
                progress.accept(done);
            }
        } catch (final ExecutionException e) {
            throw new IllegalStateException("in a sequence of seed " + seed, e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    /**
     * Repeats sequences that differed in the crowd: with few others they must differ every time in the same way, or it was
     * chance.
     */
    private void lookAgain(final int number) {
        final Plan plan = plan(number);
        List<String> theirs = null;
        for (int i = 0; i < CONFIRMATIONS; i++) {
            final Treatment again = treated(plan);
            if (again.declared != null) {
                declared.incrementAndGet(again.declared.ordinal());
                return;
            }
            if (again.verdict != Verdict.DIFFERENTLY || theirs != null && !theirs.equals(again.theirs)) {
                chance.incrementAndGet();
                return;
            }
            theirs = again.theirs;
        }
        different.incrementAndGet();
        keep(number, shrunk(plan));
    }

    private Plan plan(final int number) {
        return plan(new Random(seed * 1_000_003 + number));
    }

    private Plan plan(final Random random) {
        final List<Shrinkable<Step>> drawn = new ArrayList<>();
        final boolean sack = random.nextBoolean();
        for (int i = random.nextInt(MAX_STEPS) + 1; i > 0; i--) {
            drawn.add(steps.next(random));
        }
        return new Plan(sack, drawn);
    }

    private static RandomGenerator<Step> generator() {
        return Combinators.combine(Arbitraries.of(Step.Kind.class), Arbitraries.of(3, 11, 61, 163),
            Arbitraries.of(1, 10, 100, 536, 1_000, 1_460, 2_920, 4_380), Arbitraries.of(1, 100, 700, 1_460, 3_000)).as(Step::new)
            .generator(1000);
    }

    /** The least plan on the way down that still makes a difference: fewer steps first, then smaller ones. */
    private Plan shrunk(final Plan from) {
        Plan best = from;
        int tries = 0;
        for (boolean smaller = true; smaller && tries < MAX_SHRINKS;) {
            smaller = false;
            for (final Plan candidate : smaller(best)) {
                if (tries++ < MAX_SHRINKS && differs(candidate) && differs(candidate)) {
                    best = candidate;
                    smaller = true;
                    break;
                }
            }
        }
        return best;
    }

    private static List<Plan> smaller(final Plan plan) {
        final List<Plan> candidates = new ArrayList<>();
        for (int i = plan.steps.size() - 1; i >= 0 && plan.steps.size() > 1; i--) {
            candidates.add(plan.without(i));
        }
        for (int i = 0; i < plan.steps.size(); i++) {
            final int index = i;
            try (Stream<Shrinkable<Step>> steps = plan.steps.get(i).shrink()) {
                steps.limit(SHRINKS_OF_ONE).forEach(step -> candidates.add(plan.with(index, step)));
            }
        }
        return candidates;
    }

    private boolean differs(final Plan plan) {
        return treated(plan).verdict == Verdict.DIFFERENTLY;
    }

    private Treatment treated(final Plan plan) {
        final List<String> ours = record(plan, Side.HOLDFAST, holdfast);
        if (isAmbiguous(ours)) {
            return new Treatment(Verdict.LEFT_OUT, null, null);
        }
        final List<String> we = untimed(ours);
        final List<String> they = untimed(record(plan, Side.LINUX, linux));
        if (we.equals(they)) {
            return new Treatment(Verdict.ALIKE, null, null);
        }
        final Declared by = Stream.of(Declared.values()).filter(d -> d.explains(we, they)).findFirst().orElse(null);
        return new Treatment(by == null ? Verdict.DIFFERENTLY : Verdict.AS_DECLARED, by, they);
    }

    private static List<String> record(final Plan plan, final Side side, final Path agent) {
        return Recording.of(ScriptParser.parse(plan.script(), "generated.pkt"), side, agent).lines()
            .filter(line -> !line.startsWith("//")).toList();
    }

    /**
     * Returns whether a step closely follows a timer's segment, so that on the kernel it might come first. The acknowledgement of
     * a FIN before any data is sent by a timer there, too, that runs out with the next tick.
     */
    private static boolean isAmbiguous(final List<String> lines) {
        long lateUs = 0;
        long finUs = 0;
        boolean data = false;
        for (final String line : lines) {
            final long us = Math.round(Double.parseDouble(line.substring(1, line.indexOf(' '))) * 1e6);
            if (!line.contains(" > ")) {
                if (us < Math.max(lateUs, finUs)) {
                    return true;
                }
                finUs = !data && BARE_FIN.matcher(line).find() ? TICK_US : Math.max(0, finUs - us);
                data |= DATA.matcher(line).find();
                lateUs = 0;
            } else if (us > 0) {
                lateUs = LATE_US + us / LATE_DIVISOR;
            }
        }
        // Just before the end: on the kernel perhaps behind it.
        return lateUs > 0;
    }

    private static List<String> untimed(final List<String> lines) {
        return lines.stream().map(line -> line.contains(" // ") ? line.substring(0, line.indexOf(" // ")) : line)
            .map(line -> line.substring(line.indexOf(' ') + 1))
            // A clock chooses initial numbers; and what window a reset tells is of no consequence.
            .map(line -> line.replaceAll("\\d{7,}", "N"))
            // Where data is cut, each may push or not.
            .map(line -> line.replaceFirst("^> P\\.", "> .").replaceFirst("^> FP\\.", "> F."))
            .map(line -> line.startsWith("> R") ? line.replaceFirst(" win \\d+", "") : line)
            .toList();
    }

    private void keep(final int number, final Plan plan) {
        final String ours = String.join("\n", record(plan, Side.HOLDFAST, holdfast));
        final String theirs = "// " + String.join("\n// ", record(plan, Side.LINUX, linux));
        final Path file = results.resolve("seed-" + seed + "-" + number + ".pkt");
        try {
            Files.writeString(file, "// Differs: generated from seed " + seed + ", number " + number + ".\n" + ours
                + "\n// The kernel:\n" + theirs + "\n");
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        out.println("different: " + file);
        out.flush();
    }
}
