package io.holdfast.conformance.fuzz;

/**
 * One step of a generated sequence. What it comes to in numbers depends on the steps before it.
 *
 * @param delayMs since the step before
 * @param bytes of data, where the kind has any
 * @param offset how far off, where the kind is off
 */
record Step(Kind kind, int delayMs, int bytes, int offset) {
    /** Kind of a step. */
    enum Kind {
        DATA, DATA_AHEAD, DATA_OLD, DATA_OVERLAPPING, DATA_AND_ACK, ACK_ALL, ACK_PART, ACK_OLD, ACK_FUTURE, SACK_LAST, WINDOW_ZERO,
        WINDOW_SMALL, WINDOW_WIDE, RESET_EXACT, RESET_IN_WINDOW, RESET_OUTSIDE, SYN_IN_WINDOW, SYN_OLD, FIN, FIN_WITH_DATA,
        FIN_AHEAD, WITHOUT_ACK, WRITE, READ, SHUTDOWN, CLOSE, NODELAY, CORK, UNCORK
    }
}
