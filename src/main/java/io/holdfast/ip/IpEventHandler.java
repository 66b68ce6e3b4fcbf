package io.holdfast.ip;

import io.holdfast.wire.IpAddress;

/**
 * Events other than packets that IP reports to the floor above. Never called from within {@link IpLayer#send}. Shard's thread.
 */
public interface IpEventHandler {
    /** Listens to nothing. */
    IpEventHandler NONE = new IpEventHandler() {
    };

    /** A datagram's fragments did not all come in time, but the first did: {@code first} is that fragment (RFC 792). */
    default void onReassemblyTimeout(final IpPacket first, final long nowNs) {
    }

    /**
     * A packet of ours could not be sent; a router would report it by an ICMP "unreachable".
     *
     * @param packet the packet, or its beginning with the first bytes of its transport header
     * @param code   of ICMP "destination unreachable": 0 no route, 1 no such neighbour, 4 too big
     * @param mtu    with code 4, the largest packet that fits
     */
    default void onUndeliverable(final IpPacket packet, final int code, final int mtu, final long nowNs) {
    }

    /** Another station uses an address of ours, and says so (RFC 5227 2.4). At most once a second for an address. */
    default void onAddressConflict(final IpAddress address, final long mac, final long nowNs) {
    }

    /** Probing ended: the address is free and is in use from now on (RFC 5227 2.1.1). */
    default void onAddressReady(final IpAddress address, final long nowNs) {
    }
}
