package io.holdfast.ip;

import io.holdfast.util.Deadline;
import io.holdfast.wire.IpAddress;

/** One address of ours: plain data. Shard's thread only. */
final class LocalAddress {
    final long hi;
    final long lo;
    /** Prefix length of the address's own family: up to 32 for IPv4. */
    final int prefixLength;
    /** Being probed (RFC 5227 2.1.1): neither answered for nor used yet. */
    boolean tentative;
    int probesSent;
    int announcementsSent;
    /** Next probe or announcement. */
    long deadlineNs = Deadline.NONE;
    /** When it was last defended, and when a conflict was last reported. */
    long defendedNs = Long.MIN_VALUE / 2;
    long reportedNs = Long.MIN_VALUE / 2;

    LocalAddress(final IpAddress address, final int prefixLength) {
        if (address.isAny() || address.isMulticast() || address.isV4() && address.v4() == -1) {
            throw new IllegalArgumentException("no host can have the address " + address);
        }
        final int bits = address.isV4() ? 32 : 128;
        if (prefixLength < 0 || prefixLength > bits) {
            throw new IllegalArgumentException(
                "prefix length of " + address + " is not 0 to " + bits + ": " + prefixLength);
        }
        hi = address.hi();
        lo = address.lo();
        this.prefixLength = prefixLength;
    }

    boolean is(final long otherHi, final long otherLo) {
        return lo == otherLo && hi == otherHi;
    }

    boolean contains(final long otherHi, final long otherLo) {
        return Prefix.contains(hi, lo, prefixLength, otherHi, otherLo);
    }
}
