package io.holdfast.app.agent.choices;

import java.util.concurrent.ThreadLocalRandom;

/**
 * The draws of {@code ThreadLocalRandom}, of which there is one a thread and which nobody can subclass. As
 * {@code java.lang.HoldfastDraws}; see the package.
 */
public final class ChosenDraws {
    private ChosenDraws() {
    }

    public static int nextInt(final ThreadLocalRandom random) {
        return (int) ChosenValues.draw(random::nextInt);
    }

    public static int nextInt(final ThreadLocalRandom random, final int bound) {
        return (int) ChosenValues.draw(() -> random.nextInt(bound));
    }

    public static int nextInt(final ThreadLocalRandom random, final int origin, final int bound) {
        return (int) ChosenValues.draw(() -> random.nextInt(origin, bound));
    }

    public static long nextLong(final ThreadLocalRandom random) {
        return ChosenValues.draw(random::nextLong);
    }

    public static long nextLong(final ThreadLocalRandom random, final long bound) {
        return ChosenValues.draw(() -> random.nextLong(bound));
    }

    public static long nextLong(final ThreadLocalRandom random, final long origin, final long bound) {
        return ChosenValues.draw(() -> random.nextLong(origin, bound));
    }

    public static boolean nextBoolean(final ThreadLocalRandom random) {
        return ChosenValues.draw(() -> random.nextBoolean() ? 1 : 0) != 0;
    }

    public static float nextFloat(final ThreadLocalRandom random) {
        return Float.intBitsToFloat((int) ChosenValues.draw(() -> Float.floatToRawIntBits(random.nextFloat())));
    }

    public static double nextDouble(final ThreadLocalRandom random) {
        return Double.longBitsToDouble(ChosenValues.draw(() -> Double.doubleToRawLongBits(random.nextDouble())));
    }

    public static double nextDouble(final ThreadLocalRandom random, final double bound) {
        return Double.longBitsToDouble(ChosenValues.draw(() -> Double.doubleToRawLongBits(random.nextDouble(bound))));
    }

    public static double nextDouble(final ThreadLocalRandom random, final double origin, final double bound) {
        return Double.longBitsToDouble(
            ChosenValues.draw(() -> Double.doubleToRawLongBits(random.nextDouble(origin, bound))));
    }

    public static double nextGaussian(final ThreadLocalRandom random) {
        return Double.longBitsToDouble(ChosenValues.draw(() -> Double.doubleToRawLongBits(random.nextGaussian())));
    }

    /** Eight bytes a choice. */
    public static void nextBytes(final ThreadLocalRandom random, final byte[] bytes) {
        for (int i = 0; i < bytes.length;) {
            long drawn = nextLong(random);
            for (final int end = Math.min(bytes.length, i + 8); i < end; i++, drawn >>= 8) {
                bytes[i] = (byte) drawn;
            }
        }
    }
}
