package io.holdfast.tcp;

import io.holdfast.wire.IpAddress;

/** The two ends of a connection. */
public record ConnectionId(IpAddress localAddress, int localPort, IpAddress remoteAddress, int remotePort) {
    @Override
    public String toString() {
        return localAddress + ":" + localPort + " with " + remoteAddress + ":" + remotePort;
    }
}
