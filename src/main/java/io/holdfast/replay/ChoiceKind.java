package io.holdfast.replay;

/** Kinds of values that an application asks of a clock or a generator; the log's codes. */
public final class ChoiceKind {
    /** Milliseconds since 1970, as {@code System.currentTimeMillis}. */
    public static final int CURRENT_TIME_MILLIS = 1;
    /** Nanoseconds of the host's own origin, as {@code System.nanoTime}. */
    public static final int NANO_TIME = 2;
    /** Nanoseconds since 1970, the two numbers of an {@code Instant} in one; enough until 2262. */
    public static final int INSTANT = 3;
    /** Bytes of a {@code SecureRandom}. */
    public static final int SECURE_RANDOM = 4;
    /** Bytes of {@code SecureRandom.generateSeed}. */
    public static final int SECURE_SEED = 5;
    /** A draw of a generator that is not secure: an int, a long, or a double's or float's bits. */
    public static final int RANDOM = 6;
    /** The seed of a generator. */
    public static final int RANDOM_SEED = 7;
    /** An ephemeral port. */
    public static final int PORT = 8;
    /** Result of a program's method that is known to depend on more than its connection. */
    public static final int RESULT = 9;

    private static final int KIND_BITS = 8;
    private static final int KIND_MASK = (1 << KIND_BITS) - 1;
    private static final int PLACE_MASK = (1 << 23) - 1;

    private ChoiceKind() {
    }

    /**
     * Returns a separate kind for the requests of one place of the program.
     *
     * @param place any number that is the same on both hosts; the bits that fit are used
     */
    public static int at(final int kind, final int place) {
        return kind | (place & PLACE_MASK) << KIND_BITS;
    }

    /** Returns the kind without its place. */
    public static int withoutPlace(final int kind) {
        return kind & KIND_MASK;
    }

    /** Returns whether the kind is of one place, so that the number of its requests does not affect requests of other places. */
    public static boolean hasPlace(final int kind) {
        return kind != withoutPlace(kind) && withoutPlace(kind) != RESULT;
    }

    /** Returns whether the kind is a clock's reading. A reading changes no state: it may be skipped or repeated. */
    public static boolean isReading(final int kind) {
        return switch (withoutPlace(kind)) {
            case CURRENT_TIME_MILLIS, NANO_TIME, INSTANT -> true;
            default -> false;
        };
    }
}
