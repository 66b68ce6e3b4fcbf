package io.holdfast.stack;

import io.holdfast.wire.IpAddress;

/** Sees every listener of a shard, for listings. */
public interface ListenerVisitor {
    void onListener(IpAddress address, int port, int acceptable, int backlog);
}
