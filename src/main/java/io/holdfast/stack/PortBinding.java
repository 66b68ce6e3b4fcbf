package io.holdfast.stack;

import io.holdfast.wire.IpAddress;

/** A socket's hold on a local port. */
public final class PortBinding {
    final IpAddress address;
    final int port;
    final boolean reuse;
    boolean listening;

    PortBinding(final IpAddress address, final int port, final boolean reuse) {
        this.address = address;
        this.port = port;
        this.reuse = reuse;
    }

    /** {@link IpAddress#ANY} if bound to no address in particular. */
    public IpAddress address() {
        return address;
    }

    public int port() {
        return port;
    }
}
