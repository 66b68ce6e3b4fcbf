package io.holdfast.failover.witness;

import java.io.IOException;
import java.util.concurrent.CompletionStage;

/**
 * One value that a third party keeps for both hosts, with compare-and-set on its version: all that a {@link RegisterWitness}
 * needs. What others want to use for it (etcd, Consul, a database) implements this and {@link RegisterProvider}.
 *
 * <p>Methods are called by the replicator's thread and must return at once; answers may come from any thread. No answer for some
 * seconds counts as a failure, and an answer after that is passed over. Only one call is under way at a time, failed ones apart.
 */
public interface Register extends AutoCloseable {
    /** The version of a value that is not there. */
    long ABSENT = -1;

    /**
     * A value.
     *
     * @param version changes with every write, and never back; {@link #ABSENT} if there is no value
     * @param bytes   empty if there is none
     */
    record Entry(long version, byte[] bytes) {
    }

    /** Nobody could be asked: nothing was sent, and nothing will be done. */
    final class Unreachable extends IOException {
        private static final long serialVersionUID = 1L;

        public Unreachable(final String message) {
            super(message);
        }
    }

    /** The value: not older than any that this register has answered with before. Fails if nobody could be asked. */
    CompletionStage<Entry> read();

    /**
     * Writes if the version is {@code version}, in one step ({@link #ABSENT}: makes the value if there is none).
     *
     * @return with the version that it now has, or with null: it has another version, and nothing was written nor will be by this
     *     call. To fail means that nobody knows, and that it may yet be written, but for {@link Unreachable}.
     */
    CompletionStage<Long> write(long version, byte[] bytes);

    /** How well the third party is reached, in a few words for operators. Any thread. */
    String state();

    /** Ends without waiting. */
    @Override
    void close();
}
