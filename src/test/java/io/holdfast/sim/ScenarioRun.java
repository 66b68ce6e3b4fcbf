package io.holdfast.sim;

import java.io.IOException;
import java.util.List;

/** One {@link Scenario} in one {@link World}, with one {@link Death} in it, watched by every oracle. */
final class ScenarioRun {
    private static final long MS = 1_000_000L;
    private static final long HOUR_NS = 3_600_000L * MS;

    /**
     * Death of a host.
     *
     * @param at       number of the packet, batch or acknowledgement, entering or leaving the host, at which it dies
     * @param part     part of the records under way that still arrives, if the host is the primary
     * @param detectNs time until the other host knows
     */
    record Death(boolean primary, long at, double part, long detectNs) {
        static final Death NONE = new Death(true, Long.MAX_VALUE, 0, 0);
    }

    /**
     * Result of a run.
     *
     * @param primary  number of events that entered or left the primary; {@code backup} likewise
     * @param stallsNs stalls of the clients that the death held up, from its detection; negative if they went on before
     */
    record Outcome(long primary, long backup, boolean died, List<Long> stallsNs, long digest) {
    }

    private final Scenario scenario;
    private final World world;
    private final ReplicaPair pair;
    private final ScenarioActors actors;

    private ScenarioRun(final Scenario scenario, final World world) {
        this.scenario = scenario;
        this.world = world;
        actors = new ScenarioActors(scenario, world);
        pair = new ReplicaPair(world, new ReplicaPair.Plan(scenario.mtu(), scenario.linkNs(), scenario.window(),
            scenario.ringBytes(), scenario.skewNs(), config -> {
                ScenarioActors.patient(config);
                scenario.settings().accept(config);
            }));
        pair.oracle.cookies = scenario.backlog() < scenario.connections();
        world.burst(pair.a.index, scenario.burst());
        scenario.stage().accept(world);
    }

    static Outcome play(final Scenario scenario, final long seed, final Death death) {
        try (World world = new World(seed)) {
            return new ScenarioRun(scenario, world).play(death);
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private Outcome play(final Death death) throws IOException {
        pair.kill(death.primary() ? pair.a : pair.b, death.at(), death.part(), death.detectNs());
        actors.serve(pair.a.index, "a", pair.oracle, scenario.primaryPace());
        actors.serve(pair.b.index, "b", null, scenario.backupPace());
        actors.connect(0);
        world.run(world.nowNs + HOUR_NS);
        actors.check(() -> pair.events);
        final long untilNs = world.nowNs + HOUR_NS;
        while (world.step(untilNs)) {
            continue;
        }
        actors.checkRest();
        if (!pair.oracle.cookies) {
            actors.checkTimeWait();
        }
        return new Outcome(pair.crossings(pair.a), pair.crossings(pair.b), pair.crashNs != Long.MAX_VALUE,
            actors.stallsNs(death.detectNs()), world.oracle.digest());
    }
}
