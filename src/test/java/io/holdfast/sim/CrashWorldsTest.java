package io.holdfast.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.sim.ScenarioRun.Death;
import io.holdfast.sim.ScenarioRun.Outcome;
import io.holdfast.util.SeededRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random worlds in which a host of the pair dies at random. {@code -Dholdfast.sim.crashes=N} kills more often, in
 * worlds from {@code -Dholdfast.sim.from=SEED} on. One again: {@code -Dholdfast.sim.seed=S -Dholdfast.sim.crash=K},
 * with {@code -Dholdfast.sim.trace=true} to see it.
 */
@Tag("worlds")
final class CrashWorldsTest {
    private static final long MS = 1_000_000L;
    private static final long CRASHES = Long.getLong("holdfast.sim.crashes", 7_000);
    private static final long FROM = Long.getLong("holdfast.sim.from", 1);
    /** Deaths in each world, each in a run of its own. */
    private static final int EACH = 7;

    @Test
    void shouldSurviveInEveryWorld() {
        final Long seed = Long.getLong("holdfast.sim.seed");
        if (seed != null) {
            guarded(seed, Integer.getInteger("holdfast.sim.crash", -1));
            return;
        }
        final Stalls stalls = new Stalls();
        final LongAdder played = new LongAdder();
        final long worlds = (CRASHES + EACH - 1) / EACH;
        LongStream.range(FROM, FROM + worlds).parallel().forEach(world -> {
            guarded(world, -1);
            for (int crash = 0; crash < EACH; crash++) {
                stalls.add("random", guarded(world, crash).stallsNs());
                played.increment();
            }
        });
        System.out.println(played + " deaths in worlds " + FROM + " to " + (FROM + worlds - 1) + "\n" + stalls);
        assertEquals(worlds * EACH, played.sum());
    }

    /** The window's edge, rounded up with each acknowledgement, went beyond what the log allowed. */
    @Test
    void shouldNotRoundAWindowBeyondTheLog() {
        guarded(20_261_140_890L, -1);
    }

    /** A client that was through with the connection reset what spoke first in TIME-WAIT, before the server had caught up. */
    @Test
    void shouldLetAServerCatchUpInTimeWait() {
        guarded(20_261_136_024L, 4);
    }

    /** A window of one byte stayed one for an hour: what may be told was less than a segment, and less than the buffer. */
    @Test
    void shouldOpenAWindowThatMayNotHoldASegment() {
        guarded(785_972, 5);
    }

    @Test
    void shouldRepeatBitByBit() {
        for (long seed = 1; seed <= 20; seed++) {
            assertEquals(play(seed, 1).digest(), play(seed, 1).digest(), "two runs of seed " + seed);
        }
    }

    private static Outcome guarded(final long seed, final int crash) {
        try {
            return play(seed, crash);
        } catch (final Throwable e) {
            throw new AssertionError("world " + seed + ", crash " + crash
                + " (again: mvn test -Dtest=CrashWorldsTest -Dholdfast.sim.seed=" + seed + " -Dholdfast.sim.crash="
                + crash
                + "): " + e, e);
        }
    }

    /** Crash -1: none. Others are placed by chance. */
    static Outcome play(final long seed, final int crash) {
        final Scenario scenario = Scenario.random(new SeededRandom(seed));
        if (crash < 0) {
            return ScenarioRun.play(scenario, seed, Death.NONE);
        }
        final SeededRandom random = new SeededRandom(seed * 1_000_003 + crash);
        final long detectNs = random.nextInt(3) == 0 ? 0 : random.nextInt(300) * MS;
        final boolean primary = random.nextInt(4) != 0;
        final long about = 1L << random.nextInt(10);
        return ScenarioRun.play(scenario, seed, new Death(primary, random.nextInt((int) about), random.nextInt(5) / 4.0,
            detectNs));
    }
}
