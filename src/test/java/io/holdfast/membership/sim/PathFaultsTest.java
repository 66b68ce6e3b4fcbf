package io.holdfast.membership.sim;

import static io.holdfast.membership.sim.Scenario.DETECT_US;
import static io.holdfast.membership.sim.Scenario.SLACK_US;
import static io.holdfast.membership.sim.Scenario.SOLO_US;
import static io.holdfast.membership.sim.Scenario.assertBetween;
import static io.holdfast.membership.sim.Scenario.assertNothingLost;
import static io.holdfast.membership.sim.Scenario.assertServed;
import static io.holdfast.membership.sim.Scenario.pair;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.membership.Reason;
import io.holdfast.membership.Role;
import org.junit.jupiter.api.Tag;

/** Paths and the LAN are cut, alone and together. The oracle watches throughout. */
@Tag("worlds")
final class PathFaultsTest {
    @TenSeeds
    void shouldDismissTheBackupOverTheServicePathWhenReplicationIsCut(final long seed) {
        final Cluster c = pair(seed);
        c.cutReplication(true);
        final long us = c.require(500, () -> c.a().role() == Role.SOLO, "A goes on alone");
        assertBetween(DETECT_US + SOLO_US - 10_000 - SLACK_US, DETECT_US + SOLO_US + SLACK_US, us);
        assertEquals(Reason.BACKUP_OUT, c.a().membership.reason());
        assertEquals(Role.JOINING, c.b().role());
        assertServed(c);
        c.a().kill();
        c.run(2_000);
        assertEquals(Role.JOINING, c.b().role(), "it has missed something");
        assertEquals(0, c.clients.takeovers);
    }

    @TenSeeds
    void shouldRejoinWhenReplicationHeals(final long seed) {
        final Cluster c = pair(seed);
        c.cutReplication(true);
        c.run(1_500);
        c.cutReplication(false);
        c.require(2_000, () -> c.isProtected(c.a(), c.b()), "B protects again");
        assertNothingLost(c);
        assertEquals(0, c.clients.takeovers);
    }

    @TenSeeds
    void shouldOnlyReportTheLossOfTheServicePath(final long seed) {
        final Cluster c = pair(seed);
        c.filterService(true);
        c.run(3_000);
        assertTrue(c.isProtected(c.a(), c.b()), c.state());
        assertFalse(c.a().membership.status(c.a().nowNs()).paths().get(1).live());
        assertServed(c);
        c.a().kill();
        final long us = c.require(500, () -> c.b().role() == Role.SOLO, "B takes over");
        // One path cannot prove death: TIMED_OUT on the other says nothing. The refused port does.
        assertBetween(0, DETECT_US + SLACK_US, us);
        assertNothingLost(c);
    }

    @TenSeeds
    void shouldHandOverWhenThePrimaryLosesTheLan(final long seed) {
        final Cluster c = pair(seed);
        c.cutLan(c.a(), true);
        final long us = c.require(500, () -> c.b().role() == Role.SOLO, "B takes over");
        assertBetween(30_000 - SLACK_US, 50_000 + SLACK_US, us);
        assertEquals(Reason.HANDOVER, c.b().membership.reason());
        assertServed(c);
        c.cutLan(c.a(), false);
        c.require(1_000, () -> c.isProtected(c.b(), c.a()), "A protects B");
        c.run(2_000);
        assertTrue(c.isProtected(c.b(), c.a()), "no preemption");
        assertNothingLost(c);
    }

    @TenSeeds
    void shouldStayWhenTheBackupLosesTheLan(final long seed) {
        final Cluster c = pair(seed);
        c.cutLan(c.b(), true);
        c.run(2_000);
        assertEquals(Role.PRIMARY, c.a().role());
        assertServed(c);
        assertEquals(0, c.clients.takeovers);
    }

    @TenSeeds
    void shouldTakeOverFromAPrimaryThatIsCutOffFromEverything(final long seed) {
        final Cluster c = pair(seed);
        c.cutReplication(true);
        c.cutLan(c.a(), true);
        final long us = c.require(500, () -> c.b().role() == Role.SOLO, "B takes over");
        assertBetween(DETECT_US - 10_000 - SLACK_US, DETECT_US + SLACK_US, us);
        assertServed(c);
        c.run(3_000);
        assertEquals(Role.PRIMARY, c.a().role());
        assertFalse(c.a().isSpeaking());
        c.cutLan(c.a(), false);
        c.require(2_000, () -> c.a().role() == Role.JOINING, "A has learnt of it over the service path");
        c.cutReplication(false);
        c.require(2_000, () -> c.isProtected(c.b(), c.a()), "A protects B");
        assertNothingLost(c);
    }

    @TenSeeds
    void shouldGoSoloWhenTheBackupIsCutOffFromEverything(final long seed) {
        final Cluster c = pair(seed);
        c.cutReplication(true);
        c.cutLan(c.b(), true);
        c.require(500, () -> c.a().role() == Role.SOLO, "A goes on alone");
        c.run(1_000);
        assertEquals(Role.BACKUP, c.b().role());
        assertFalse(c.b().membership.isReady(c.b().nowNs()));
        c.a().kill();
        c.cutLan(c.b(), false);
        c.run(2_000);
        assertFalse(c.b().role().isOwner(), "it has missed something and does not know");
        c.cutReplication(false);
        c.a().start();
        c.require(2_000, c::isProtected, "both start from nothing");
        assertEquals(2, c.clients.startsFromNothing);
    }

    @TenSeeds
    void shouldBeSafeWithoutLanSignsWhenBothPathsAreCut(final long seed) {
        final Cluster c = new Cluster(seed);
        c.settings = config -> config.lanMs(0);
        c.protectedPair();
        c.cutReplication(true);
        c.filterService(true);
        c.require(500, () -> c.b().role() == Role.SOLO, "B takes over");
        c.run(2_000);
        assertFalse(c.a().isSpeaking());
        c.cutReplication(false);
        c.filterService(false);
        c.require(2_000, () -> c.isProtected(c.b(), c.a()), "A protects B");
        assertNothingLost(c);
    }

    /** What decision 5 says is not survived: held to what it says happens, so that a change is noticed. */
    @TenSeeds
    void shouldFenceTheLowerEpochAfterASplitOfEverythingThatBothHear(final long seed) {
        final Cluster c = pair(seed);
        c.clients.hole = "a split LAN";
        c.cutReplication(true);
        c.filterService(true);
        c.require(500, () -> c.a().role() == Role.SOLO && c.b().role() == Role.SOLO, "both go on");
        c.run(1_000);
        c.cutReplication(false);
        c.filterService(false);
        c.require(2_000, () -> c.isProtected(c.b(), c.a()), "A protects B");
    }

    /** The port refused before A's process was there; that says nothing of the process that was heard since. */
    @TenSeeds
    void shouldNotTakeAnOldRefusalForDeath(final long seed) {
        final Cluster c = new Cluster(seed);
        c.b().start();
        c.run(100);
        c.cutLan(c.b(), true);
        c.a().start();
        c.require(2_000, () -> c.a().role() == Role.PRIMARY && c.b().role() == Role.BACKUP, "B is in sync");
        c.run(100);
        assertFalse(c.isProtected(c.a(), c.b()), "B does not hear the LAN");
        c.cutReplication(true);
        c.run(1_000);
        assertEquals(Role.SOLO, c.a().role());
        assertEquals(Role.BACKUP, c.b().role());
        assertEquals(0, c.clients.takeovers);
    }

    /** B has given up the path, and only A dials: it may not be heard in time. Nobody loses anything by it. */
    @TenSeeds
    void shouldLoseNothingWhenPathsComeBackJustBeforeDetection(final long seed) {
        for (int ms = 50; ms < 100; ms += 5) {
            final Cluster c = new Cluster(seed);
            c.dialEveryNs = 5_000_000;
            c.protectedPair();
            c.cutReplication(true);
            c.filterService(true);
            c.run(ms);
            c.cutReplication(false);
            c.filterService(false);
            c.run(1_000);
            assertTrue(c.isProtected(), c.state());
            assertNothingLost(c);
        }
    }
}
