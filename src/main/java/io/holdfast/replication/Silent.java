package io.holdfast.replication;

import io.holdfast.stack.Endpoint;
import java.util.function.BooleanSupplier;

/**
 * What a shard does in replication: this part does nothing, so that nothing leaves and nothing is followed. {@link Following} and
 * {@link Leading} do something instead. With the baton only.
 */
class Silent {
    boolean leads() {
        return false;
    }

    boolean follows() {
        return false;
    }

    /** See {@link Replica#roomForInput}. */
    boolean roomForInput() {
        return true;
    }

    /** See {@link Replica#answersStrays}. */
    boolean answersStrays(final long nowNs) {
        return false;
    }

    /** See {@link Replica#mayDepart}. */
    boolean mayDepart(final long nowNs) {
        return false;
    }

    /** A connection came to be. */
    void onAdded(final Endpoint endpoint) {
        // Not through this host's servers.
    }

    /** A batch is about to be settled. */
    void beginFlush() {
        // There is no log.
    }

    /** A connection of this host left the table. */
    void onDropped(final ProtectedConnection c, final long nowNs) {
        // The log is another's by now.
    }

    /** The application accepted a connection of this host. */
    void onAccepted(final ProtectedConnection c) {
        // The log is another's by now.
    }

    /** The backup has stored the log up to there. */
    void onCommitted(final long sequence) {
        // Nothing waits.
    }

    /** See {@link Replica#watch}. */
    void watch(final long nowNs, final long stuckNs, final BooleanSupplier programRuns) {
        // Nothing is served.
    }

    /** See {@link Replica#giveUpUnclaimed}. */
    void giveUpUnclaimed() {
        // Nothing was taken over.
    }

    /** See {@link ReplayLag}. */
    long behindBytes() {
        return 0;
    }

    /** See {@link Replica#behindNs}. */
    long behindNs() {
        return 0;
    }

    /** Another part follows: lets go of everything, with no word to anybody. */
    void end() {
        // There is nothing.
    }
}
