package io.holdfast.ip.neighbor;

/**
 * Output of the neighbour cache: requests of the protocol (ARP now, neighbour discovery later), and waiting packets.
 */
public interface NeighborOutput {
    /**
     * Ask for the neighbour.
     *
     * @param unicast at its known address; otherwise by broadcast
     */
    void solicit(Neighbor neighbor, boolean unicast, long nowNs);

    /** The neighbour's address is known now: packets held for it can be sent. */
    void onResolved(Neighbor neighbor, long nowNs);

    /** Requests for the neighbour have ended: packets held for it must be dropped in silence. */
    void onAbandoned(Neighbor neighbor);

    /** The neighbour does not answer: packets held for it must be dropped, and their senders told. */
    void onFailed(Neighbor neighbor, long nowNs);
}
