package io.holdfast.membership.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.membership.OnLoss;
import io.holdfast.membership.Role;
import io.holdfast.replication.channel.Path;
import io.holdfast.util.SeededRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random worlds, each from one seed. {@code -Dholdfast.membership.worlds=N} runs more of each kind,
 * {@code -Dholdfast.membership.seed=S} runs one, {@code -Dholdfast.membership.first=S} begins there;
 * {@code -Dholdfast.membership.witness=true} gives all of them a third party, and not one in three.
 */
@Tag("worlds")
final class WorldsTest {
    private static final int WORLDS = Integer.getInteger("holdfast.membership.worlds", 1_500);
    private static final boolean WITNESS = Boolean.getBoolean("holdfast.membership.witness");
    private static final long FIRST_SEED = Long.getLong("holdfast.membership.first", 1);
    /** Of each kind with three hosts. */
    private static final int WORLDS_OF_THREE = Integer.getInteger("holdfast.membership.worlds", 500);
    private static final int FAULTS = 12;
    private static final int FAULT_KINDS = 9;
    private static final int ROUND_MS = 25;
    /** More than detection and solo time. */
    private static final int APART_MS = 220;

    private final LongAdder takeovers = new LongAdder();
    private final LongAdder startsFromNothing = new LongAdder();
    private final LongAdder holes = new LongAdder();

    /**
     * One fault after the other, each mended before the next: nothing may be lost, and clients are served again soon.
     */
    @Test
    void shouldSurviveEverySingleFault() {
        forEverySeed("shouldSurviveEverySingleFault", WORLDS, seed -> singleFaults(2, seed));
        assertEquals(0, holes.sum());
        assertTrue(only() != null || takeovers.sum() > WORLDS, takeovers + " takeovers are too few");
    }

    /**
     * Faults at any time, at each other's worst moments: clients are never told two things, and in the end all is well.
     */
    @Test
    void shouldBeSafeUnderAnyFaultsAndLiveAfterThem() {
        forEverySeed("shouldBeSafeUnderAnyFaultsAndLiveAfterThem", WORLDS, seed -> anyFaults(2, seed));
        assertTrue(only() != null || takeovers.sum() > WORLDS / 2, takeovers + " takeovers are too few");
        assertTrue(holes.sum() <= WORLDS / 6, holes + " of " + WORLDS + " worlds ended in a documented hole");
    }

    /** Three hosts, one fault after the other, each mended before the next. */
    @Test
    void shouldSurviveEverySingleFaultOfThree() {
        forEverySeed("shouldSurviveEverySingleFaultOfThree", WORLDS_OF_THREE, seed -> singleFaults(3, seed));
        assertEquals(0, holes.sum());
        assertTrue(only() != null || takeovers.sum() > WORLDS_OF_THREE / 2, takeovers + " takeovers are too few");
    }

    @Test
    void shouldBeSafeUnderAnyFaultsOfThreeAndLiveAfterThem() {
        forEverySeed("shouldBeSafeUnderAnyFaultsOfThreeAndLiveAfterThem", WORLDS_OF_THREE, seed -> anyFaults(3, seed));
        assertTrue(only() != null || takeovers.sum() > WORLDS_OF_THREE / 2, takeovers + " takeovers are too few");
        assertTrue(holes.sum() <= WORLDS_OF_THREE / 6, holes + " of " + WORLDS_OF_THREE + " worlds ended in a documented hole");
    }

    /**
     * The primary or the backup of three is lost, and stays so: the spare takes the place of the backup, without anybody's help. Then
     * who was lost comes back, with nothing, and the next is lost.
     */
    @Test
    void shouldBeProtectedAgainByASpareFaultAfterFault() {
        forEverySeed("shouldBeProtectedAgainByASpareFaultAfterFault", WORLDS_OF_THREE, this::faultsInARow);
        assertEquals(0, holes.sum());
        assertTrue(only() != null || takeovers.sum() > 2 * WORLDS_OF_THREE, takeovers + " takeovers are too few");
    }

    private void faultsInARow(final long seed) {
        final Cluster c = cluster(3, seed);
        c.protectedPair();
        for (int i = 0; i < FAULTS; i++) {
            final Host host = c.random.nextInt(3) == 0 ? c.backup() : c.owner();
            final int toldBefore = c.clients.toldCount();
            // Hosts that were frozen before are late by what was in force then.
            final long withinMs = 1_000 + 3 * inForceMs(c);
            lose(c, host);
            c.require(withinMs, () -> c.isProtected() && c.owner() != host && c.backup() != host && c.clients.toldCount() > toldBefore,
                "protected by the spare, and serving, without " + host);
            c.run(c.random.nextInt(c.random.nextInt(3) == 0 ? 2_000 : 100));
            c.healAll();
            c.require(3_000, () -> c.isProtected() && c.isMended(), "protected, and everybody is back");
            c.run(ROUND_MS + c.random.nextInt(60));
        }
        c.clients.require(c.clients.startsFromNothing == 1, "nothing may be lost");
        count(c);
    }

    private static long inForceMs(final Cluster c) {
        return Arrays.stream(c.hosts).mapToLong(host -> host.membership.status(host.nowNs()).detection().inForceNs()).max()
            .orElseThrow() / 1_000_000;
    }

    /** A host is lost for the others as well as for clients, in one of the ways that there are. */
    private static void lose(final Cluster c, final Host host) {
        // Without signs of the LAN only a proof of death is enough for a primary.
        switch (c.random.nextInt(c.listensToLan ? 5 : 1)) {
            case 0:
                host.kill();
                break;
            case 1:
                host.powerOff();
                break;
            case 2:
                host.freeze();
                break;
            case 3:
                host.pause();
                break;
            default:
                c.cutOff(host);
                break;
        }
    }

    @Test
    void shouldRepeatBitByBit() {
        for (long seed = 1; seed <= 5; seed++) {
            for (int hosts = 2; hosts <= 3; hosts++) {
                final List<String> once = anyFaults(hosts, seed).clients.history;
                assertEquals(once, anyFaults(hosts, seed).clients.history, "two runs of seed " + seed);
            }
        }
    }

    private static Long only() {
        return Long.getLong("holdfast.membership.seed");
    }

    private void forEverySeed(final String test, final int worlds, final LongConsumer world) {
        final LongStream seeds = only() != null ? LongStream.of(only())
            : LongStream.range(FIRST_SEED, FIRST_SEED + worlds);
        seeds.parallel().forEach(seed -> {
            try {
                world.accept(seed);
            } catch (final Throwable e) {
                throw new AssertionError("world " + seed + " failed (again: mvn test -Dtest='io.holdfast.membership.sim."
                    + "WorldsTest#" + test + "' -Dholdfast.membership.seed=" + seed + "): " + e, e);
            }
        });
    }

    private static Cluster cluster(final int hosts, final long seed) {
        final Cluster c = new Cluster(seed, hosts);
        final SeededRandom random = c.random;
        c.listensToLan = random.nextInt(3) != 0;
        c.maxDelayNs = 100_000L << random.nextInt(6);
        c.appendEveryNs = 1_000_000L << random.nextInt(4);
        c.dialEveryNs = random.nextInt(2) == 0 ? 20_000_000 : 100_000_000;
        c.lifelines = random.nextInt(3) != 0;
        c.teardownNs = random.nextInt(2) * random.nextInt(60) * 1_000_000L;
        c.handshakeNs = random.nextInt(2) * random.nextInt(15) * 1_000_000L;
        final OnLoss policy = random.nextInt(4) == 0 ? OnLoss.BLOCK : OnLoss.SOLO;
        final int heartbeatMs = random.nextInt(2) == 0 ? 10 : 5;
        c.settings = config -> config.lanMs(c.listensToLan ? 40 : 0).onLoss(policy).heartbeatMs(heartbeatMs);
        if (hosts == 2 && (random.nextInt(3) == 0 || WITNESS)) {
            c.withThirdParty(random.nextInt(2) == 0);
        }
        return c;
    }

    private void singleFaults(final int hosts, final long seed) {
        final Cluster c = cluster(hosts, seed);
        c.protectedPair();
        for (int i = 0; i < FAULTS; i++) {
            final Host host = c.hosts[c.random.nextInt(c.hosts.length)];
            apply(c, host);
            c.run(c.random.nextInt(c.random.nextInt(3) == 0 ? 1_500 : 250));
            c.healAll();
            final int before = c.clients.toldCount();
            c.require(3_000, () -> c.isProtected() && c.clients.toldCount() > before && c.isMended(),
                "protected again, and serving");
            // Mended is what both have known for a round of heartbeats and signs: what comes sooner is a second fault.
            c.run(ROUND_MS + c.random.nextInt(60));
        }
        c.clients.require(c.clients.startsFromNothing == 1, "nothing may be lost");
        count(c);
    }

    private Cluster anyFaults(final int hosts, final long seed) {
        final Cluster c = cluster(hosts, seed);
        c.protectedPair();
        for (int i = 0; i < FAULTS; i++) {
            if (c.random.nextInt(5) == 0) {
                c.healAll();
            } else {
                final Host host = c.hosts[c.random.nextInt(c.hosts.length)];
                if (c.random.nextInt(3) == 0) {
                    mend(c, host);
                } else {
                    apply(c, host);
                }
            }
            // Signs of the LAN tell apart only what is further apart than a decision takes; the other ways are exact.
            final int leastMs = c.listensToLan && c.thirdParty == null ? APART_MS : 0;
            c.run(leastMs + c.random.nextInt(c.random.nextInt(3) == 0 ? 900 : 150));
        }
        c.healAll();
        final int before = c.clients.toldCount();
        c.require(8_000, c::isProtected, "protected again");
        c.require(500,
            () -> c.clients.hole != null || c.clients.toldCount() > before || c.clients.startsFromNothing > 1,
            "clients are served again");
        count(c);
        return c;
    }

    private void count(final Cluster c) {
        takeovers.add(c.clients.takeovers);
        startsFromNothing.add(c.clients.startsFromNothing - 1);
        holes.add(c.clients.hole == null ? 0 : 1);
    }

    private static void apply(final Cluster c, final Host host) {
        switch (c.random.nextInt(c.thirdParty == null ? FAULT_KINDS : FAULT_KINDS + 3)) {
            case 0:
                host.kill();
                break;
            case 1:
                host.powerOff();
                break;
            case 2:
                host.freeze();
                break;
            case 3:
                host.pause();
                break;
            case 4:
                c.cutReplication(true);
                break;
            case 5:
                c.cutLan(host, true);
                break;
            case 6:
                c.cutOff(host);
                break;
            case 7:
                if (host.isRunning() && host.role() == Role.PRIMARY) {
                    host.requestSwitchover();
                }
                break;
            case FAULT_KINDS:
                c.thirdParty.down = true;
                break;
            case FAULT_KINDS + 1:
                c.thirdParty.cut[host.index] = true;
                break;
            case FAULT_KINDS + 2:
                c.thirdParty.maxDelayNs = 60_000_000;
                break;
            default:
                // Something between cuts what only a dying process should: on one path, nobody may believe it.
                final Host other = c.hosts[(host.index + 1) % c.hosts.length];
                c.wire(Path.SERVICE, host, other).cutLine(host);
                break;
        }
    }

    private static void mend(final Cluster c, final Host host) {
        if (!host.isRunning()) {
            host.start();
        } else if (host.isFrozen()) {
            host.thaw();
        } else if (host.lanCut) {
            c.cutLan(host, false);
        } else if (host.replicationCut) {
            c.cutReplication(host, false);
        } else if (c.thirdParty != null && c.random.nextInt(2) == 0) {
            c.thirdParty.heal();
        } else {
            c.cutReplication(false);
        }
    }
}
