package io.holdfast.util;

/** Comparison of 32-bit sequence numbers, modulo 2^32 (RFC 9293 3.4). Meaningful for numbers less than 2^31 apart. */
public final class Seq {
    private Seq() {
    }

    /** {@code a < b}. */
    public static boolean lt(final int a, final int b) {
        return a - b < 0;
    }

    /** {@code a <= b}. */
    public static boolean leq(final int a, final int b) {
        return a - b <= 0;
    }

    /** {@code a > b}. */
    public static boolean gt(final int a, final int b) {
        return a - b > 0;
    }

    /** {@code a >= b}. */
    public static boolean geq(final int a, final int b) {
        return a - b >= 0;
    }

    /**
     * The 64-bit offset nearest to {@code reference} whose low 32 bits, counted from {@code origin}, give {@code seq}.
     *
     * @param seq       a number from the wire
     * @param origin    the sequence number of offset 0
     * @param reference an offset less than 2^31 away from the answer
     * @return the unwrapped offset; it may be negative for a number before {@code origin}
     */
    public static long unwrap(final int seq, final int origin, final long reference) {
        return reference + (seq - origin - (int) reference);
    }
}
