package io.holdfast.socket;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Objects;

/**
 * Which addresses make a socket the stack's, and which leave it to the kernel. An address that the stack owns is always
 * the stack's; an IPv6 address or one of another host or interface always the kernel's. What is left to choose:
 *
 * @param wildcard who takes a server bound to the wildcard address ({@code 0.0.0.0}, {@code ::}): by default the stack,
 *                 so that servers which bind to everything need no change. Such a server cannot be reached through the
 *                 kernel's addresses, loopback included
 * @param outgoing who takes a client that did not bind to an address: by default the kernel. A client bound to an address
 *                 of the stack, or connecting to one, is the stack's in any case
 */
public record AddressPolicy(Side wildcard, Side outgoing) {
    /** Names the side that takes wildcard binds: {@code stack} or {@code kernel}. */
    public static final String WILDCARD_PROPERTY = "holdfast.nio.wildcard";
    /** Names the side that takes clients that did not bind: {@code stack} or {@code kernel}. */
    public static final String OUTGOING_PROPERTY = "holdfast.nio.outgoing";

    public static final AddressPolicy DEFAULT = new AddressPolicy(Side.STACK, Side.KERNEL);

    /** Of the two worlds. */
    public enum Side {
        STACK, KERNEL
    }

    public AddressPolicy {
        Objects.requireNonNull(wildcard, "wildcard");
        Objects.requireNonNull(outgoing, "outgoing");
    }

    /** The default, with what the two system properties say. */
    public static AddressPolicy fromSystemProperties() {
        return new AddressPolicy(
            side(WILDCARD_PROPERTY, DEFAULT.wildcard), side(OUTGOING_PROPERTY, DEFAULT.outgoing));
    }

    private static Side side(final String property, final Side absent) {
        final String value = System.getProperty(property);
        if (value == null) {
            return absent;
        }
        try {
            return Side.valueOf(value.trim().toUpperCase(Locale.ROOT));
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException(property + "=" + value + ": must be stack or kernel", e);
        }
    }

    /** Is a server that binds to that address the stack's? */
    public boolean serverOnStack(final HoldfastStack stack, final InetAddress local) {
        return local.isAnyLocalAddress() ? wildcard == Side.STACK : stack.owns(local);
    }

    /**
     * Is a client the stack's that connects there?
     *
     * @param local what it is bound to; null or a wildcard if it did not choose
     */
    public boolean clientOnStack(final HoldfastStack stack, final InetSocketAddress local, final InetAddress remote) {
        if (local != null && !local.getAddress().isAnyLocalAddress()) {
            return stack.owns(local.getAddress());
        }
        if (stack.owns(remote)) {
            // While another host has the address, it is reached there, as by any other program on this host.
            return stack.serves(remote);
        }
        return outgoing == Side.STACK
            && !(remote instanceof Inet6Address)
            && !remote.isLoopbackAddress()
            && !remote.isAnyLocalAddress();
    }
}
