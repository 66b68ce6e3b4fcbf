package io.holdfast.conformance.packet;

/** The internet checksum (RFC 1071), of byte arrays. */
final class Checksum {
    private Checksum() {
    }

    static int of(final byte[] bytes, final int offset, final int length, final long start) {
        long sum = start;
        for (int i = 0; i < length; i++) {
            sum += (bytes[offset + i] & 0xFFL) << (i % 2 == 0 ? 8 : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return (int) ~sum & 0xFFFF;
    }

    /** The pseudo header's part of the sum. */
    static long pseudo(final int source, final int destination, final int protocol, final int length) {
        return (source >>> 16) + (source & 0xFFFF) + (destination >>> 16) + (destination & 0xFFFF) + protocol + (long) length;
    }
}
