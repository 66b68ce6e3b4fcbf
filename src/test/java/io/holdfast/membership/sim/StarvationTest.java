package io.holdfast.membership.sim;

import static io.holdfast.membership.sim.Scenario.assertNothingLost;
import static io.holdfast.membership.sim.Scenario.assertServed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.membership.Role;
import io.holdfast.util.SeededRandom;
import org.junit.jupiter.api.Tag;

/** Processes that wait for a processor again and again: they live, and are not to be taken for dead. */
@Tag("worlds")
final class StarvationTest {
    private static final long MS = 1_000_000;

    /** Stops and runs, the stops' length falling exponentially. */
    private static void starve(final Cluster c, final Host host) {
        final SeededRandom random = c.random.split();
        c.events.after(random.nextLong(MS, 20 * MS), new Runnable() {
            @Override
            public void run() {
                if (!host.isRunning() || !host.starved) {
                    return;
                }
                final long ns = (long) (-Math.log(1 - random.nextDouble()) * host.stopMeanMs * MS);
                host.stop(true);
                c.events.after(ns, () -> {
                    host.stop(false);
                    c.events.after(random.nextLong(MS, 20 * MS), this);
                });
            }
        });
    }

    private static Cluster starvedPair(final long seed, final double meanMs) {
        final Cluster c = new Cluster(seed);
        c.settings = config -> config.lanMs(60);
        c.aloneMs = 5_000;
        c.protectedPair();
        // Not from nothing to all in a moment: the first stop of a kind can surprise.
        for (final Host host : c.hosts) {
            host.starved = true;
            host.stopMeanMs = meanMs / 8;
            starve(c, host);
        }
        while (c.a().stopMeanMs < meanMs) {
            c.run(5_000);
            for (final Host host : c.hosts) {
                host.stopMeanMs *= 2;
            }
        }
        c.run(5_000);
        return c;
    }

    @TenSeeds
    void shouldNotTakeAStarvedHostForDead(final long seed) {
        final Cluster c = starvedPair(seed, 16);
        final int before = c.clients.takeovers;
        c.run(600_000);
        c.clients.require(c.clients.takeovers == before, c.clients.takeovers - before + " in ten minutes");
        assertTrue(before <= 1, before + " takeovers while it began");
        assertNothingLost(c);
        final long inForceNs = c.a().membership.status(c.a().nowNs()).detection().inForceNs();
        assertTrue(inForceNs > 150 * MS, inForceNs + " ns");
    }

    @TenSeeds
    void shouldStillSeeAtOnceThatAStarvedHostWasKilled(final long seed) {
        final Cluster c = starvedPair(seed, 8);
        final Host primary = c.a().role() == Role.PRIMARY ? c.a() : c.b();
        final Host backup = c.hosts[1 - primary.index];
        c.require(2_000, () -> c.isProtected(primary, backup), "protected");
        backup.starved = false;
        c.run(100);
        primary.kill();
        final long us = c.require(200, () -> backup.role() == Role.SOLO, "it takes over");
        assertTrue(us < 5_000, us + " us");
        assertServed(c);
    }

    @TenSeeds
    void shouldGoBackToTheConfiguredTimeWithinAMinute(final long seed) {
        final Cluster c = starvedPair(seed, 8);
        for (final Host host : c.hosts) {
            host.starved = false;
        }
        c.run(75_000);
        for (final Host host : c.hosts) {
            assertEquals(100 * MS, host.membership.status(host.nowNs()).detection().inForceNs());
        }
        final Host primary = c.a().role() == Role.PRIMARY ? c.a() : c.b();
        primary.powerOff();
        c.require(110, () -> c.hosts[1 - primary.index].role() == Role.SOLO, "it takes over");
    }

    /** Freezes that a pair could not know before: the third within a minute has to last longer. */
    @TenSeeds
    void shouldNotBeToldToAndFro(final long seed) {
        final Cluster c = new Cluster(seed).protectedPair();
        for (int i = 0; i < 2; i++) {
            final Host primary = c.a().role() == Role.PRIMARY ? c.a() : c.b();
            primary.freeze();
            c.require(500, () -> c.hosts[1 - primary.index].role() == Role.SOLO, "it takes over");
            c.run(1_700);
            primary.thaw();
            c.require(2_000, c::isProtected, "protected again");
            c.run(200);
        }
        assertEquals(2, c.clients.takeovers);
        final Host primary = c.a().role() == Role.PRIMARY ? c.a() : c.b();
        primary.freeze();
        c.run(400);
        primary.thaw();
        c.run(1_000);
        assertEquals(2, c.clients.takeovers);
        assertTrue(c.isProtected(), c.state());
        c.run(61_000);
        primary.freeze();
        c.run(400);
        primary.thaw();
        c.require(1_000, () -> c.clients.takeovers == 3, "after a minute it is as before");
    }
}
