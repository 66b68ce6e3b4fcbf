package io.holdfast.ip;

import io.holdfast.wire.IpAddress;

/** The addresses this host has on its link, with their prefixes; few, so a list. Shard's thread only. */
final class LocalAddresses {
    static final int MAX_ADDRESSES = 64;

    private final LocalAddress[] addresses = new LocalAddress[MAX_ADDRESSES];
    private int count;
    private LocalAddress last;

    /** False if there are {@link #MAX_ADDRESSES} already. */
    boolean add(final LocalAddress address) {
        remove(address.hi, address.lo);
        if (count == MAX_ADDRESSES) {
            return false;
        }
        addresses[count++] = address;
        return true;
    }

    boolean remove(final long hi, final long lo) {
        for (int i = 0; i < count; i++) {
            if (addresses[i].is(hi, lo)) {
                System.arraycopy(addresses, i + 1, addresses, i, count - i - 1);
                addresses[--count] = null;
                last = null;
                return true;
            }
        }
        return false;
    }

    /** The entry, tentative ones included, or null. */
    LocalAddress find(final long hi, final long lo) {
        if (last != null && last.is(hi, lo)) {
            return last;
        }
        for (int i = 0; i < count; i++) {
            if (addresses[i].is(hi, lo)) {
                last = addresses[i];
                return last;
            }
        }
        return null;
    }

    /** Returns whether the address is ours, and in use. */
    boolean owns(final long hi, final long lo) {
        final LocalAddress address = find(hi, lo);
        return address != null && !address.tentative;
    }

    int count() {
        return count;
    }

    LocalAddress at(final int i) {
        return addresses[i];
    }

    /**
     * The address whose prefix contains the destination, the longest prefix first; null if it is on no link of ours.
     */
    LocalAddress onLink(final long hi, final long lo) {
        LocalAddress best = null;
        for (int i = 0; i < count; i++) {
            final LocalAddress address = addresses[i];
            if (!address.tentative && address.contains(hi, lo)
                && (best == null || address.prefixLength > best.prefixLength)) {
                best = address;
            }
        }
        return best;
    }

    /** The first address in use: the source where nothing else decides. Null if there is none. */
    LocalAddress first() {
        for (int i = 0; i < count; i++) {
            if (!addresses[i].tentative) {
                return addresses[i];
            }
        }
        return null;
    }

    /** 255.255.255.255, or the broadcast address or the network number of a prefix of ours (RFC 1122 3.2.1.3). */
    boolean isBroadcast(final int v4) {
        if (v4 == -1) {
            return true;
        }
        for (int i = 0; i < count; i++) {
            final LocalAddress address = addresses[i];
            if (address.prefixLength <= 30 && IpAddress.isV4(address.hi, address.lo)) {
                final int hostMask = (int) (0xFFFF_FFFFL >>> address.prefixLength);
                final int own = (int) address.lo;
                if ((own | hostMask) == v4 || (own & ~hostMask) == v4) {
                    return true;
                }
            }
        }
        return false;
    }
}
