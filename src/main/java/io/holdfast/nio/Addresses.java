package io.holdfast.nio;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Objects;

/** Checks of addresses, with the exceptions that channels throw. */
final class Addresses {
    private static final InetSocketAddress ANY = new InetSocketAddress(0);

    private Addresses() {
    }

    /** Null stands for any address and port. */
    static InetSocketAddress local(final SocketAddress address) {
        return address == null ? ANY : checked(address);
    }

    static InetSocketAddress remote(final SocketAddress address) {
        return checked(Objects.requireNonNull(address));
    }

    private static InetSocketAddress checked(final SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        if (inet.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        return inet;
    }
}
