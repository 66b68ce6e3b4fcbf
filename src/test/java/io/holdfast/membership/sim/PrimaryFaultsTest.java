package io.holdfast.membership.sim;

import static io.holdfast.membership.sim.Scenario.DETECT_US;
import static io.holdfast.membership.sim.Scenario.SLACK_US;
import static io.holdfast.membership.sim.Scenario.assertBetween;
import static io.holdfast.membership.sim.Scenario.assertNothingLost;
import static io.holdfast.membership.sim.Scenario.assertServed;
import static io.holdfast.membership.sim.Scenario.pair;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.membership.Reason;
import io.holdfast.membership.Role;
import io.holdfast.replication.channel.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;

/** The primary fails in every way there is; its detection takes the time it may. The oracle watches throughout. */
@Tag("worlds")
final class PrimaryFaultsTest {
    @TenSeeds
    void shouldTakeOverWithinMillisecondsWhenThePrimaryIsKilled(final long seed) {
        final Cluster c = pair(seed);
        c.a().kill();
        final long us = c.require(50, () -> c.b().role() == Role.SOLO, "B takes over");
        assertBetween(0, SLACK_US, us);
        assertEquals(Reason.PEER_DIED, c.b().membership.reason());
        assertServed(c);
        c.a().start();
        c.require(1_000, () -> c.isProtected(c.b(), c.a()), "A protects B");
        assertNothingLost(c);
    }

    @TenSeeds
    void shouldTakeOverBeforeTheKernelHasTornDownAKilledPrimary(final long seed) {
        final Cluster c = pair(seed);
        c.teardownNs = 60_000_000;
        c.a().kill();
        final long us = c.require(50, () -> c.b().role() == Role.SOLO, "B takes over");
        assertBetween(0, SLACK_US, us);
        assertEquals(Reason.PEER_DIED, c.b().membership.reason());
        assertServed(c);
        c.run(200);
        c.a().start();
        c.require(1_000, () -> c.isProtected(c.b(), c.a()), "A protects B");
        assertNothingLost(c);
    }

    @TenSeeds
    void shouldTakeOverWhenTheConnectionsOfAKilledPrimaryCloseWhereThereAreNoLifelines(final long seed) {
        final Cluster c = new Cluster(seed);
        c.lifelines = false;
        c.protectedPair();
        c.teardownNs = 30_000_000;
        c.a().kill();
        final long us = c.require(100, () -> c.b().role() == Role.SOLO, "B takes over");
        assertBetween(30_000, 30_000 + SLACK_US, us);
        assertEquals(Reason.PEER_DIED, c.b().membership.reason());
        assertNothingLost(c);
    }

    @TenSeeds
    void shouldNotBelieveOneLifelineAloneNorOneThatWasCutLongAgo(final long seed) {
        final Cluster c = pair(seed);
        for (final Path path : Path.values()) {
            c.wire(path).cutLine(c.a());
            c.run(250);
            assertTrue(c.isProtected(c.a(), c.b()), c.state());
        }
        assertEquals(0, c.clients.takeovers);
        assertNothingLost(c);
    }

    @TenSeeds
    void shouldTakeOverWithLifelinesThatTheNextConnectionsBrought(final long seed) {
        final Cluster c = pair(seed);
        c.cutReplication(true);
        c.run(400);
        c.cutReplication(false);
        c.require(3_000, () -> c.isProtected(c.a(), c.b()), "B protects A again");
        c.run(300);
        c.teardownNs = 60_000_000;
        c.a().kill();
        assertBetween(0, SLACK_US, c.require(50, () -> c.b().role() == Role.SOLO, "B takes over"));
        assertNothingLost(c);
    }

    @TenSeeds
    void shouldTakeOverAfterDetectionWhenThePrimaryLosesPower(final long seed) {
        final Cluster c = pair(seed);
        c.a().powerOff();
        final long us = c.require(500, () -> c.b().role() == Role.SOLO, "B takes over");
        assertBetween(DETECT_US - 10_000 - SLACK_US, DETECT_US + SLACK_US, us);
        assertServed(c);
        assertNothingLost(c);
    }

    @TenSeeds
    void shouldTakeOverFromAFrozenPrimaryWhichThenRejoins(final long seed) {
        final Cluster c = pair(seed);
        c.a().freeze();
        final long us = c.require(500, () -> c.b().role() == Role.SOLO, "B takes over");
        assertBetween(DETECT_US - 10_000 - SLACK_US, DETECT_US + SLACK_US, us);
        assertEquals(Reason.PEER_SILENT, c.b().membership.reason());
        assertServed(c);
        c.run(1_000);
        assertEquals(Role.PRIMARY, c.a().role());
        assertFalse(c.a().membership.mayDepart(c.a().nowNs()), "its lease is over before it has heard anything");
        c.a().thaw();
        c.require(1_000, () -> c.isProtected(c.b(), c.a()), "A protects B");
        assertTrue(c.a().membership.status(c.a().nowNs()).failovers().stream().anyMatch(f ->
            f.to() == Role.FENCED && f.reason() == Reason.HIGHER_EPOCH));
        assertNothingLost(c);
    }

    @TenSeeds
    void shouldFenceAPrimaryWhoseWholeHostWasPaused(final long seed) {
        final Cluster c = pair(seed);
        c.a().pause();
        c.require(500, () -> c.b().role() == Role.SOLO, "B takes over");
        c.run(700);
        c.a().thaw();
        c.require(2_000, () -> c.isProtected(c.b(), c.a()), "A protects B");
        assertNothingLost(c);
    }

    @TenSeeds
    void shouldCarryOnAfterAFreezeShorterThanDetection(final long seed) {
        final Cluster c = pair(seed);
        c.a().freeze();
        c.run(70);
        c.a().thaw();
        c.run(50);
        assertTrue(c.isProtected(c.a(), c.b()), c.state());
        assertEquals(0, c.clients.takeovers);
    }

    @TenSeeds
    void shouldSurviveTwoKillsWithARejoinBetweenThem(final long seed) {
        final Cluster c = pair(seed);
        for (int i = 0; i < 3; i++) {
            final Host owner = c.a().role() == Role.PRIMARY ? c.a() : c.b();
            final Host other = c.hosts[1 - owner.index];
            owner.kill();
            c.require(50, () -> other.role() == Role.SOLO, "the other takes over");
            c.run(100);
            owner.start();
            c.require(1_000, () -> c.isProtected(other, owner), "protected again");
            assertServed(c);
        }
        assertEquals(3, c.clients.takeovers);
        assertEquals(4, c.b().membership.epoch());
        assertNothingLost(c);
    }

    @TenSeeds
    void shouldTakeOverWhenThePrimaryComesBackFasterThanDetection(final long seed) {
        final Cluster c = pair(seed);
        c.a().powerOff();
        c.run(30);
        c.a().start();
        c.require(60, () -> c.b().role() == Role.SOLO, "B takes over");
        // Its kernel answers what the old connections still carry, and its new process says who it is.
        assertTrue(Set.of(Reason.PEER_RESTARTED, Reason.PEER_DIED).contains(c.b().membership.reason()), c.state());
        c.require(1_000, () -> c.isProtected(c.b(), c.a()), "A protects B");
        assertNothingLost(c);
    }
}
