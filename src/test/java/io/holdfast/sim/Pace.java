package io.holdfast.sim;

/** How an application reads and writes: portions of so many bytes, and after each a sleep. */
record Pace(int bytes, long sleepNs) {
    static final Pace NONE = new Pace(65_536, 0);
}
