package io.holdfast.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A producer and a consumer on two threads; the content at each offset is known, so any mix-up shows. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class StreamBufferThreadsTest {
    /** Odd, so that the pattern does not line up with chunks. */
    private static final int PATTERN_BYTES = 65_521;
    private static final byte[] PATTERN = StreamBufferTest.bytes(2 * PATTERN_BYTES, 42);

    static {
        System.arraycopy(PATTERN, 0, PATTERN, PATTERN_BYTES, PATTERN_BYTES);
    }

    @ParameterizedTest
    @CsvSource({
        // Tiny pieces: the buffer runs empty all the time, and both sides reach for the chunk at the tail.
        "1, 4, 400000, 64",
        "2, 100, 20000000, 64",
        "3, 20000, 100000000, 64",
        "4, 60000, 300000000, 2048",
        // Hardly any memory: the producer waits for the chunks that the consumer gives back.
        "5, 40000, 100000000, 3"
    })
    void shouldPassEveryByteOnce(final long seed, final int largest, final long total, final int limitChunks)
        throws InterruptedException {
        final ChunkPool pool = new ChunkPool((long) limitChunks * ChunkPool.CHUNK_BYTES);
        final StreamBuffer buffer = new StreamBuffer(pool, Math.min(4 * 1024 * 1024, largest * 64));
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final Thread producer = new Thread(() -> {
            try {
                produce(buffer, seed, largest, total, failure);
            } catch (final Throwable e) {
                failure.compareAndSet(null, e);
            }
        });
        producer.start();
        try {
            consume(buffer, seed, largest, total, failure);
        } catch (final Throwable e) {
            failure.compareAndSet(null, e);
        }
        producer.join();
        assertNull(failure.get());
        assertEquals(total, buffer.head());
        assertEquals(0, pool.usedBytes());
        buffer.free(0);
        assertEquals(0, pool.usedBytes());
    }

    private static void produce(
        final StreamBuffer buffer,
        final long seed,
        final int largest,
        final long total,
        final AtomicReference<Throwable> failure) {
        final SplittableRandom random = new SplittableRandom(seed);
        final UnsafeBuffer pattern = new UnsafeBuffer(PATTERN);
        long tail = 0;
        while (tail < total && failure.get() == null) {
            final int n = (int) Math.min(1 + random.nextInt(largest), total - tail);
            final int at = (int) (tail % PATTERN_BYTES);
            if (random.nextInt(4) != 0 || buffer.free() < n) {
                final int taken = buffer.append(pattern, at, n);
                tail += taken;
                if (taken == 0) {
                    Thread.yield();
                }
            } else {
                // Out of order: the second half first.
                final int half = n / 2;
                if (buffer.put(tail + half, pattern, at + half, n - half) && buffer.put(tail, pattern, at, half)) {
                    tail += n;
                    buffer.publish(tail);
                } else {
                    buffer.discardUnpublished();
                    Thread.yield();
                }
            }
        }
    }

    private static void consume(
        final StreamBuffer buffer,
        final long seed,
        final int largest,
        final long total,
        final AtomicReference<Throwable> failure) {
        final SplittableRandom random = new SplittableRandom(~seed);
        final byte[] bytes = new byte[largest];
        final long[] addresses = new long[8];
        final int[] lengths = new int[8];
        final UnsafeBuffer part = new UnsafeBuffer();
        long head = 0;
        while (head < total && failure.get() == null) {
            final int wanted = 1 + random.nextInt(largest);
            final int n;
            if (random.nextBoolean()) {
                n = buffer.read(ByteBuffer.wrap(bytes, 0, wanted));
            } else {
                n = Math.min(wanted, buffer.size());
                final int parts = buffer.parts(head, n, addresses, lengths, 0);
                int at = 0;
                for (int i = 0; i < parts; i++) {
                    part.wrap(addresses[i], lengths[i]);
                    part.getBytes(0, bytes, at, lengths[i]);
                    at += lengths[i];
                }
                buffer.release(head + n);
            }
            if (n == 0) {
                Thread.yield();
            }
            final int expected = (int) (head % PATTERN_BYTES);
            final int mismatch = Arrays.mismatch(bytes, 0, n, PATTERN, expected, expected + n);
            if (mismatch >= 0) {
                throw new AssertionError("wrong byte at " + (head + mismatch));
            }
            head += n;
        }
    }
}
