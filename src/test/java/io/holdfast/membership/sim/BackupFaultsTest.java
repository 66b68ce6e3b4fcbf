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

import io.holdfast.membership.OnLoss;
import io.holdfast.membership.Reason;
import io.holdfast.membership.Role;
import org.junit.jupiter.api.Tag;

/** The backup fails; the primary goes on, and who missed something never takes over. The oracle watches throughout. */
@Tag("worlds")
final class BackupFaultsTest {
    @TenSeeds
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

    @TenSeeds
    void shouldGoSoloBeforeTheKernelHasTornDownAKilledBackup(final long seed) {
        final Cluster c = pair(seed);
        c.teardownNs = 60_000_000;
        c.b().kill();
        final long us = c.require(200, () -> c.a().role() == Role.SOLO, "A goes on alone");
        assertBetween(20_000, 20_000 + SLACK_US, us);
        assertServed(c);
        assertNothingLost(c);
    }

    @TenSeeds
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

    @TenSeeds
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

    @TenSeeds
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

    @TenSeeds
    void shouldRefuseToTakeOverWhenTheBackupWasRevivedJustBeforeThePrimaryDied(final long seed) {
        for (int ms = 0; ms <= 12; ms++) {
            final Cluster c = pair(seed);
            c.appendEveryNs = 1_000_000;
            c.b().kill();
            c.require(100, () -> c.a().role() == Role.SOLO, "A goes on alone");
            c.run(100);
            c.b().start();
            c.run(ms);
            // A primary's word that its gate is closed may be on its way; then B may believe it, and has all there is.
            if (c.a().role() == Role.SOLO) {
                c.a().kill();
                c.run(3_000);
                assertFalse(c.b().role().isOwner());
                assertEquals(0, c.clients.takeovers);
            }
        }
    }

    @TenSeeds
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

    /** What A released before it gated is still on its way when B hears that the gate is closed, and never comes. */
    @TenSeeds
    void shouldNotBelieveToBeInSyncBeforeItHoldsWhatWasReleasedBeforeTheGate(final long seed) {
        final Cluster c = new Cluster(seed);
        c.queueOfANs = 50_000_000;
        c.a().start();
        c.b().start();
        c.require(2_000, () -> c.a().role() == Role.PRIMARY, "A has gated");
        c.run(2);
        c.cutReplication(true);
        c.run(5);
        assertEquals(Role.JOINING, c.b().role());
        c.a().kill();
        c.run(1_000);
        assertFalse(c.b().role().isOwner());
        assertEquals(0, c.clients.takeovers);
    }

    @TenSeeds
    void shouldNotGoSoloOnSilenceAfterAPauseInWhichItsBackupMayHaveTakenOver(final long seed) {
        final Cluster c = new Cluster(seed);
        c.settings = config -> config.lanMs(0).onLoss(OnLoss.SOLO_ON_SILENCE);
        c.handshakeNs = 300_000_000;
        c.protectedPair();
        c.a().pause();
        c.require(500, () -> c.b().role() == Role.SOLO, "B takes over");
        c.run(900);
        c.a().thaw();
        c.require(4_000, () -> c.isProtected(c.b(), c.a()), "A protects B");
        assertNothingLost(c);
    }

    /** A gives up connections on which the sleeping B is silent; B awakes within its lease and finds them closed. */
    @TenSeeds
    void shouldNotTakeTheClosingOfStalledPathsForDeath(final long seed) {
        for (int ms = 150; ms < 200; ms += 5) {
            final Cluster c = new Cluster(seed);
            c.dialEveryNs = 100_000_000;
            c.protectedPair();
            c.b().freeze();
            c.run(ms);
            c.b().thaw();
            c.require(1_000, () -> c.isProtected(c.a(), c.b()), "B protects again");
            assertEquals(0, c.clients.takeovers);
        }
    }
}
