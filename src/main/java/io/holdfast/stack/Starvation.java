package io.holdfast.stack;

import io.holdfast.buffer.ChunkPool;
import io.holdfast.util.Deadline;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Connections whose writers found the stack's memory used up. Memory comes back when others' data is acknowledged or read,
 * which no event of theirs tells, so it is looked for from time to time. With the baton only.
 */
final class Starvation {
    /** How often is looked for memory. */
    private static final long LOOK_NS = 5_000_000;
    /** Chunks that must be free for each who is told. */
    private static final long RELIEF_CHUNKS = 2;
    /** For so long the memory that somebody was told of last is kept for those who were told. */
    private static final long PROMISE_NS = 20_000_000;

    private final ChunkPool pool;
    private final ArrayDeque<Endpoint> waiting = new ArrayDeque<>();
    /** Promises of earlier rounds are void. */
    private long round = 1;
    /** To so many of this round, who have not acted yet. */
    private int promised;
    private long promisedNs;

    Starvation(final ChunkPool pool) {
        this.pool = pool;
    }

    void add(final Endpoint endpoint) {
        if (!endpoint.isStarved()) {
            endpoint.starved(true);
            waiting.add(endpoint);
        }
    }

    /** Who was told has acted: what it took of the memory shows in the pool. */
    void acted(final Endpoint endpoint) {
        if (endpoint.promise == round) {
            endpoint.promise = 0;
            promised--;
        }
    }

    /**
     * If there is memory, hands out those who wait for it, the first first, and no more than it is enough for: what those
     * may take who were told and have not come yet is not there for others. Else all are told, one after the other, of the same
     * memory, and come in vain.
     */
    void relieve(final Consumer<Endpoint> relieved, final long nowNs) {
        if (waiting.isEmpty()) {
            return;
        }
        if (nowNs - promisedNs >= PROMISE_NS) {
            // Who has not come by now has something else to do.
            round++;
            promised = 0;
        }
        final long enoughFor = (pool.limitBytes() - pool.usedBytes()) / (RELIEF_CHUNKS * ChunkPool.CHUNK_BYTES) - promised;
        for (long n = Math.min(waiting.size(), enoughFor); n > 0; n--) {
            final Endpoint endpoint = waiting.poll();
            endpoint.starved(false);
            endpoint.promise = round;
            promised++;
            promisedNs = nowNs;
            relieved.accept(endpoint);
        }
    }

    long nextDeadlineNs(final long nowNs) {
        return waiting.isEmpty() ? Deadline.NONE : nowNs + LOOK_NS;
    }
}
