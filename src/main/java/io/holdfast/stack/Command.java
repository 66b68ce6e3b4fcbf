package io.holdfast.stack;

/** Something an application wants done by the thread that runs the shard. */
interface Command {
    /** With the baton. Must not throw. */
    void execute(long nowNs);
}
