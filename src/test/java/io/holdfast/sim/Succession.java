package io.holdfast.sim;

import io.holdfast.config.StackConfig;
import io.holdfast.membership.Role;
import io.holdfast.replication.ReplicationMode;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One {@link Scenario} on two whole hosts, {@link HostPair}, which are struck one after the other. */
final class Succession {
    private static final long MS = 1_000_000L;
    private static final long HOUR_NS = 3_600_000L * MS;
    private static final long START_NS = 2_000 * MS;
    private static final int TIME_WAIT_MS = 200;
    /** Time for which the test watches that no host takes over. */
    private static final long REFUSING_NS = 500 * MS;

    /** A fault and its host. */
    enum Plan {
        /** The primary dies; it comes back, and is the backup; then the new primary dies. */
        BOTH_IN_TURN(true, false),
        /** The backup dies; it comes back; then the primary dies. */
        BACKUP_THEN_PRIMARY(false, false),
        /** The primary is cut off, and lives; it is the backup when it is heard again; then the new primary dies. */
        CUT_OFF_THEN_PRIMARY(true, true),
        /** The backup dies; it comes back, and before it has got everything the primary dies: it must refuse. */
        REVIVED_TOO_LATE(false, false);

        private final boolean primaryFirst;
        private final boolean cutsOff;

        Plan(final boolean primaryFirst, final boolean cutsOff) {
            this.primaryFirst = primaryFirst;
            this.cutsOff = cutsOff;
        }
    }

    /**
     * A strike at a host of the first term, or at the primary of the second: at the n-th event that would enter or leave the host
     * in its term.
     *
     * @param part    part of the records under way to the other host that still arrives
     * @param power   the host loses its power: no kernel reports its death
     * @param afterNs time until the host is back
     */
    record Strikes(Plan plan, long first, long second, double part, boolean power, long afterNs) {
    }

    /**
     * Result of a succession.
     *
     * @param first    number of events at the host to be struck first, up to the strike
     * @param second   the same for the second strike; -1 if there was no second term
     * @param struck   number of strikes before the end
     * @param refused  no host took over at the second strike
     * @param stallsNs stalls of the clients, from a strike on
     */
    record Outcome(long first, long second, int struck, boolean refused, List<Long> stallsNs, long digest) {
    }

    private final Scenario scenario;
    private final ReplicationMode mode;
    private final long gapNs;
    private final Strikes strikes;
    private final World world;
    private final ScenarioActors actors;
    private final HostPair pair;
    private int struck;
    /** The host of the first strike is back. */
    private boolean back;
    private HostPair.Host secondTarget;
    private long firstCrossings;
    private HostPair.Host joiner;
    private final Set<Integer> serving = new HashSet<>();
    private boolean joined;
    private boolean refused;
    private long refuseNs = Long.MAX_VALUE;

    private Succession(final World world, final Scenario scenario, final ReplicationMode mode, final long gapNs,
        final Strikes strikes) {
        this.world = world;
        this.scenario = scenario;
        this.mode = mode;
        this.gapNs = gapNs;
        this.strikes = strikes;
        actors = new ScenarioActors(scenario.settings(scenario.settings(), config -> {
            scenario.clientSettings().accept(config);
            config.tcp.timeWaitMs = TIME_WAIT_MS;
        }), world);
        pair = new HostPair(world, scenario.mtu(), scenario.linkNs());
        pair.onRole = (host, from, to) -> {
            if (to == Role.FENCED) {
                world.talks.forEach(actor -> actor.excuse(host.index));
            }
            if (mode == ReplicationMode.COLD && to.isOwner() && !from.isOwner()) {
                serve(host);
            }
        };
    }

    static Outcome play(final Scenario scenario, final ReplicationMode mode, final long gapNs, final long seed,
        final Strikes strikes) {
        try (World world = new World(seed)) {
            return new Succession(world, scenario, mode, gapNs, strikes).play();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private void settings(final StackConfig config) {
        ScenarioActors.patient(config);
        config.tcp.timeWaitMs = TIME_WAIT_MS;
        scenario.settings().accept(config);
    }

    private HostPair.Host start(final int side) {
        final HostPair.Host host = pair.start(side, this::settings, mode);
        if (mode == ReplicationMode.HOT) {
            serve(host);
        }
        return host;
    }

    private void serve(final HostPair.Host host) {
        // In mode cold it has been started before, if this host has led before.
        if (!serving.add(host.index)) {
            return;
        }
        try {
            actors.serve(host.index, host.toString(), host.oracle, scenario.primaryPace());
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private Outcome play() throws IOException {
        try (pair) {
            return playAll();
        }
    }

    private Outcome playAll() throws IOException {
        start(0);
        start(1);
        final long startedNs = world.nowNs;
        while (pair.primary() == null) {
            if (!world.step(startedNs + START_NS)) {
                throw new AssertionError("no primary: " + pair.history);
            }
        }
        final HostPair.Host primary = pair.primary();
        final HostPair.Host target = strikes.plan.primaryFirst ? primary : pair.other(primary);
        pair.strike(target, strikes.first, () -> first(target));
        actors.connect(gapNs);
        final long untilNs = world.nowNs + HOUR_NS;
        while (!over()) {
            if (!world.step(untilNs)) {
                throw new AssertionError("not over: " + world.talks + pair.history + pair.failure);
            }
            look();
            if (refused) {
                if (world.oracle.watchedResets > 0) {
                    throw new AssertionError("O8: a host that refuses speaks: " + pair.history);
                }
                return new Outcome(firstCrossings, pair.crossings(target), struck, true, List.of(), 0);
            }
        }
        if (struck == 0) {
            firstCrossings = pair.crossings(target);
        }
        if (strikes.plan == Plan.REVIVED_TOO_LATE && struck == 2 && !joined) {
            return new Outcome(firstCrossings, strikes.second, struck, true, List.of(), 0);
        }
        final long secondCrossings = struck == 2 ? strikes.second : secondTarget == null ? -1 : pair.crossings(secondTarget);
        actors.check(() -> pair.failure == null ? null : pair.failure + pair.history);
        final long restNs = world.nowNs + 100_000 * MS;
        while (left() && world.step(restNs)) {
            continue;
        }
        actors.checkRest();
        return new Outcome(firstCrossings, secondCrossings, struck, false, actors.stallsNs(0), world.oracle.digest());
    }

    private boolean over() {
        return actors.clients.size() == scenario.connections() && world.talks.stream().allMatch(Actor::over);
    }

    private boolean left() {
        for (int host = 0; host < world.stacks.size(); host++) {
            if (!world.isCrashed(host) && actors.connections(host) > 0) {
                return true;
            }
        }
        return false;
    }

    private void crash() {
        struck++;
        actors.clients.forEach(client -> client.stall.crash(world.nowNs));
    }

    private void first(final HostPair.Host target) {
        firstCrossings = strikes.first;
        crash();
        if (strikes.plan.cutsOff) {
            pair.isolate(target, true);
            world.at(world.nowNs + strikes.afterNs, () -> {
                pair.isolate(target, false);
                back = true;
            });
            return;
        }
        pair.kill(target, strikes.part, strikes.power);
        world.at(world.nowNs + strikes.afterNs, () -> {
            back = true;
            joiner = start(target.side);
            if (strikes.plan == Plan.REVIVED_TOO_LATE) {
                strikeSecond(pair.other(joiner));
            }
        });
    }

    private void strikeSecond(final HostPair.Host target) {
        secondTarget = target;
        pair.strike(target, strikes.second, this::second);
    }

    private void second() {
        final HostPair.Host target = secondTarget;
        crash();
        joined = joiner != null && joiner.role() == Role.BACKUP && joiner.isReady();
        pair.kill(target, strikes.part, strikes.power);
    }

    /** After every instant. */
    private void look() {
        if (strikes.plan == Plan.REVIVED_TOO_LATE) {
            if (struck == 2 && !joined) {
                if (joiner.role().isOwner()) {
                    throw new AssertionError("O8: it leads, and does not have everything: " + pair.history);
                }
                refused = world.nowNs > refusesUntilNs();
            }
        } else if (back && secondTarget == null && pair.primary() != null) {
            strikeSecond(pair.primary());
        }
    }

    private long refusesUntilNs() {
        if (refuseNs == Long.MAX_VALUE) {
            refuseNs = world.nowNs + REFUSING_NS;
        }
        return refuseNs;
    }
}
