package io.holdfast.ip;

import io.holdfast.ip.neighbor.ArpProtocol;
import io.holdfast.wire.IpAddress;

/** Tells ARP about our addresses, and reports conflicts about them. Shard's thread only. */
final class ArpOwnership implements ArpProtocol.Owner {
    private final LocalAddresses addresses;
    private final LocalAddresses heldBack;
    private final AddressConflicts conflicts;

    ArpOwnership(final LocalAddresses addresses, final LocalAddresses heldBack, final AddressConflicts conflicts) {
        this.addresses = addresses;
        this.heldBack = heldBack;
        this.conflicts = conflicts;
    }

    @Override
    public boolean owns(final int address) {
        return addresses.owns(0, IpAddress.v4Lo(address));
    }

    @Override
    public boolean ownsAny() {
        return addresses.first() != null;
    }

    @Override
    public boolean mayOwn(final int address) {
        return heldBack.find(0, IpAddress.v4Lo(address)) != null;
    }

    @Override
    public void onClaim(final int address, final long mac, final long nowNs) {
        conflicts.onClaim(address, mac, nowNs);
    }

    @Override
    public void onRivalProbe(final int address, final long mac, final long nowNs) {
        conflicts.onRivalProbe(address, mac, nowNs);
    }
}
