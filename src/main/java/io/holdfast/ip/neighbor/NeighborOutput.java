package io.holdfast.ip.neighbor;

/**
 * What the neighbour cache wants done: the protocol (ARP now, neighbour discovery later) and the packets that waited.
 */
public interface NeighborOutput {
    /**
     * Ask for the neighbour.
     *
     * @param unicast at its known address; otherwise by broadcast
     */
    void solicit(Neighbor neighbor, boolean unicast, long nowNs);

    /** The neighbour's address is known now: what is held can go. */
    void onResolved(Neighbor neighbor, long nowNs);

    /** The neighbour is no longer asked for: what is held is to be dropped in silence. */
    void onAbandoned(Neighbor neighbor);

    /** The neighbour does not answer: what is held is to be dropped, and its senders told. */
    void onFailed(Neighbor neighbor, long nowNs);
}
