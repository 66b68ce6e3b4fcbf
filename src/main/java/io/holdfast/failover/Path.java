package io.holdfast.failover;

/** The two ways to the peer. */
public enum Path {
    /** The hosts' own link: the log, acknowledgements, membership. */
    REPLICATION,
    /** The LAN that the clients come from: membership. */
    SERVICE
}
