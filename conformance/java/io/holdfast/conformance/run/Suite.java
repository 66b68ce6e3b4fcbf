package io.holdfast.conformance.run;

import io.holdfast.conformance.client.AgentClient;
import io.holdfast.conformance.client.AgentGoneException;
import io.holdfast.conformance.script.Script;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Many scripts on one side: in real time many at once, the longest first. */
public final class Suite {
    private static final int VIRTUAL_JOBS = 2;
    private static final int REAL_JOBS = 40;
    /** Those that failed in the crowd, once more. */
    private static final int AGAIN_JOBS = 4;
    /** A session that takes longer than its script by this has hung. */
    private static final long LIMIT_S = 60;

    private final Side side;
    private final Path agent;
    private final Differences differences;
    private final PrintStream out;

    public Suite(final Side side, final Path agent, final Differences differences, final PrintStream out) {
        this.side = side;
        this.agent = agent;
        this.differences = differences;
        this.out = out;
    }

    /** Runs them all; what came of each, in the given order. */
    public List<Outcome> run(final List<Script> scripts) throws InterruptedException {
        final Progress progress = new Progress(side.toString(), Math.max(1, scripts.size()), out);
        final List<Outcome> outcomes = run(scripts, side.realTime() ? REAL_JOBS : VIRTUAL_JOBS, 1, progress);
        if (side.realTime()) {
            final List<Script> again = outcomes.stream().filter(o -> !o.asExpected()).map(Outcome::script).toList();
            for (final Outcome second : run(again, AGAIN_JOBS, 2, null)) {
                outcomes.replaceAll(first -> first.script() == second.script() ? second : first);
            }
        }
        return outcomes;
    }

    private List<Outcome> run(final List<Script> scripts, final int jobs, final int runs, final Progress progress)
        throws InterruptedException {
        final ExecutorService pool = Executors.newFixedThreadPool(jobs);
        final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
        final List<Outcome> outcomes = new ArrayList<>();
        try {
            final List<Script> longestFirst = new ArrayList<>(scripts);
            if (side.realTime()) {
                longestFirst.sort(Comparator.comparingLong(Script::durationUs).reversed());
            }
            final List<Future<Outcome>> futures = new ArrayList<>();
            for (final Script script : longestFirst) {
                futures.add(pool.submit(() -> run(script, runs, watch, progress)));
            }
            for (final Future<Outcome> future : futures) {
                outcomes.add(future.get());
            }
        } catch (final ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            pool.shutdownNow();
            watch.shutdownNow();
        }
        outcomes.sort(Comparator.comparingInt(o -> scripts.indexOf(o.script())));
        return outcomes;
    }

    private Outcome run(final Script script, final int runs, final ScheduledExecutorService watch, final Progress progress) {
        String failure;
        try (AgentClient client = new AgentClient(agent)) {
            final long limitS = LIMIT_S + (side.realTime() ? script.durationUs() / 1_000_000 : 0);
            final ScheduledFuture<?> guard = watch.schedule(client::close, limitS, TimeUnit.SECONDS);
            failure = new ScriptRun(script, side, client).run();
            guard.cancel(false);
        } catch (final AgentGoneException e) {
            failure = script.name() + " on " + side + "\n    " + e.getMessage();
        } catch (final RuntimeException e) {
            // A mistake of a script's that the parser let pass is that script's failure, not the run's.
            failure = script.name() + " on " + side + "\n    " + e;
        }
        final Outcome outcome = new Outcome(script, side, failure, differences.declares(script.name(), side), runs);
        if (progress != null) {
            progress.step(outcome.asExpected());
        }
        return outcome;
    }
}
