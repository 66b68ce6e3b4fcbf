package io.holdfast.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

public final class CrashTest {
    private static final long MS = 1_000_000L;
    private static final long[] DETECTION_NS = {0, MS, 20 * MS, 100 * MS, 300 * MS};
    private static final int VARIANTS = Integer.getInteger("holdfast.sim.variants", 1);

    static Drama.Death death(final long number) {
        final long emission = number / VARIANTS;
        final long variant = number % VARIANTS;
        return new Drama.Death(true, emission, (variant + emission) % 3 / 2.0, DETECTION_NS[(int) ((2 * variant + emission) % 5)]);
    }

    public static void main(final String[] args) {
        new CrashTest().shouldSurviveEveryCrash();
    }

    private static double cpu() {
        return java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e6;
    }

    @Test
    void shouldSurviveEveryCrash() {
        final String only = System.getProperty("holdfast.sim.scenario");
        final Long crash = Long.getLong("holdfast.sim.crash");
        int bad = 0;
        for (final Scenario s : Scenarios.small()) {
            if (only != null && !s.kind().equals(only)) {
                continue;
            }
            if (crash != null) {
                Drama.play(s, 1, crash < 0 ? Drama.Death.NONE : death(crash));
                continue;
            }
            final double start = cpu();
            int failed = 0;
            long n = 0;
            String first = "";
            try {
                final Drama.Outcome o = Drama.play(s, 1, Drama.Death.NONE);
                n = o.emissions() * VARIANTS;
            } catch (final Throwable e) {
                System.out.println(s.kind() + " calm: " + e);
                bad++;
                continue;
            }
            for (long i = 0; i < n; i++) {
                try {
                    Drama.play(s, 1, death(i));
                } catch (final Throwable e) {
                    failed++;
                    if (first.isEmpty()) {
                        first = i + ": " + e;
                    }
                }
            }
            bad += failed;
            System.out.printf("%s: %d of %d failed, %.1f ms each; %s%n", s.kind(), failed, n,
                (cpu() - start) / (n + 1), first);
        }
        assertTrue(bad == 0);
    }
}
