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

    private final ChunkPool pool;
    private final ArrayDeque<Endpoint> waiting = new ArrayDeque<>();

    Starvation(final ChunkPool pool) {
        this.pool = pool;
    }

    void add(final Endpoint endpoint) {
        if (!endpoint.isStarved()) {
            endpoint.starved(true);
            waiting.add(endpoint);
        }
    }

    /** If there is memory, hands out those who wait for it, the first first, and no more than it is enough for. */
    void relieve(final Consumer<Endpoint> relieved) {
        if (waiting.isEmpty()) {
            return;
        }
        final long enoughFor = (pool.limitBytes() - pool.usedBytes()) / (RELIEF_CHUNKS * ChunkPool.CHUNK_BYTES);
        for (long n = Math.min(waiting.size(), enoughFor); n > 0; n--) {
            final Endpoint endpoint = waiting.poll();
            endpoint.starved(false);
            relieved.accept(endpoint);
        }
    }

    long nextDeadlineNs(final long nowNs) {
        return waiting.isEmpty() ? Deadline.NONE : nowNs + LOOK_NS;
    }
}
