package io.holdfast.ip;

import io.holdfast.wire.IpAddress;

/** Comparison of address prefixes; lengths are of the address's own family. */
final class Prefix {
    private Prefix() {
    }

    static boolean contains(
        final long hi, final long lo, final int prefixLength, final long otherHi, final long otherLo) {
        final boolean v4 = IpAddress.isV4(hi, lo);
        if (v4 != IpAddress.isV4(otherHi, otherLo)) {
            return false;
        }
        final int bits = v4 ? prefixLength + 96 : prefixLength;
        return ((hi ^ otherHi) & mask(Math.min(bits, 64))) == 0 && ((lo ^ otherLo) & mask(Math.max(bits - 64, 0))) == 0;
    }

    private static long mask(final int bits) {
        return bits == 0 ? 0 : -1L << 64 - bits;
    }
}
