package io.holdfast.stack;

import java.util.function.IntPredicate;

/**
 * Chooses ephemeral ports as RFC 6056 3.3.3 does: from a keyed hash of the other ends, and counting, so that a stranger
 * cannot guess the next one, and one peer's ports come round late. With the baton only.
 */
final class PortAllocator {
    private static final int RANGE = PortTable.LAST_EPHEMERAL - PortTable.FIRST_EPHEMERAL + 1;

    private final KeyedHash hash;
    private int next;

    PortAllocator(final KeyedHash hash) {
        this.hash = hash;
    }

    /**
     * @param usable says whether a port may be taken
     * @return 0 if none may
     */
    int choose(final long localHi, final long localLo, final long remoteHi, final long remoteLo, final int remotePort,
        final IntPredicate usable) {
        final int offset = (int) Long.remainderUnsigned(hash.of(localHi, localLo, 0, remoteHi, remoteLo, remotePort), RANGE);
        for (int i = 0; i < RANGE; i++) {
            final int port = PortTable.FIRST_EPHEMERAL + (offset + next) % RANGE;
            next = (next + 1) % RANGE;
            if (usable.test(port)) {
                return port;
            }
        }
        return 0;
    }
}
