package io.holdfast.membership.sim;

import static io.holdfast.membership.sim.Scenario.SLACK_US;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.holdfast.membership.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * The oracle of liveness: after any single fault, in whatever state the pair is, clients are served again within a bound, with
 * nobody's help, and stay served while the fault lasts. The other oracle, of what clients are told, watches throughout.
 * {@code -Dholdfast.liveness.seeds=N} runs more worlds of each, {@code -Dholdfast.liveness.first=S} begins there.
 */
@Tag("worlds")
final class LivenessTest {
    private static final long FIRST_SEED = Long.getLong("holdfast.liveness.first", 1);
    private static final int SEEDS = Integer.getInteger("holdfast.liveness.seeds", 10);
    /** Detection, solo time, and what deciding and telling takes. */
    private static final long BOUND_MS = 100 + 100 + 100;
    private static final long ALONE_MS = 1_000;
    /** A node whose state is not complete starts from nothing, but not at once. */
    private static final long ANEW_MS = ALONE_MS + 600;
    private static final long LASTS_MS = 4_000;

    /** What goes wrong, and for good. */
    private enum Fault {
        KILL(Host::kill),
        POWER(Host::powerOff),
        FREEZE(Host::freeze),
        PAUSE(Host::pause),
        LAN_PORT(host -> host.cluster().cutLan(host, true)),
        DEVICE(host -> {
            host.lanGone = true;
            host.cluster().cutLan(host, true);
        }),
        REPLICATION(host -> host.cluster().cutReplication(true)),
        SERVICE_FILTERED(host -> host.cluster().filterService(true)),
        CUT_OFF(host -> host.cluster().cutOff(host)),
        SPLIT(host -> {
            host.cluster().cutReplication(true);
            host.cluster().filterService(true);
        }),
        WITNESS_DOWN(host -> host.cluster().thirdParty.down = true),
        WITNESS_SLOW(host -> host.cluster().thirdParty.maxDelayNs = 60_000_000),
        WITNESS_CUT(host -> host.cluster().thirdParty.cut[host.index] = true),
        CUT_OFF_FROM_ALL(host -> {
            host.cluster().cutOff(host);
            host.cluster().thirdParty.cut[host.index] = true;
        });

        private final Consumer<Host> happens;

        Fault(final Consumer<Host> happens) {
            this.happens = happens;
        }
    }

    private static final Set<Fault> NEED_WITNESS = EnumSet.range(Fault.SPLIT, Fault.CUT_OFF_FROM_ALL);
    /** Both hosts are there and hear each other, or the third party decides. */
    private static final Set<Fault> LOSE_NOBODY = EnumSet.of(Fault.REPLICATION, Fault.SERVICE_FILTERED, Fault.WITNESS_DOWN, Fault.WITNESS_SLOW,
        Fault.WITNESS_CUT);

    /** One host is lost, for all others. */
    private static final Set<Fault> LOSE_ONE = EnumSet.of(Fault.KILL, Fault.POWER, Fault.FREEZE, Fault.PAUSE, Fault.CUT_OFF);

    /** Who decides between the hosts. */
    private enum Way {
        TWO_PATHS,
        WITNESS,
        WITNESS_ON_LAN,
        /** As with two paths alone, and a spare. */
        THREE_HOSTS;

        boolean isArbitrated() {
            return this == WITNESS || this == WITNESS_ON_LAN;
        }

        int hosts() {
            return this == THREE_HOSTS ? 3 : 2;
        }

        boolean has(final State state, final Fault fault) {
            if (!isArbitrated()) {
                return !NEED_WITNESS.contains(fault);
            }
            // Two hosts that hold nothing need it to begin with.
            return state != State.STARTING || fault != Fault.WITNESS_DOWN;
        }

        /**
         * A backup that cannot claim what it is handed is waited for, and one that could not be told from a whole one keeps it.
         */
        long boundMs(final State state, final boolean complete) {
            return isArbitrated() && (state == State.STARTING || state == State.SWITCHING_OVER) || !complete ? ANEW_MS : BOUND_MS;
        }

        Cluster cluster(final long seed) {
            final Cluster c = new Cluster(seed, hosts());
            c.settings = config -> config.lanMs(60);
            c.aloneMs = ALONE_MS;
            return !isArbitrated() ? c : c.withThirdParty(this == WITNESS_ON_LAN);
        }
    }

    /** What the pair is doing when it does. */
    private enum State {
        PROTECTED {
            @Override
            Cluster reach(final Way way, final long seed) {
                return way.cluster(seed).protectedPair();
            }
        },
        SWITCHED_OVER {
            @Override
            Cluster reach(final Way way, final long seed) {
                final Cluster c = way.cluster(seed).protectedPair();
                final Host before = c.owner();
                before.requestSwitchover();
                c.require(2_000, () -> c.isProtected() && c.owner() != before, "another host leads, and is protected");
                c.run(100);
                return c;
            }
        },
        SWITCHING_OVER {
            @Override
            Cluster reach(final Way way, final long seed) {
                final Cluster c = way.cluster(seed).protectedPair();
                c.owner().requestSwitchover();
                c.run(seed % 6);
                return c;
            }
        },
        JOINING {
            @Override
            Cluster reach(final Way way, final long seed) {
                final Cluster c = way.cluster(seed).protectedPair();
                final Host owner = c.owner();
                final Host backup = c.backup();
                backup.kill();
                c.require(500, () -> owner.role() == Role.SOLO, "the primary goes on alone");
                if (way == Way.THREE_HOSTS) {
                    // The spare has been named by now; who died comes back meanwhile, as the next one.
                    backup.start();
                    c.run(seed % 10);
                } else {
                    c.run(500);
                    backup.start();
                    c.require(500, () -> backup.role() == Role.JOINING, "it joins");
                }
                return c;
            }
        },
        STARTING {
            @Override
            Cluster reach(final Way way, final long seed) {
                final Cluster c = way.cluster(seed);
                for (final Host host : c.hosts) {
                    host.start();
                }
                c.run(seed * 7 % 60);
                return c;
            }
        };

        abstract Cluster reach(Way way, long seed);
    }

    /** Whether a complete host is left that could go on at once. */
    private static boolean isComplete(final Cluster c, final Fault fault, final Host host) {
        final boolean loses = !LOSE_NOBODY.contains(fault);
        return !loses || Arrays.stream(c.hosts).anyMatch(other -> {
            final boolean newer = host.isRunning() && host.role().isOwner() && host.membership.epoch() > other.membership.epoch();
            final boolean backup = other.role() == Role.BACKUP && other.membership.isReady(other.nowNs());
            return other != host && !newer && (backup || other.role().isOwner());
        });
    }

    @TestFactory
    Stream<DynamicTest> shouldServeAgainAfterEverySingleFaultInEveryState() {
        final List<DynamicTest> all = new ArrayList<>();
        for (final Way way : Way.values()) {
            for (final State state : State.values()) {
                for (final Fault fault : Fault.values()) {
                    for (int victim = 0; victim < way.hosts() && way.has(state, fault); victim++) {
                        all.add(of(way, state, fault, victim));
                    }
                }
            }
        }
        return all.stream();
    }

    private static DynamicTest of(final Way way, final State state, final Fault fault, final int victim) {
        return DynamicTest.dynamicTest(way + ", " + state + ", then " + fault + " of " + "ABC".charAt(victim), () -> {
            LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS).parallel().forEach(seed -> suffer(way, state, fault, victim, seed));
        });
    }

    private static void suffer(final Way way, final State state, final Fault fault, final int victim, final long seed) {
        final Cluster c = state.reach(way, seed);
        final Host host = c.hosts[victim];
        final boolean complete = isComplete(c, fault, host);
        c.clients.note("seed " + seed + ", " + (complete ? "complete" : "not complete"));
        fault.happens.accept(host);
        c.run(2);
        final long faultNs = c.events.nowNs();
        c.require(way.boundMs(state, complete), () -> c.clients.lastToldNs > faultNs, "clients are served again");
        // Whoever is served may not be left again while nothing else happens.
        for (long ms = 0; ms < LASTS_MS; ms += BOUND_MS) {
            final long toldNs = c.clients.lastToldNs;
            c.run(BOUND_MS);
            c.clients.require(c.clients.lastToldNs > toldNs, "clients are left alone again; " + c.state());
        }
        if (complete && state != State.STARTING && (!way.isArbitrated() || state != State.SWITCHING_OVER)) {
            c.clients.require(c.clients.hole == null && c.clients.startsFromNothing == 1, "nothing is lost; " + c.clients.hole);
        }
        if (way == Way.THREE_HOSTS && LOSE_ONE.contains(fault) && state != State.STARTING) {
            c.require(3_000, () -> c.isProtected() && c.owner() != host && c.backup() != host, "protected by the others");
        }
        host.lanGone = false;
        c.filterService(false);
        c.healAll();
        c.require(3_000, c::isProtected, "protected again");
    }

    /** No client, no gateway, nobody but the other host's kernel is there to be heard when the backup dies. */
    @TenSeeds
    void shouldGoOnOnceSomebodyIsHeardIfTheLanWasQuietWhenTheBackupDied(final long seed) {
        final Cluster c = Way.TWO_PATHS.cluster(seed).protectedPair();
        c.b().powerOff();
        c.cutLan(c.a(), true);
        c.run(3_000);
        assertFalse(c.a().isSpeaking(), "a host that hears nobody does not lead");
        c.cutLan(c.a(), false);
        final long us = c.require(ALONE_MS + 100, () -> c.a().role() == Role.SOLO, "A goes on");
        Scenario.assertBetween(ALONE_MS * 1_000 - SLACK_US, ALONE_MS * 1_000 + 20_000 + SLACK_US, us);
        Scenario.assertServed(c);
        Scenario.assertNothingLost(c);
    }

    /** The host that is cut off from everybody never leads, for as long as it is. */
    @TenSeeds
    void shouldNotLeadWhileNobodyIsHeard(final long seed) {
        for (int victim = 0; victim < 2; victim++) {
            final Cluster c = Way.TWO_PATHS.cluster(seed).protectedPair();
            final Host host = c.hosts[victim];
            final Host other = c.hosts[1 - victim];
            c.cutLan(host, true);
            c.cutReplication(true);
            c.require(300, () -> other.role() == Role.SOLO, "the other goes on");
            c.run(3_000);
            assertFalse(host.isSpeaking());
            c.cutLan(host, false);
            c.cutReplication(false);
            c.require(2_000, () -> c.isProtected(other, host), "it joins");
            Scenario.assertNothingLost(c);
        }
    }
}
