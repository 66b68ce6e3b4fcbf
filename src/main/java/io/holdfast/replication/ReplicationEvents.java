package io.holdfast.replication;

import io.holdfast.tcp.ConnectionId;

/** What an operator must hear of. Called by the thread that runs the shard; does not block. */
public interface ReplicationEvents {
    /** The servers of both hosts did not write the same: the connection is not protected any more. */
    void onDivergence(ConnectionId connection, long connectionId, long offset);

    /** A connection could not be followed, and will not survive the primary. */
    void onUnprotected(ConnectionId connection, long connectionId, String reason);

    /** What was unprotected because its server was stuck has moved again. */
    default void onProtectedAgain(final ConnectionId connection, final long connectionId) {
    }

    /**
     * A takeover got on.
     *
     * @param step what programs know it by
     * @param what the same for people
     */
    default void onStep(final String step, final String what, final long nowNs) {
    }
}
