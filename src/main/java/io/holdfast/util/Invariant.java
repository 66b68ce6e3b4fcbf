package io.holdfast.util;

/**
 * Checks of guarantees that this program itself gives, on both sides of a boundary. Input from a peer or an application is never
 * an invariant. The checks are on unless the system property {@code holdfast.invariants} is {@code false}; switched off, they
 * compile to nothing. Messages are constants, so that a check that holds costs a comparison.
 */
public final class Invariant {
    public static final String PROPERTY = "holdfast.invariants";
    /** Whether checks are made; a constant to the compiler. */
    public static final boolean ENABLED = !"false".equals(System.getProperty(PROPERTY));

    private Invariant() {
    }

    /**
     * @throws IllegalStateException if {@code holds} is false and checks are on
     */
    public static void check(final boolean holds, final String message) {
        if (ENABLED && !holds) {
            fail(message);
        }
    }

    private static void fail(final String message) {
        throw new IllegalStateException("invariant violated: " + message);
    }
}
