package io.holdfast.failover;

import io.holdfast.replication.channel.Path;
import org.agrona.DirectBuffer;

/** The way to the other host, as {@link LogDuty} uses it. The replicator's thread only, but for {@link #wakeUp}. */
interface Outlet {
    /** Queues a message, if the path is up. */
    void send(Path path, DirectBuffer buffer, int offset, int length);

    /** Closes the path, which is connected anew. */
    void drop(Path path, String reason);

    /** There is something to be fetched. Any thread. */
    void wakeUp();
}
