package io.holdfast.failover.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.failover.OnLoss;
import io.holdfast.failover.Reason;
import io.holdfast.failover.Role;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each fault by name, with the time that its detection may take. The oracle watches throughout. */
final class FaultsTest {
    private static final long DETECT_US = 100_000;
    private static final long SOLO_US = 100_000;
    /** Messages take up to 0.5 ms, the clocks' rates differ a little. */
    private static final long SLACK_US = 2_000;

    private static Cluster pair(final long seed) {
        return new Cluster(seed).protectedPair();
    }

    private static void assertBetween(final long fromUs, final long toUs, final long us) {
        assertTrue(us >= fromUs && us <= toUs, us + " us is not within " + fromUs + " to " + toUs);
    }

    private static void assertServed(final Cluster c) {
        final int before = c.clients.toldCount();
        c.require(500, () -> c.clients.toldCount() > before + 3, "clients are served");
    }

    private static void assertNothingLost(final Cluster c) {
        assertEquals(1, c.clients.startsFromNothing);
        assertNull(c.clients.hole);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
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

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldTakeOverAfterDetectionWhenThePrimaryLosesPower(final long seed) {
        final Cluster c = pair(seed);
        c.a().powerOff();
        final long us = c.require(500, () -> c.b().role() == Role.SOLO, "B takes over");
        assertBetween(DETECT_US - 10_000 - SLACK_US, DETECT_US + SLACK_US, us);
        assertServed(c);
        assertNothingLost(c);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
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

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldFenceAPrimaryWhoseWholeHostWasPaused(final long seed) {
        final Cluster c = pair(seed);
        c.a().pause();
        c.require(500, () -> c.b().role() == Role.SOLO, "B takes over");
        c.run(700);
        c.a().thaw();
        c.require(2_000, () -> c.isProtected(c.b(), c.a()), "A protects B");
        assertNothingLost(c);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldCarryOnAfterAFreezeShorterThanDetection(final long seed) {
        final Cluster c = pair(seed);
        c.a().freeze();
        c.run(70);
        c.a().thaw();
        c.run(50);
        assertTrue(c.isProtected(c.a(), c.b()), c.state());
        assertEquals(0, c.clients.takeovers);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldGoSoloWithinMillisecondsWhenTheBackupIsKilled(final long seed) {
        final Cluster c = pair(seed);
        c.b().kill();
        final long us = c.require(200, () -> c.a().role() == Role.SOLO, "A goes on alone");
        // The time to listen for a claim, and the next dialling, which the kernel refuses.
        assertBetween(20_000, 20_000 + SLACK_US, us);
        assertServed(c);
        c.b().start();
        c.require(1_000, () -> c.isProtected(c.a(), c.b()), "B protects again");
        c.a().kill();
        c.require(50, () -> c.b().role() == Role.SOLO, "B takes over");
        assertNothingLost(c);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldGoSoloWhenTheBackupLosesPowerAndTheLanIsHeard(final long seed) {
        final Cluster c = pair(seed);
        c.b().powerOff();
        final long us = c.require(500, () -> c.a().role() == Role.SOLO, "A goes on alone");
        assertBetween(DETECT_US + SOLO_US - 10_000 - SLACK_US, DETECT_US + SOLO_US + SLACK_US, us);
        assertServed(c);
        c.b().start();
        c.require(1_000, () -> c.isProtected(c.a(), c.b()), "B protects again");
        assertNothingLost(c);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldBlockWhenTheBackupLosesPowerAndNobodyListensToTheLan(final long seed) {
        final Cluster c = new Cluster(seed);
        c.settings = config -> config.lanMs(0);
        c.protectedPair();
        c.b().powerOff();
        c.run(3_000);
        assertEquals(Role.PRIMARY, c.a().role());
        assertFalse(c.a().isSpeaking());
        assertTrue(c.a().membership.forceSolo(c.a().nowNs()));
        assertServed(c);
        assertEquals(Reason.OPERATOR, c.a().membership.reason());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldWaitForANewBackupWhenPolicySaysBlock(final long seed) {
        final Cluster c = new Cluster(seed);
        c.settings = config -> config.lanMs(40).onLoss(OnLoss.BLOCK);
        c.protectedPair();
        c.b().kill();
        c.run(1_000);
        assertEquals(Role.PRIMARY, c.a().role());
        assertFalse(c.a().isSpeaking());
        c.b().start();
        c.require(1_000, () -> c.isProtected(c.a(), c.b()), "B protects again");
        assertServed(c);
        c.a().kill();
        c.require(50, () -> c.b().role() == Role.SOLO, "B takes over");
        assertNothingLost(c);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
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

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldRejoinWhenReplicationHeals(final long seed) {
        final Cluster c = pair(seed);
        c.cutReplication(true);
        c.run(1_500);
        c.cutReplication(false);
        c.require(2_000, () -> c.isProtected(c.a(), c.b()), "B protects again");
        assertNothingLost(c);
        assertEquals(0, c.clients.takeovers);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
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

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
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

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldStayWhenTheBackupLosesTheLan(final long seed) {
        final Cluster c = pair(seed);
        c.cutLan(c.b(), true);
        c.run(2_000);
        assertEquals(Role.PRIMARY, c.a().role());
        assertServed(c);
        assertEquals(0, c.clients.takeovers);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
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

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
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

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
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
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
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

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
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

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldRefuseToTakeOverWhenTheBackupWasRevivedJustBeforeThePrimaryDied(final long seed) {
        for (int ms = 0; ms <= 12; ms++) {
            final Cluster c = pair(seed);
            c.appendEveryNs = 1_000_000;
            c.b().kill();
            c.require(100, () -> c.a().role() == Role.SOLO, "A goes on alone");
            c.run(100);
            c.b().start();
            c.run(ms);
            if (c.b().role() != Role.BACKUP) {
                c.a().kill();
                c.run(3_000);
                assertFalse(c.b().role().isOwner());
                assertEquals(0, c.clients.takeovers);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldRefuseToTakeOverWhenTheBackupSleptWhileThePrimaryWentOnAndDied(final long seed) {
        final Cluster c = pair(seed);
        c.b().pause();
        c.require(500, () -> c.a().role() == Role.SOLO, "A goes on alone");
        assertServed(c);
        c.a().kill();
        c.b().thaw();
        c.run(3_000);
        assertFalse(c.b().role().isOwner());
        c.a().start();
        c.require(2_000, c::isProtected, "both start from nothing");
        assertEquals(2, c.clients.startsFromNothing);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldTakeOverWhenThePrimaryComesBackFasterThanDetection(final long seed) {
        final Cluster c = pair(seed);
        c.a().powerOff();
        c.run(30);
        c.a().start();
        c.require(60, () -> c.b().role() == Role.SOLO, "B takes over");
        c.require(1_000, () -> c.isProtected(c.b(), c.a()), "A protects B");
        assertNothingLost(c);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldSwitchOverAsPlannedWithinMilliseconds(final long seed) {
        final Cluster c = pair(seed);
        assertNotNull(c.b().membership.requestSwitchover(c.b().nowNs()), "only a primary can");
        assertNull(c.a().membership.requestSwitchover(c.a().nowNs()));
        final long us = c.require(100, () -> c.b().role() == Role.SOLO, "B takes over");
        assertBetween(0, 5_000, us);
        assertEquals(Reason.HANDOVER, c.b().membership.reason());
        c.require(1_000, () -> c.isProtected(c.b(), c.a()), "A protects B");
        assertTrue(c.a().membership.status(c.a().nowNs()).failovers().stream().anyMatch(f ->
            f.to() == Role.FENCED && f.reason() == Reason.HANDED_OVER));
        c.run(20);
        assertNull(c.b().membership.requestSwitchover(c.b().nowNs()));
        c.require(1_000, () -> c.isProtected(c.a(), c.b()), "and back");
        assertServed(c);
        assertNothingLost(c);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldResumeWhenTheSwitchoverWasNotAnsweredAndIsCancelledForSure(final long seed) {
        final Cluster c = new Cluster(seed);
        c.settings = config -> config.lanMs(0).handoverMs(50);
        c.protectedPair();
        c.a().membership.requestSwitchover(c.a().nowNs());
        c.b().freeze();
        c.run(80);
        assertFalse(c.a().isSpeaking());
        assertEquals(Role.PRIMARY, c.a().role());
        c.b().thaw();
        c.require(200, () -> c.isProtected(), "one of them owns, the other protects");
        assertServed(c);
        assertNothingLost(c);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldStartByPreferenceOrAloneAfterListening(final long seed) {
        final Cluster c = new Cluster(seed);
        c.b().start();
        c.run(5_000);
        assertEquals(Role.STARTING, c.b().role(), "it is not preferred, and waits");
        c.a().start();
        final long both = c.require(500, () -> c.a().role() == Role.SOLO, "A starts");
        assertBetween(0, 50_000, both);
        c.require(1_000, () -> c.isProtected(c.a(), c.b()), "B protects");

        final Cluster alone = new Cluster(seed);
        alone.a().start();
        final long us = alone.require(1_000, () -> alone.a().role() == Role.SOLO, "A starts alone");
        assertBetween(500_000 - SLACK_US, 500_000 + SLACK_US, us);
        assertEquals(Reason.ALONE, alone.a().membership.reason());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldForgetEverythingOnlyWhenTheOwnerDiedWhileItsBackupWasJoining(final long seed) {
        final Cluster c = pair(seed);
        c.b().kill();
        c.run(500);
        c.b().start();
        c.require(1_000, () -> c.b().role() == Role.JOINING, "B joins");
        c.a().powerOff();
        c.run(1_000);
        assertEquals(Role.JOINING, c.b().role());
        c.a().start();
        c.require(2_000, () -> c.isProtected(c.a(), c.b()), "both start from nothing");
        assertEquals(2, c.clients.startsFromNothing);
        assertTrue(c.a().membership.epoch() > 1, "an epoch is never used twice");
    }
}
