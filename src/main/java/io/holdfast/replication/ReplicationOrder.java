package io.holdfast.replication;

/** In which order a backup's program learns what the primary's learned; the replication contract's table. */
public enum ReplicationOrder {
    /** Each connection's events in their order: for programs whose connections share nothing. */
    CONNECTION,
    /** All connections' events in one order, after everything that the primary's program had written by then. */
    CAUSAL
}
