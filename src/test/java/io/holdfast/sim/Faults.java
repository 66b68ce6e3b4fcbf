package io.holdfast.sim;

import io.holdfast.util.SeededRandom;

/** Faults of a link. Probabilities from 0 to 1, times in nanoseconds of virtual time. */
record Faults(double loss, double duplicate, double reorder, double corrupt, long delayNs, long jitterNs,
    long bitsPerSecond, int queueFrames) {
    static final Faults NONE = new Faults(0, 0, 0, 0, 1_000_000, 0, 0, 1_000);

    /** A plausible path, mostly fair, sometimes terrible. */
    static Faults random(final SeededRandom random) {
        final boolean clean = random.nextInt(4) == 0;
        final double badness = clean ? 0 : random.nextInt(100) / 100.0;
        final long delayNs = 10_000L << random.nextInt(14);
        return new Faults(
            random.nextInt(3) == 0 ? 0 : badness * 0.10,
            random.nextInt(2) == 0 ? 0 : badness * 0.05,
            random.nextInt(2) == 0 ? 0 : badness * 0.10,
            random.nextInt(3) != 0 ? 0 : badness * 0.02,
            delayNs,
            random.nextInt(2) == 0 ? 0 : random.nextInt(20) * 1_000_000L,
            random.nextInt(2) == 0 ? 0 : 1_000_000L << random.nextInt(11),
            10 + random.nextInt(200));
    }
}
