package io.holdfast.membership.sim;

import static io.holdfast.membership.sim.Scenario.DETECT_US;
import static io.holdfast.membership.sim.Scenario.SLACK_US;
import static io.holdfast.membership.sim.Scenario.assertBetween;
import static io.holdfast.membership.sim.Scenario.assertNothingLost;
import static io.holdfast.membership.sim.Scenario.assertServed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.membership.Reason;
import io.holdfast.membership.Role;
import org.junit.jupiter.api.Tag;

/** What a third party decides, and what its loss leaves. The oracle watches throughout: it knows no hole then. */
@Tag("worlds")
final class ThirdPartyTest {
    /** To the register and back. */
    private static final long ASKING_US = 6_000;
    private static final long ALONE_MS = 1_000;

    private static Cluster pair(final long seed) {
        return new Cluster(seed).withThirdParty(false).protectedPair();
    }

    private static void split(final Cluster c, final boolean on) {
        c.cutReplication(on);
        c.filterService(on);
    }

    /** The LAN is split, with clients on both sides, and so is the hosts' link. */
    @TenSeeds
    void shouldLeaveOneOwnerWhenEverythingBetweenTheHostsIsSplit(final long seed) {
        final Cluster c = pair(seed);
        split(c, true);
        final long us = c.require(500, () -> c.b().role() == Role.SOLO, "B goes on");
        assertBetween(DETECT_US - 10_000 - SLACK_US, DETECT_US + ASKING_US + 10_000 + SLACK_US, us);
        c.require(500, () -> !c.a().role().isOwner(), "A has heard from the register that it is none");
        c.run(3_000);
        assertFalse(c.a().isSpeaking());
        assertServed(c);
        split(c, false);
        c.require(2_000, () -> c.isProtected(c.b(), c.a()), "A protects B");
        assertNothingLost(c);
    }

    @TenSeeds
    void shouldChangeNothingWhileBothHostsLive(final long seed) {
        final Cluster c = pair(seed);
        c.thirdParty.down = true;
        for (int i = 0; i < 20; i++) {
            c.run(300);
            assertTrue(c.isProtected(c.a(), c.b()), c.state());
            assertServed(c);
        }
        assertFalse(c.a().membership.status(c.a().nowNs()).witness().reached());
        c.thirdParty.heal();
        c.run(1_000);
        assertTrue(c.a().membership.status(c.a().nowNs()).witness().reached());
        assertEquals(1, c.a().membership.epoch());
        assertNothingLost(c);
    }

    /** Nobody goes on without its word, and whoever is heard again needs none: what has been asked is taken back. */
    @TenSeeds
    void shouldTakeBackWhatItAskedForWhenThePeerIsHeardAgain(final long seed) {
        for (int victim = 0; victim < 2; victim++) {
            final Cluster c = pair(seed);
            final Host other = c.hosts[1 - victim];
            c.thirdParty.down = true;
            c.run(500);
            c.hosts[victim].freeze();
            c.run(600);
            assertTrue(other.role() != Role.SOLO, "nobody goes on without its word");
            assertTrue(other.membership.status(other.nowNs()).witness().asked() != 0, c.state());
            c.hosts[victim].thaw();
            c.run(1_000);
            assertTrue(c.isProtected(c.a(), c.b()), c.state());
            assertServed(c);
            c.thirdParty.heal();
            c.run(1_000);
            assertTrue(c.isProtected(c.a(), c.b()), c.state());
            assertEquals(0, c.clients.takeovers);
            assertNothingLost(c);
        }
    }

    @TenSeeds
    void shouldTakeOverOnceItIsBack(final long seed) {
        final Cluster c = pair(seed);
        c.thirdParty.down = true;
        c.run(500);
        c.a().kill();
        c.run(1_500);
        assertEquals(Role.BACKUP, c.b().role());
        c.thirdParty.heal();
        c.require(400, () -> c.b().role() == Role.SOLO, "B takes over");
        assertServed(c);
        assertNothingLost(c);
    }

    /** Of three, two have to be in touch. */
    @TenSeeds
    void shouldFallSilentWhenItLeadsAloneAndTheRegisterIsLostForLong(final long seed) {
        final Cluster c = pair(seed);
        c.b().powerOff();
        c.require(500, () -> c.a().role() == Role.SOLO, "A goes on");
        c.run(2_000);
        assertServed(c);
        c.thirdParty.down = true;
        c.run(ALONE_MS / 2);
        assertTrue(c.a().isSpeaking(), "not at once");
        c.require(ALONE_MS, () -> !c.a().isSpeaking(), "A falls silent");
        c.run(1_000);
        c.thirdParty.heal();
        c.require(400, () -> c.a().isSpeaking(), "A goes on");
        assertServed(c);
        c.b().start();
        c.require(2_000, () -> c.isProtected(c.a(), c.b()), "B protects");
        assertNothingLost(c);
    }

    /** It holds nothing, hears clients and the register, and nobody who leads. */
    @TenSeeds
    void shouldNotStartFromNothingBesideAnOwnerThatIsCutOffFromIt(final long seed) {
        for (int victim = 0; victim < 2; victim++) {
            final Cluster c = pair(seed);
            final Host owner = c.hosts[1 - victim];
            final Host restarted = c.hosts[victim];
            restarted.kill();
            c.require(500, () -> owner.role() == Role.SOLO, "the other one goes on");
            c.run(500);
            split(c, true);
            restarted.start();
            for (int i = 0; i < 20; i++) {
                c.run(300);
                assertEquals(Role.STARTING, restarted.role());
                assertServed(c);
            }
            split(c, false);
            c.require(2_000, () -> c.isProtected(owner, restarted), "it joins");
            assertNothingLost(c);
        }
    }

    @TenSeeds
    void shouldStartFromNothingOnceTheOwnerHasWrittenNothingForLong(final long seed) {
        final Cluster c = pair(seed);
        c.b().kill();
        c.require(500, () -> c.a().role() == Role.SOLO, "A goes on");
        c.run(500);
        c.a().powerOff();
        c.b().start();
        final long us = c.require(3 * ALONE_MS, () -> c.b().role() == Role.SOLO, "B starts from nothing");
        assertTrue(us >= ALONE_MS * 1_000 - 10_000, us + " us");
        assertServed(c);
        assertEquals(2, c.clients.startsFromNothing);
    }

    @TenSeeds
    void shouldSwitchOverAsPlannedAndBack(final long seed) {
        final Cluster c = pair(seed);
        c.a().requestSwitchover();
        c.require(2_000, () -> c.isProtected(c.b(), c.a()), "A protects B");
        c.run(100);
        c.b().requestSwitchover();
        c.require(2_000, () -> c.isProtected(c.a(), c.b()), "B protects A");
        assertEquals(3, c.a().membership.epoch());
        assertNothingLost(c);
    }

    /**
     * The backup has asked, or may have, when it is lost: the switchover is cancelled all the same, and both know which epoch is
     * spent.
     */
    @TenSeeds
    void shouldGoOnWhenTheRegisterIsLostInASwitchover(final long seed) {
        for (int ms = 0; ms < 40; ms += 2) {
            for (int victim = 0; victim < 2; victim++) {
                final Cluster c = pair(seed);
                c.a().requestSwitchover();
                c.run(ms);
                c.thirdParty.down = true;
                c.run(1_000);
                c.require(1_000, c::isProtected, "the switchover is done, or cancelled");
                assertServed(c);
                c.thirdParty.heal();
                c.run(2_000);
                final Host owner = c.a().role().isOwner() ? c.a() : c.b();
                final Host lost = victim == 0 ? owner : c.hosts[1 - owner.index];
                lost.kill();
                c.require(500, () -> c.hosts[1 - lost.index].role() == Role.SOLO, "the other one goes on");
                assertServed(c);
                assertNothingLost(c);
            }
        }
    }

    /** A backup that clients do not hear leaves the service to who they do, though it is the first to ask. */
    @TenSeeds
    void shouldNotTakeOverWithoutTheLan(final long seed) {
        final Cluster c = pair(seed);
        c.cutLan(c.b(), true);
        c.run(300);
        c.cutReplication(true);
        c.require(500, () -> c.a().role() == Role.SOLO, "A goes on");
        assertEquals(Reason.PEER_SILENT, c.a().membership.reason());
        c.run(2_000);
        assertFalse(c.b().role().isOwner());
        assertNothingLost(c);
    }

    /** It would be granted, and nobody would hear it: the backup comes to ask a little later. */
    @TenSeeds
    void shouldNotGoOnWithoutTheLan(final long seed) {
        final Cluster c = pair(seed);
        c.thirdParty.cut[c.b().index] = true;
        c.cutReplication(true);
        c.cutLan(c.a(), true);
        c.run(600);
        assertEquals(Role.PRIMARY, c.a().role());
        c.thirdParty.heal();
        c.require(500, () -> c.b().role() == Role.SOLO, "B goes on");
        assertServed(c);
        assertNothingLost(c);
    }

    /** Both hosts take the epoch of a cancelled switchover for spent: by one of them alone, each could be granted its next. */
    @TenSeeds
    void shouldLeaveOneOwnerAfterACancelledSwitchover(final long seed) {
        for (int ms = 0; ms < 40; ms += 4) {
            final Cluster c = pair(seed);
            c.a().requestSwitchover();
            c.run(ms);
            c.thirdParty.cut[c.b().index] = true;
            c.run(1_500);
            c.thirdParty.heal();
            c.require(2_000, c::isProtected, "the switchover is done, or cancelled");
            c.run(500);
            split(c, true);
            c.run(2_000);
            assertTrue(c.a().role() == Role.SOLO ^ c.b().role() == Role.SOLO, c.state());
            assertServed(c);
            assertNothingLost(c);
        }
    }
}
