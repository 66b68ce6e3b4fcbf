package io.holdfast.app.agent.choices;

import java.util.concurrent.ThreadLocalRandom;

/**
 * The draws of {@code ThreadLocalRandom}, which exists once a thread and cannot be subclassed. Loaded as
 * {@code java.lang.HoldfastDraws}; see the package. Methods that end in {@code At} get the place of the call, as
 * {@link io.holdfast.replay.ChoiceKind#at} makes it; method handles have none.
 */
public final class ChosenDraws {
    private static final int NOWHERE = 0;

    private ChosenDraws() {
    }

    public static int nextInt(final ThreadLocalRandom random) {
        return nextIntAt(random, NOWHERE);
    }

    public static int nextIntAt(final ThreadLocalRandom random, final int place) {
        return (int) ChosenValues.draw(place, random::nextInt);
    }

    public static int nextInt(final ThreadLocalRandom random, final int bound) {
        return nextIntAt(random, bound, NOWHERE);
    }

    public static int nextIntAt(final ThreadLocalRandom random, final int bound, final int place) {
        return (int) ChosenValues.draw(place, () -> random.nextInt(bound));
    }

    public static int nextInt(final ThreadLocalRandom random, final int origin, final int bound) {
        return nextIntAt(random, origin, bound, NOWHERE);
    }

    public static int nextIntAt(final ThreadLocalRandom random, final int origin, final int bound, final int place) {
        return (int) ChosenValues.draw(place, () -> random.nextInt(origin, bound));
    }

    public static long nextLong(final ThreadLocalRandom random) {
        return nextLongAt(random, NOWHERE);
    }

    public static long nextLongAt(final ThreadLocalRandom random, final int place) {
        return ChosenValues.draw(place, random::nextLong);
    }

    public static long nextLong(final ThreadLocalRandom random, final long bound) {
        return nextLongAt(random, bound, NOWHERE);
    }

    public static long nextLongAt(final ThreadLocalRandom random, final long bound, final int place) {
        return ChosenValues.draw(place, () -> random.nextLong(bound));
    }

    public static long nextLong(final ThreadLocalRandom random, final long origin, final long bound) {
        return nextLongAt(random, origin, bound, NOWHERE);
    }

    public static long nextLongAt(final ThreadLocalRandom random, final long origin, final long bound, final int place) {
        return ChosenValues.draw(place, () -> random.nextLong(origin, bound));
    }

    public static boolean nextBoolean(final ThreadLocalRandom random) {
        return nextBooleanAt(random, NOWHERE);
    }

    public static boolean nextBooleanAt(final ThreadLocalRandom random, final int place) {
        return ChosenValues.draw(place, () -> random.nextBoolean() ? 1 : 0) != 0;
    }

    public static float nextFloat(final ThreadLocalRandom random) {
        return nextFloatAt(random, NOWHERE);
    }

    public static float nextFloatAt(final ThreadLocalRandom random, final int place) {
        return Float.intBitsToFloat((int) ChosenValues.draw(place, () -> Float.floatToRawIntBits(random.nextFloat())));
    }

    public static double nextDouble(final ThreadLocalRandom random) {
        return nextDoubleAt(random, NOWHERE);
    }

    public static double nextDoubleAt(final ThreadLocalRandom random, final int place) {
        return Double.longBitsToDouble(ChosenValues.draw(place, () -> Double.doubleToRawLongBits(random.nextDouble())));
    }

    public static double nextDouble(final ThreadLocalRandom random, final double bound) {
        return nextDoubleAt(random, bound, NOWHERE);
    }

    public static double nextDoubleAt(final ThreadLocalRandom random, final double bound, final int place) {
        return Double.longBitsToDouble(ChosenValues.draw(place, () -> Double.doubleToRawLongBits(random.nextDouble(bound))));
    }

    public static double nextDouble(final ThreadLocalRandom random, final double origin, final double bound) {
        return nextDoubleAt(random, origin, bound, NOWHERE);
    }

    public static double nextDoubleAt(final ThreadLocalRandom random, final double origin, final double bound, final int place) {
        return Double.longBitsToDouble(
            ChosenValues.draw(place, () -> Double.doubleToRawLongBits(random.nextDouble(origin, bound))));
    }

    public static double nextGaussian(final ThreadLocalRandom random) {
        return nextGaussianAt(random, NOWHERE);
    }

    public static double nextGaussianAt(final ThreadLocalRandom random, final int place) {
        return Double.longBitsToDouble(ChosenValues.draw(place, () -> Double.doubleToRawLongBits(random.nextGaussian())));
    }

    public static void nextBytes(final ThreadLocalRandom random, final byte[] bytes) {
        nextBytesAt(random, bytes, NOWHERE);
    }

    /** Eight bytes a choice. */
    public static void nextBytesAt(final ThreadLocalRandom random, final byte[] bytes, final int place) {
        for (int i = 0; i < bytes.length;) {
            long drawn = nextLongAt(random, place);
            for (final int end = Math.min(bytes.length, i + 8); i < end; i++, drawn >>= 8) {
                bytes[i] = (byte) drawn;
            }
        }
    }
}
