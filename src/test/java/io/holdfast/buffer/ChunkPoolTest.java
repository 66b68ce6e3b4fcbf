package io.holdfast.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;

final class ChunkPoolTest {
    @Test
    void shouldHandOutDistinctChunksUpToTheLimit() {
        final ChunkPool pool = new ChunkPool(100L * ChunkPool.CHUNK_BYTES + 5);
        final Set<Long> pages = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            final long chunk = pool.take();
            assertNotEquals(ChunkPool.NONE, chunk);
            UnsafeApi.setMemory(chunk, ChunkPool.CHUNK_BYTES, (byte) i);
            for (int at = 0; at < ChunkPool.CHUNK_BYTES; at += 4096) {
                assertTrue(pages.add((chunk + at) >> 12));
            }
        }
        assertEquals(ChunkPool.NONE, pool.take());
        assertEquals(100L * ChunkPool.CHUNK_BYTES, pool.limitBytes());
        assertEquals(pool.limitBytes(), pool.usedBytes());
        assertEquals(pool.limitBytes(), pool.allocatedBytes());
    }

    @Test
    void shouldTakeMemoryOnlyWhenNeeded() {
        final ChunkPool pool = new ChunkPool(1L << 40);
        assertEquals(0, pool.allocatedBytes());
        final long chunk = pool.take();
        assertEquals((long) ChunkPool.FIRST_SLAB_CHUNKS * ChunkPool.CHUNK_BYTES, pool.allocatedBytes());
        pool.give(chunk);
        assertEquals(0, pool.usedBytes());
        assertEquals(chunk, pool.take());
    }

    @Test
    void shouldTakeAChainWholeOrNotAtAll() {
        final ChunkPool pool = new ChunkPool(10L * ChunkPool.CHUNK_BYTES);
        final long chain = pool.takeChain(7);
        int n = 0;
        for (long c = chain; c != ChunkPool.NONE; c = ChunkPool.next(c)) {
            n++;
        }
        assertEquals(7, n);
        assertEquals(ChunkPool.NONE, pool.takeChain(4));
        assertEquals(7L * ChunkPool.CHUNK_BYTES, pool.usedBytes());
        pool.giveChain(chain);
        assertEquals(0, pool.usedBytes());
        assertNotEquals(ChunkPool.NONE, pool.takeChain(10));
    }

    /** A chunk in two hands at once shows as a stamp that changed. */
    @Test
    void shouldNeverGiveOneChunkToTwoThreads() throws InterruptedException {
        final ChunkPool pool = new ChunkPool(6L * ChunkPool.CHUNK_BYTES);
        final int rounds = 200_000;
        final long[] clashes = new long[3];
        final Thread[] threads = new Thread[clashes.length];
        for (int t = 0; t < threads.length; t++) {
            final int me = t;
            threads[t] = new Thread(() -> {
                for (int i = 0; i < rounds; i++) {
                    final long a = pool.take();
                    final long b = pool.take();
                    UnsafeApi.putLong(a, me);
                    UnsafeApi.putLong(b, me);
                    if (a == ChunkPool.NONE || b == ChunkPool.NONE || a == b
                        || UnsafeApi.getLong(a) != me || UnsafeApi.getLong(b) != me) {
                        clashes[me]++;
                    }
                    pool.give(a);
                    pool.give(b);
                }
            });
            threads[t].start();
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        for (final long n : clashes) {
            assertEquals(0, n);
        }
        assertEquals(0, pool.usedBytes());
        assertNotEquals(ChunkPool.NONE, pool.takeChain(6));
        assertEquals(ChunkPool.NONE, pool.take());
    }

    /** While one thread takes the last slab from the system, another must not find the pool empty. */
    @Test
    void shouldGiveEveryThreadItsChunkWhileTheLastSlabIsAdded() throws InterruptedException {
        final int rounds = 2_000;
        final int chunks = 3;
        final ChunkPool[] pools = new ChunkPool[rounds];
        Arrays.setAll(pools, i -> new ChunkPool(2L * chunks * ChunkPool.CHUNK_BYTES));
        final AtomicInteger arrived = new AtomicInteger();
        final AtomicInteger refused = new AtomicInteger();
        final Runnable taker = () -> {
            for (int round = 0; round < rounds; round++) {
                arrived.incrementAndGet();
                while (arrived.get() < 2 * (round + 1)) {
                    Thread.yield();
                }
                for (int i = 0; i < chunks; i++) {
                    if (pools[round].take() == ChunkPool.NONE) {
                        refused.incrementAndGet();
                    }
                }
            }
        };
        final Thread other = new Thread(taker);
        other.start();
        taker.run();
        other.join();
        assertEquals(0, refused.get());
    }
}
