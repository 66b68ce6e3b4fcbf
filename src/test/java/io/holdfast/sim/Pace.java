package io.holdfast.sim;

/** Pace of an application's reads and writes: the size of a portion, and the sleep after each. */
record Pace(int bytes, long sleepNs) {
    static final Pace NONE = new Pace(65_536, 0);
}
