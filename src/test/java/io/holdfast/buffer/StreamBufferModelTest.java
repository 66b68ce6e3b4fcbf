package io.holdfast.buffer;

import static io.holdfast.buffer.ChunkPool.CHUNK_BYTES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.concurrent.UnsafeBuffer;

/** Random operations of both sides against an array that holds the whole stream. */
final class StreamBufferModelTest {
    private static final int STREAM_BYTES = 4 * 1024 * 1024;
    private static final int OPERATIONS = 600;

    @Property(tries = 150)
    void shouldBehaveLikeAnArray(@ForAll final long seed) {
        new World(seed).run();
    }

    private static final class World {
        private final SplittableRandom random;
        private final byte[] stream = new byte[STREAM_BYTES];
        private final BitSet held = new BitSet();
        private final int limitChunks;
        private final ChunkPool pool;
        private final StreamBuffer buffer;
        /** Someone else's use of the pool. */
        private final StreamBuffer other;
        private final int largest;
        private final long base;
        private int head;
        private int tail;
        /** Where the tail was when bytes ahead of it were discarded: the chunk there stays until it moves. */
        private int keptAt = -1;

        World(final long seed) {
            random = new SplittableRandom(seed);
            limitChunks = random.nextInt(1, 64);
            pool = new ChunkPool((long) limitChunks * CHUNK_BYTES);
            buffer = new StreamBuffer(pool, random.nextInt(1, 1 << random.nextInt(1, 21)));
            other = new StreamBuffer(pool, StreamBuffer.MAX_CAPACITY_BYTES);
            largest = 1 << random.nextInt(1, 18);
            base = random.nextBoolean() ? 0 : random.nextLong(1L << 50);
            buffer.free(base);
        }

        void run() {
            for (int i = 0; i < OPERATIONS && tail + 2 * (1 << 18) < STREAM_BYTES; i++) {
                switch (random.nextInt(11)) {
                    case 0, 1 -> append();
                    case 2, 3 -> put();
                    case 4 -> publish();
                    case 5, 6 -> read();
                    case 7 -> release(random.nextInt(tail - head + 1));
                    case 8 -> look();
                    case 9 -> discard();
                    default -> disturb();
                }
                check();
            }
            release(tail - head);
            final boolean nothingAhead = held.nextSetBit(tail) < 0;
            other.free(0);
            if (nothingAhead && keptAt != tail) {
                assertEquals(0, pool.usedBytes());
            }
            buffer.free(base);
            assertEquals(0, pool.usedBytes());
        }

        private void append() {
            final byte[] content = content();
            final int room = Math.min(content.length, Math.max(0, buffer.capacity() - (tail - head)));
            final ByteBuffer src = random.nextBoolean() ? ByteBuffer.wrap(content) : direct(content);
            final int taken = random.nextBoolean()
                ? buffer.append(src)
                : buffer.append(new UnsafeBuffer(src), 0, content.length);
            assertTrue(taken <= room);
            if (taken < room) {
                assertEquals(0, pool.limitBytes() - pool.usedBytes());
            }
            System.arraycopy(content, 0, stream, tail, taken);
            held.set(tail, tail + taken);
            tail += taken;
        }

        private void put() {
            final byte[] content = content();
            final int position = tail + (random.nextBoolean() ? 0 : random.nextInt(largest));
            final long freeBefore = pool.limitBytes() - pool.usedBytes();
            final int offset = random.nextInt(content.length);
            final int length = content.length - offset;
            final UnsafeBuffer src =
                new UnsafeBuffer(random.nextBoolean() ? ByteBuffer.wrap(content) : direct(content));
            if (buffer.put(base + position, src, offset, length)) {
                System.arraycopy(content, offset, stream, position, length);
                held.set(position, position + length);
            } else {
                assertTrue(freeBefore < length + 2L * CHUNK_BYTES, "refused although there was memory");
                assertEquals(freeBefore, pool.limitBytes() - pool.usedBytes());
            }
        }

        private void publish() {
            final int end = held.nextClearBit(tail);
            tail += random.nextInt(4) == 0 ? random.nextInt(end - tail + 1) : end - tail;
            buffer.publish(base + tail);
        }

        private void discard() {
            keptAt = held.nextSetBit(tail) < 0 ? keptAt : tail;
            buffer.discardUnpublished();
            held.clear(tail, Math.max(tail, held.length()));
        }

        private void read() {
            final ByteBuffer dst = random.nextBoolean()
                ? ByteBuffer.allocate(random.nextInt(largest + 1))
                : ByteBuffer.allocateDirect(random.nextInt(largest + 1));
            final int n = buffer.read(dst);
            assertEquals(Math.min(dst.capacity(), tail - head), n);
            assertContent(dst.flip(), head);
            head += n;
        }

        private void release(final int n) {
            head += n;
            buffer.release(base + head);
        }

        private void look() {
            final int from = head + random.nextInt(tail - head + 1);
            final int length = random.nextInt(tail - from + 1);
            final ByteBuffer copy = ByteBuffer.allocate(length);
            buffer.copy(base + from, copy, length);
            assertContent(copy.flip(), from);

            final long[] addresses = new long[3 + length / CHUNK_BYTES + 2];
            final int[] lengths = new int[addresses.length];
            final int parts = buffer.parts(base + from, length, addresses, lengths, 3);
            int at = from;
            for (int i = 3; i < 3 + parts; i++) {
                final byte[] part = new byte[lengths[i]];
                new UnsafeBuffer(addresses[i], lengths[i]).getBytes(0, part);
                assertContent(ByteBuffer.wrap(part), at);
                at += lengths[i];
            }
            assertEquals(from + length, at);
        }

        /** Changes what else there is: the capacity, and the memory left in the pool. */
        private void disturb() {
            buffer.capacity(random.nextInt(1 << 20));
            if (random.nextBoolean()) {
                other.append(ByteBuffer.allocate(random.nextInt(limitChunks * CHUNK_BYTES)));
            } else {
                other.release(other.tail());
            }
        }

        private void check() {
            assertEquals(base + head, buffer.head());
            assertEquals(base + tail, buffer.tail());
            assertEquals(tail - head, buffer.size());
            assertTrue(pool.usedBytes() <= pool.limitBytes());
            final int end = Math.max(tail, held.length());
            final long others = other.size() == 0
                ? 0
                : (other.tail() - 1) / CHUNK_BYTES - other.head() / CHUNK_BYTES + 1;
            final long mine = pool.usedBytes() - others * CHUNK_BYTES;
            final long covered = ((base + end) / CHUNK_BYTES - (base + head) / CHUNK_BYTES + 2) * CHUNK_BYTES;
            assertTrue(end == head ? mine <= CHUNK_BYTES : mine <= covered, "holds more memory than bytes need");
        }

        private void assertContent(final ByteBuffer actual, final int from) {
            assertEquals(ByteBuffer.wrap(stream, from, actual.remaining()), actual);
        }

        private byte[] content() {
            final byte[] content = new byte[1 + random.nextInt(largest)];
            random.nextBytes(content);
            return content;
        }

        private static ByteBuffer direct(final byte[] content) {
            return ByteBuffer.allocateDirect(content.length).put(content).flip();
        }
    }
}
