package io.holdfast.replay;

/** What an application asks a clock or a generator for; the log's codes. */
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
    /** What a method of the program returned that is known to depend on more than its connection. */
    public static final int RESULT = 9;

    private static final int KIND_BITS = 8;
    private static final int KIND_MASK = (1 << KIND_BITS) - 1;
    private static final int PLACE_MASK = (1 << 23) - 1;

    private ChoiceKind() {
    }

    /**
     * A kind of its own: what is asked for in one place of the program and no other.
     *
     * @param place any number that is the same on both hosts; as much of it is used as there is room for
     */
    public static int at(final int kind, final int place) {
        return kind | (place & PLACE_MASK) << KIND_BITS;
    }

    /** Of what kind it is, wherever it was asked for. */
    public static int withoutPlace(final int kind) {
        return kind & KIND_MASK;
    }

    /** Is it of one place, and what is asked for there may differ in number without harm to what is asked for elsewhere? */
    public static boolean hasPlace(final int kind) {
        return kind != withoutPlace(kind) && withoutPlace(kind) != RESULT;
    }

    /** Does it show the time? Such a reading changes nothing: it may be left out, or made once more. */
    public static boolean isReading(final int kind) {
        return switch (withoutPlace(kind)) {
            case CURRENT_TIME_MILLIS, NANO_TIME, INSTANT -> true;
            default -> false;
        };
    }
}
