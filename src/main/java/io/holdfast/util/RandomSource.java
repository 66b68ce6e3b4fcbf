package io.holdfast.util;

/** The only source of randomness below the stack: injected, and seedable, so that a simulation repeats bit by bit. */
public interface RandomSource {
    /** The next 64 random bits. */
    long nextLong();

    /** A number in {@code [0, bound)}; {@code bound} is positive. */
    default int nextInt(final int bound) {
        return (int) Long.remainderUnsigned(nextLong(), bound);
    }
}
