package io.holdfast.replication.channel;

/** Who takes what comes to a {@link PathListener}. A host is its place in {@link ChannelConfig#others}. */
interface Arrivals {
    /** The connection of that host that is up; null if none is. */
    Connection current(int host);

    /** That host has dialled, and its connection is ready for messages. */
    void arrive(int host, Connection connection, long nowNs);
}
