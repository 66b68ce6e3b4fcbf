package io.holdfast.stack;

import io.holdfast.util.RandomSource;
import io.holdfast.util.SipHash;

/** SipHash of the two ends of a connection: who does not know the key can neither find ends that collide, nor guess ports. */
final class KeyedHash {
    private final long k0;
    private final long k1;

    KeyedHash(final RandomSource random) {
        k0 = random.nextLong();
        k1 = random.nextLong();
    }

    /** The halves of the local address may share a word: strangers do not choose it. */
    long of(final long localHi, final long localLo, final int localPort, final long remoteHi, final long remoteLo,
        final int remotePort) {
        return SipHash.hash(k0, k1, remoteHi, remoteLo, (long) localPort << 32 | remotePort,
            Long.rotateLeft(localHi, 17) ^ localLo);
    }
}
