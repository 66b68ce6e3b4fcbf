package io.holdfast.failover.witness;

import java.time.Duration;

/** Makes {@link Register}s of one kind. Found by {@link java.util.ServiceLoader}; has a public constructor without parameters. */
public interface RegisterProvider {
    /** What {@code replication.witness} begins with, before the first colon: {@code zookeeper}. */
    String scheme();

    /**
     * Opens a register without waiting for the third party: that may be away for now.
     *
     * @param address  what follows the colon in {@code replication.witness}
     * @param cluster  whose register: other clusters' are others
     * @param patience after so long without an answer the way to it may be given up and another be looked for
     * @throws IllegalArgumentException if the address is none
     */
    Register open(String address, String cluster, Duration patience);
}
