package io.holdfast.failover.sim;

import static io.holdfast.failover.sim.Scenario.DETECT_US;
import static io.holdfast.failover.sim.Scenario.SLACK_US;
import static io.holdfast.failover.sim.Scenario.assertBetween;
import static io.holdfast.failover.sim.Scenario.assertNothingLost;
import static io.holdfast.failover.sim.Scenario.assertServed;
import static io.holdfast.failover.sim.Scenario.pair;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.failover.Reason;
import io.holdfast.failover.Role;

/** The primary fails in every way there is; its detection takes the time it may. The oracle watches throughout. */
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
        assertEquals(Reason.PEER_RESTARTED, c.b().membership.reason());
        c.require(1_000, () -> c.isProtected(c.b(), c.a()), "A protects B");
        assertNothingLost(c);
    }
}
