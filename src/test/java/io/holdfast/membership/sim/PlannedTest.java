package io.holdfast.membership.sim;

import static io.holdfast.membership.sim.Scenario.SLACK_US;
import static io.holdfast.membership.sim.Scenario.assertBetween;
import static io.holdfast.membership.sim.Scenario.assertNothingLost;
import static io.holdfast.membership.sim.Scenario.assertServed;
import static io.holdfast.membership.sim.Scenario.pair;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.membership.Phase;
import io.holdfast.membership.Reason;
import io.holdfast.membership.Role;
import org.junit.jupiter.api.Tag;

/** Starts, and what is planned. The oracle watches throughout. */
@Tag("worlds")
final class PlannedTest {
    @TenSeeds
    void shouldSwitchOverAsPlannedWithinMilliseconds(final long seed) {
        final Cluster c = pair(seed);
        assertNotNull(c.b().membership.requestSwitchover(c.b().nowNs()), "only a primary can");
        assertNull(c.a().membership.requestSwitchover(c.a().nowNs()));
        c.require(20, () -> !c.a().isSpeaking(), "B's servers are where A's are");
        assertEquals(0, c.a().service.behindAtFlush);
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

    @TenSeeds
    void shouldServeWhileTheBackupsServersAreBehindButNotForEver(final long seed) {
        final Cluster c = pair(seed);
        c.b().service.behindBytes = 5 << 20;
        assertNull(c.a().membership.requestSwitchover(c.a().nowNs()));
        c.run(900);
        assertTrue(c.a().isSpeaking());
        assertEquals(Phase.PREPARING, c.a().membership.status(c.a().nowNs()).phase());
        c.b().service.behindBytes = 5;
        c.require(20, () -> c.a().membership.status(c.a().nowNs()).phase() == Phase.HOLDING, "programs are held");
        assertTrue(c.a().isSpeaking());
        final long us = c.require(100, () -> !c.a().isSpeaking(), "the switchover happens nevertheless");
        assertBetween(45_000, 55_000, us);
        assertEquals(5, c.a().service.behindAtFlush);
        c.require(100, () -> c.b().role() == Role.SOLO, "B takes over");
        c.require(1_000, () -> c.isProtected(c.b(), c.a()), "A protects B");
        assertServed(c);
        assertNothingLost(c);
    }

    @TenSeeds
    void shouldServeOnWhenTheBackupDiesWhileItsServersAreBehind(final long seed) {
        final Cluster c = pair(seed);
        c.b().service.behindBytes = 5 << 20;
        assertNull(c.a().membership.requestSwitchover(c.a().nowNs()));
        c.run(500);
        c.b().kill();
        c.require(500, () -> c.a().role() == Role.SOLO, "A goes on alone");
        c.run(1_000);
        assertTrue(c.a().isSpeaking());
        assertServed(c);
        assertNothingLost(c);
    }

    @TenSeeds
    void shouldResumeWhenTheSwitchoverWasNotAnsweredAndIsCancelledForSure(final long seed) {
        final Cluster c = new Cluster(seed);
        c.settings = config -> config.lanMs(0).prepareMs(0).handoverMs(50);
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

    @TenSeeds
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

    @TenSeeds
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
