package io.holdfast.stack;

/** What the baton guards: the work of one shard. */
interface DutyCycle {
    /**
     * One duty cycle at the current time. Only with the baton.
     *
     * @return amount of work done, 0 if there was none
     */
    int run();

    /** Executes the commands that are there, a bounded number, and what follows from them. Only with the baton. */
    void runCommands();

    /** Are there commands? Any thread. */
    boolean commandsPending();

    /** When the shard is wanted next although no frame and no command comes. Only with the baton. */
    long nextDeadlineNs();

    /** The shard's clock. Any thread. */
    long nowNs();
}
