package io.holdfast.conformance.script;

/**
 * When an event is, in microseconds: relative to the event before, or since the start.
 *
 * @param kind whether there is an end, and what it says
 * @param endRelative whether the end counts from the event before
 */
public record When(Kind kind, boolean relative, long us, boolean endRelative, long endUs) {
    /** Meaning of the time. */
    public enum Kind {
        /** At that time. */
        AT,
        /** Whenever it comes: {@code *}. */
        ANY,
        /** Between two times: {@code ~}. */
        BETWEEN,
        /** A call that starts at one time and returns at another: {@code ...}. */
        UNTIL
    }

    static final When NEXT = new When(Kind.AT, true, 0, false, 0);
}
