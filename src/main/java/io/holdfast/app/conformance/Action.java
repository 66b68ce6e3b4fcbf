package io.holdfast.app.conformance;

import io.holdfast.util.Deadline;

/** The action of one request, its fields read and checked. Under the session's lock. */
interface Action {
    /**
     * Starts the call, or tries again to complete it.
     *
     * @param reply takes the result and the op's data
     * @return false if the call blocks: it is tried again whenever something happened
     * @throws ErrnoException the call ended with an error
     */
    boolean run(Session session, Reply reply) throws ErrnoException;

    /** Stack time at which to try the action again without an event. Valid once {@link #run} returned false. */
    default long deadlineNs() {
        return Deadline.NONE;
    }

    /** The call is over, whether it completed or was given up. */
    default void end(final Session session) {
    }
}
