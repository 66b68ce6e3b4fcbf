package io.holdfast.util;

/**
 * Random numbers that repeat with their seed: xoroshiro128++ (Blackman and Vigna), its state filled by SplitMix64, so
 * that similar seeds give unrelated sequences. For simulations and tests; predictable, so never for sequence numbers,
 * ports or keys on a real network. One thread. Allocates nothing.
 */
public final class SeededRandom implements RandomSource {
    private long s0;
    private long s1;

    public SeededRandom(final long seed) {
        s0 = mix(seed + 0x9E3779B97F4A7C15L);
        s1 = mix(seed + 2 * 0x9E3779B97F4A7C15L);
    }

    /** A further source, unrelated to this one, whose sequence depends on how far this one has come. */
    public SeededRandom split() {
        return new SeededRandom(nextLong());
    }

    @Override
    public long nextLong() {
        final long a = s0;
        final long b = s1 ^ a;
        final long result = Long.rotateLeft(a + s1, 17) + a;
        s0 = Long.rotateLeft(a, 49) ^ b ^ b << 21;
        s1 = Long.rotateLeft(b, 28);
        return result;
    }

    /** A number in {@code [0, 1)}. */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** True with the given probability. */
    public boolean nextBoolean(final double probability) {
        return nextDouble() < probability;
    }

    /** A number in {@code [from, to)}. */
    public long nextLong(final long from, final long to) {
        return from + Long.remainderUnsigned(nextLong(), to - from);
    }

    // SplitMix64's finaliser: a bijection, so the two words of state cannot both be 0.
    private static long mix(final long seed) {
        long z = seed;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
