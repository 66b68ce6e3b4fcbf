package io.holdfast.ip;

import io.holdfast.ip.neighbor.Neighbor;

/** The route, source and MTU for one destination, looked up once: plain data in {@link PathTable}. Shard's thread only. */
final class Path {
    /** How packets get there. */
    enum Kind {
        NO_ROUTE,
        /** An address of our own. */
        LOCAL,
        /** Packets leave by link broadcast or multicast, to {@link #groupMac}. */
        GROUP,
        /** Through {@link #neighbor}. */
        NEIGHBOR,
        /** A link without addresses. */
        BARE
    }

    long hi;
    long lo;
    /** Generation of the tables this was made from; older than theirs means stale. */
    long generation = -1;
    Kind kind = Kind.NO_ROUTE;
    Neighbor neighbor;
    /** The neighbour's address: the destination's own or the gateway's. */
    long nextHi;
    long nextLo;
    /** The address of ours that asks for the neighbour. */
    long askFromLo;
    long groupMac;
    int mtu;
    /** Packets may be fragmented on the way, whatever their sender says: see {@link PathMtuCache#locked}. */
    boolean mtuLocked;
    /** When a lowered {@link #mtu} is forgotten. */
    long mtuUntilNs;

    /** Packets go over the link, so that its MTU counts. */
    boolean leavesHost() {
        return kind != Kind.LOCAL && kind != Kind.NO_ROUTE;
    }
}
