package io.holdfast.membership.sim;

import static io.holdfast.membership.sim.Scenario.SLACK_US;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.holdfast.membership.Role;
import java.util.ArrayList;
import java.util.List;
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
        CUT_OFF(host -> {
            host.cluster().cutReplication(true);
            host.cluster().cutLan(host, true);
        });

        private final Consumer<Host> happens;

        Fault(final Consumer<Host> happens) {
            this.happens = happens;
        }
    }

    /** What the pair is doing when it does. */
    private enum State {
        PROTECTED {
            @Override
            Cluster reach(final long seed) {
                return cluster(seed).protectedPair();
            }
        },
        SWITCHED_OVER {
            @Override
            Cluster reach(final long seed) {
                final Cluster c = cluster(seed).protectedPair();
                c.a().requestSwitchover();
                c.require(2_000, () -> c.isProtected(c.b(), c.a()), "A protects B");
                c.run(100);
                return c;
            }
        },
        SWITCHING_OVER {
            @Override
            Cluster reach(final long seed) {
                final Cluster c = cluster(seed).protectedPair();
                c.a().requestSwitchover();
                c.run(seed % 6);
                return c;
            }
        },
        JOINING {
            @Override
            Cluster reach(final long seed) {
                final Cluster c = cluster(seed).protectedPair();
                c.b().kill();
                c.require(500, () -> c.a().role() == Role.SOLO, "A goes on alone");
                c.run(500);
                c.b().start();
                c.require(500, () -> c.b().role() == Role.JOINING, "B joins");
                return c;
            }
        },
        STARTING {
            @Override
            Cluster reach(final long seed) {
                final Cluster c = cluster(seed);
                c.a().start();
                c.b().start();
                c.run(seed * 7 % 60);
                return c;
            }
        };

        abstract Cluster reach(long seed);
    }

    private static Cluster cluster(final long seed) {
        final Cluster c = new Cluster(seed);
        c.settings = config -> config.lanMs(60);
        c.aloneMs = ALONE_MS;
        return c;
    }

    /** Whether a complete host is left that could go on at once. */
    private static boolean isComplete(final Cluster c, final Fault fault, final Host host) {
        final Host other = c.hosts[1 - host.index];
        final boolean loses = fault != Fault.REPLICATION && fault != Fault.SERVICE_FILTERED;
        final boolean newer = host.isRunning() && host.role().isOwner() && host.membership.epoch() > other.membership.epoch();
        final boolean backup = other.role() == Role.BACKUP && other.membership.isReady(other.nowNs());
        return !loses || !newer && (backup || other.role().isOwner());
    }

    @TestFactory
    Stream<DynamicTest> shouldServeAgainAfterEverySingleFaultInEveryState() {
        final List<DynamicTest> all = new ArrayList<>();
        for (final State state : State.values()) {
            for (final Fault fault : Fault.values()) {
                for (int victim = 0; victim < 2; victim++) {
                    final int index = victim;
                    all.add(DynamicTest.dynamicTest(state + ", then " + fault + " of " + (index == 0 ? "A" : "B"), () -> {
                        LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS).parallel().forEach(seed -> suffer(state, fault, index, seed));
                    }));
                }
            }
        }
        return all.stream();
    }

    private static void suffer(final State state, final Fault fault, final int victim, final long seed) {
        final Cluster c = state.reach(seed);
        final Host host = c.hosts[victim];
        final boolean complete = isComplete(c, fault, host);
        c.clients.note("seed " + seed + ", " + (complete ? "complete" : "not complete"));
        fault.happens.accept(host);
        c.run(2);
        final long faultNs = c.events.nowNs();
        c.require(complete ? BOUND_MS : ANEW_MS, () -> c.clients.lastToldNs > faultNs, "clients are served again");
        // Whoever is served may not be left again while nothing else happens.
        for (long ms = 0; ms < LASTS_MS; ms += BOUND_MS) {
            final long toldNs = c.clients.lastToldNs;
            c.run(BOUND_MS);
            c.clients.require(c.clients.lastToldNs > toldNs, "clients are left alone again; " + c.state());
        }
        if (complete && state != State.STARTING) {
            c.clients.require(c.clients.hole == null && c.clients.startsFromNothing == 1, "nothing is lost; " + c.clients.hole);
        }
        host.lanGone = false;
        c.filterService(false);
        c.healAll();
        c.require(3_000, c::isProtected, "protected again");
    }

    /** No client, no gateway, nobody but the other host's kernel is there to be heard when the backup dies. */
    @TenSeeds
    void shouldGoOnOnceSomebodyIsHeardIfTheLanWasQuietWhenTheBackupDied(final long seed) {
        final Cluster c = cluster(seed).protectedPair();
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
            final Cluster c = cluster(seed).protectedPair();
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
