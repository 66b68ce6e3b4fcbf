package io.holdfast.conformance;

import io.holdfast.conformance.fuzz.Declared;
import io.holdfast.conformance.fuzz.Differential;
import io.holdfast.conformance.run.Agent;
import io.holdfast.conformance.run.Differences;
import io.holdfast.conformance.run.HtmlReport;
import io.holdfast.conformance.run.Outcome;
import io.holdfast.conformance.run.Recording;
import io.holdfast.conformance.run.Scripts;
import io.holdfast.conformance.run.Side;
import io.holdfast.conformance.run.Suite;
import io.holdfast.conformance.script.Script;
import io.holdfast.conformance.script.ScriptException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The program of conformance/run.sh. */
@Command(name = "run.sh", mixinStandardHelpOptions = true,
    description = "Runs conformance scripts on Holdfast (virtual time), on the kernel (real time, root), or on both.")
public final class Conformance implements Callable<Integer> {
    private enum On {
        holdfast, linux, both
    }

    @Parameters(arity = "0..*", paramLabel = "TOPIC|SCRIPT", description = "What to run; everything if nothing is named.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--on", description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    private On on = On.both;

    @Option(names = "--record", paramLabel = "SIDE",
        description = "Instead: print the scripts as that side would have them (holdfast, linux).")
    private On record;

    @Option(names = "--into", paramLabel = "DIRECTORY", description = "With --record: write them there.")
    private Path into;

    @Option(names = "--fuzz", paramLabel = "SEQUENCES",
        description = "Instead: compare the two sides in that many generated sequences.")
    private int sequences;

    @Option(names = "--seed", description = "Of --fuzz; default ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(names = "--scripts", paramLabel = "DIRECTORY", description = "Where the scripts are; default ${DEFAULT-VALUE}.")
    private Path directory = Path.of("conformance/scripts");

    @Option(names = "--repository", hidden = true)
    private Path repository = Path.of(".");

    @Override
    public Integer call() throws Exception {
        if (sequences > 0) {
            return fuzz();
        }
        final long startNs = System.nanoTime();
        final List<Script> scripts;
        try {
            scripts = Scripts.read(repository.resolve(directory), names);
        } catch (final ScriptException e) {
            System.err.println(e.getMessage());
            return 2;
        }
        if (scripts.isEmpty()) {
            System.err.println("no script is called so: " + names);
            return 2;
        }
        if (record != null) {
            record(scripts);
            return 0;
        }
        final Differences differences = new Differences(repository.resolve("conformance/DIFFERENCES.md"));
        final List<Outcome> outcomes = new ArrayList<>();
        for (final Side side : Side.values()) {
            if (on == On.both || on.name().equals(side.toString())) {
                try (Agent agent = Agent.start(side, repository)) {
                    outcomes.addAll(new Suite(side, agent.path(), differences, System.err).run(scripts));
                }
            }
        }
        outcomes.stream().filter(o -> !o.asExpected()).forEach(o -> System.out.println(o.report()));
        final Path report = repository.resolve("target/conformance/report.html");
        new HtmlReport(repository.resolve("conformance"), outcomes, differences).write(report);
        for (final Side side : Side.values()) {
            summarize(side, outcomes.stream().filter(o -> o.side() == side).toList());
        }
        System.out.printf("%.1f s; %s%n", (System.nanoTime() - startNs) / 1e9, report);
        return outcomes.stream().allMatch(Outcome::asExpected) ? 0 : 1;
    }

    private int fuzz() throws IOException, InterruptedException {
        final Differences differences = new Differences(repository.resolve("conformance/DIFFERENCES.md"));
        Declared.require(differences);
        final Path results = repository.resolve("target/conformance/fuzz");
        try (Agent holdfast = Agent.start(Side.HOLDFAST, repository); Agent linux = Agent.start(Side.LINUX, repository)) {
            final int different = new Differential(holdfast.path(), linux.path(), seed, results, System.out).run(sequences);
            System.out.println(different + " sequences of " + sequences + " with seed " + seed + " differ");
            return different == 0 ? 0 : 1;
        }
    }

    private void record(final List<Script> scripts) throws IOException {
        final Side side = record == On.linux ? Side.LINUX : Side.HOLDFAST;
        try (Agent agent = Agent.start(side, repository)) {
            final int jobs = side == Side.LINUX ? 20 : 1;
            final ExecutorService pool = Executors.newFixedThreadPool(jobs);
            final Map<Script, Future<String>> recordings = new LinkedHashMap<>();
            scripts.forEach(script -> recordings.put(script, pool.submit(() -> Recording.of(script, side, agent.path()))));
            pool.shutdown();
            for (final Map.Entry<Script, Future<String>> one : recordings.entrySet()) {
                if (into == null) {
                    System.out.println("=== " + one.getKey().name() + "\n" + one.getValue().get());
                } else {
                    final Path file = into.resolve(one.getKey().name());
                    Files.createDirectories(file.getParent());
                    Files.writeString(file, one.getValue().get());
                }
            }
        } catch (final InterruptedException | ExecutionException e) {
            throw new IOException(e);
        }
    }

    private static void summarize(final Side side, final List<Outcome> outcomes) {
        if (!outcomes.isEmpty()) {
            System.out.printf("%s: %d of %d scripts pass, %d fail as declared, %d fail; %d needed a second run%n", side,
                outcomes.stream().filter(o -> o.passed() && o.asExpected()).count(), outcomes.size(),
                outcomes.stream().filter(o -> !o.passed() && o.asExpected()).count(),
                outcomes.stream().filter(o -> !o.asExpected()).count(), outcomes.stream().filter(o -> o.runs() > 1).count());
        }
    }

    public static void main(final String[] arguments) {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        System.exit(new CommandLine(new Conformance()).execute(arguments));
    }
}
