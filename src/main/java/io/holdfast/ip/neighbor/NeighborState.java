package io.holdfast.ip.neighbor;

/** State of a neighbour; names and meanings of RFC 4861 7.3.2, used for ARP as well. */
public enum NeighborState {
    /** Asked for, no answer yet; packets are held. */
    INCOMPLETE,
    /** Known, and confirmed lately. */
    REACHABLE,
    /** Known, but not confirmed lately; used as it is until a packet is sent. */
    STALE,
    /** Used while stale: waiting for a confirmation from above before asking. */
    DELAY,
    /** Asked for at its known address, which is still used. */
    PROBE,
    /** Did not answer; packets to it are dropped until the next attempt. */
    FAILED,
    /** No longer in the cache; holders of the object look it up again. */
    REMOVED
}
