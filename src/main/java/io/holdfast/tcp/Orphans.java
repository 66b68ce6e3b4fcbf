package io.holdfast.tcp;

import io.holdfast.counters.Counters;
import io.holdfast.counters.TcpCounter;

/**
 * Connections whose program has closed them, and which have yet to bring to the peer what was written: nobody waits for them, and
 * the memory they hold is the peer's to keep. So there is a limit on their number, as Linux's tcp_max_orphans, and on the time
 * that one lives whose peer takes nothing ({@link Probes}). Shard's thread only.
 */
final class Orphans {
    private final TcpConfig config;
    private final Counters counters;
    private int count;

    Orphans(final TcpConfig config, final Counters counters) {
        this.config = config;
        this.counters = counters;
    }

    /** May there be one more? If not, what was not delivered of it is lost, and its peer is told by a reset. */
    boolean haveRoom() {
        if (count < config.maxOrphans) {
            return true;
        }
        counters.increment(TcpCounter.ABORT_ON_MEMORY);
        return false;
    }

    /**
     * A connection may have become an orphan, or ceased to be one.
     *
     * @param is      it is one
     * @param counted it counts as one so far
     * @return it counts as one from now on
     */
    boolean recount(final boolean is, final boolean counted) {
        if (is != counted) {
            count += is ? 1 : -1;
            counters.set(TcpCounter.ORPHANS, count);
        }
        return is;
    }
}
