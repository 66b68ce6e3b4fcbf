package io.holdfast.nio.parity;

import java.net.InetAddress;
import java.nio.channels.spi.SelectorProvider;

/** The networks that the parity tests run over; each is made once for all tests of the JVM. */
enum NetworkKind {
    /** The kernel's provider on loopback. */
    KERNEL {
        @Override
        Network make() {
            final SelectorProvider provider = SelectorProvider.provider();
            final InetAddress loopback = InetAddress.getLoopbackAddress();
            return new SimpleNetwork(provider, provider, loopback, loopback);
        }
    };

    private Network network;

    abstract Network make();

    synchronized Network network() {
        if (network == null) {
            network = make();
        }
        return network;
    }

    /** Plain holder. */
    record SimpleNetwork(
        SelectorProvider server,
        SelectorProvider client,
        InetAddress serverAddress,
        InetAddress clientAddress) implements Network {
    }
}
