package io.holdfast.app.conformance;

/**
 * One request.
 *
 * @param op    what to do
 * @param flags bit 0: {@link #AUTO_ADVANCE}
 * @param id    the caller's, repeated in the reply
 * @param tUs   the caller's time, microseconds
 * @param body  the op's fields, not read yet
 */
record Request(Op op, int flags, int id, long tUs, Body body) {
    /** The caller cannot move time until this returns: a call that blocks may run the clock to its completion. */
    static final int AUTO_ADVANCE = 1;

    boolean autoAdvance() {
        return (flags & AUTO_ADVANCE) != 0;
    }
}
