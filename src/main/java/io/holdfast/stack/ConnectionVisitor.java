package io.holdfast.stack;

import io.holdfast.tcp.ConnectionId;
import io.holdfast.tcp.TcpInfo;

/** Sees every connection of a shard, for listings. */
public interface ConnectionVisitor {
    /**
     * @param receivedBytes       received, and not yet read
     * @param unacknowledgedBytes written, and not yet acknowledged
     */
    void onConnection(ConnectionId id, int receivedBytes, int unacknowledgedBytes, TcpInfo info);
}
