package io.holdfast.ip;

import io.holdfast.util.LongPairMap;
import io.holdfast.util.RandomSource;

/**
 * IPv4 identifications (RFC 6864): counters chosen by a keyed hash of source, destination and protocol, each from a
 * random start, so that they repeat late, and tell a peer nothing about our traffic with others. Shard's thread only.
 */
final class IpIdSource {
    private static final int COUNTERS = 1024;

    private final int[] next = new int[COUNTERS];
    private final long key;

    IpIdSource(final RandomSource random) {
        key = random.nextLong();
        for (int i = 0; i < COUNTERS; i++) {
            next[i] = (int) random.nextLong();
        }
    }

    /**
     * @param count packets that the frame becomes on the wire, which take as many numbers
     */
    int take(final long sourceLo, final long destinationLo, final int protocol, final int count) {
        final int i = (int) LongPairMap.hash(sourceLo, destinationLo + protocol, key) & COUNTERS - 1;
        final int id = next[i] & 0xFFFF;
        next[i] += count;
        return id;
    }
}
