package io.holdfast.buffer;

import static io.holdfast.buffer.ChunkPool.CHUNK_BYTES;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

final class StreamBufferTest {
    private final ChunkPool pool = new ChunkPool(64L * CHUNK_BYTES);
    private final StreamBuffer buffer = new StreamBuffer(pool, 1 << 20);

    @Test
    void shouldHoldNoMemoryWhenEmpty() {
        assertEquals(0, pool.usedBytes());
        buffer.append(ByteBuffer.wrap(new byte[100]));
        assertEquals(CHUNK_BYTES, pool.usedBytes());
        buffer.read(ByteBuffer.allocate(60));
        assertEquals(CHUNK_BYTES, pool.usedBytes());
        buffer.read(ByteBuffer.allocate(60));
        assertEquals(0, pool.usedBytes());
        assertEquals(100, buffer.head());
        assertEquals(100, buffer.tail());
    }

    @Test
    void shouldKeepTheChunkAtTheTailWhileItHoldsBytesAheadOfIt() {
        buffer.append(ByteBuffer.wrap(new byte[10]));
        assertTrue(buffer.put(20, new UnsafeBuffer(bytes(5, 1)), 0, 5));
        buffer.release(10);
        assertEquals(CHUNK_BYTES, pool.usedBytes());
        assertTrue(buffer.put(10, new UnsafeBuffer(bytes(10, 2)), 0, 10));
        buffer.publish(25);
        final ByteBuffer read = ByteBuffer.allocateDirect(15);
        assertEquals(15, buffer.read(read));
        final byte[] expected = new byte[15];
        System.arraycopy(bytes(10, 2), 0, expected, 0, 10);
        System.arraycopy(bytes(5, 1), 0, expected, 10, 5);
        final byte[] actual = new byte[15];
        read.flip().get(actual);
        assertArrayEquals(expected, actual);
        assertEquals(0, pool.usedBytes());
    }

    @Test
    void shouldTellLackOfMemoryFromLackOfRoom() {
        buffer.capacity(1000);
        buffer.append(ByteBuffer.allocate(1500));
        assertFalse(buffer.lackedMemory());
        assertEquals(0, buffer.append(ByteBuffer.allocate(1)));
        buffer.release(1000);
        assertFalse(buffer.lackedMemory(), "the room that came afterwards proves nothing");
        assertEquals(1000, buffer.free());
        final long others = pool.takeChain(64);
        assertEquals(0, buffer.append(ByteBuffer.allocate(1)));
        assertTrue(buffer.lackedMemory());
        pool.giveChain(others);
        assertEquals(1, buffer.append(ByteBuffer.allocate(1)));
        assertFalse(buffer.lackedMemory());
    }

    @Test
    void shouldTakeNoMoreThanItsCapacity() {
        buffer.capacity(1000);
        final ByteBuffer src = ByteBuffer.allocateDirect(1500);
        assertEquals(1000, buffer.append(src));
        assertEquals(500, src.remaining());
        assertEquals(0, buffer.free());
        buffer.capacity(400);
        assertEquals(1000, buffer.size());
        assertEquals(0, buffer.free());
        buffer.release(700);
        assertEquals(100, buffer.free());
        assertEquals(100, buffer.append(src));
        assertThrows(IllegalArgumentException.class, () -> buffer.capacity(StreamBuffer.MAX_CAPACITY_BYTES + 1));
    }

    @Test
    void shouldTakeNoMoreThanThePoolHas() {
        final ChunkPool small = new ChunkPool(2L * CHUNK_BYTES);
        final StreamBuffer mine = new StreamBuffer(small, 1 << 20);
        final byte[] content = bytes(3 * CHUNK_BYTES, 3);
        assertEquals(2 * CHUNK_BYTES, mine.append(new UnsafeBuffer(content), 0, content.length));
        assertEquals(0, mine.append(new UnsafeBuffer(content), 0, 1));
        assertFalse(mine.put(2 * CHUNK_BYTES, new UnsafeBuffer(content), 0, 1));
        mine.release(CHUNK_BYTES);
        assertTrue(mine.put(3 * CHUNK_BYTES - 1, new UnsafeBuffer(content), 0, 1));
        assertFalse(mine.put(3 * CHUNK_BYTES - 1, new UnsafeBuffer(content), 0, 2));
        assertEquals(2 * CHUNK_BYTES, small.usedBytes());
        mine.free(mine.head());
        assertEquals(0, small.usedBytes());
    }

    @Test
    void shouldBeUsableAgainAfterFreeAtAnyPosition() {
        buffer.append(ByteBuffer.wrap(bytes(50_000, 4)));
        buffer.put(100_000, new UnsafeBuffer(bytes(10, 5)), 0, 10);
        buffer.release(20_000);
        final long position = (1L << 40) + 12_345;
        buffer.free(position);
        buffer.free(position);
        assertEquals(0, pool.usedBytes());
        assertEquals(position, buffer.head());
        assertEquals(position, buffer.tail());
        final byte[] content = bytes(40_000, 6);
        assertEquals(content.length, buffer.append(ByteBuffer.wrap(content)));
        final ByteBuffer read = ByteBuffer.allocate(content.length);
        buffer.copy(position, read, content.length);
        assertArrayEquals(content, read.array());
        buffer.release(position + content.length);
        buffer.free(position);
        assertEquals(0, pool.usedBytes());
    }

    @Test
    void shouldFreeNothingTwiceWhenTheConsumerHadEmptiedIt() {
        buffer.append(ByteBuffer.wrap(new byte[10]));
        buffer.release(10);
        buffer.free(10);
        assertEquals(0, pool.usedBytes());
        buffer.append(ByteBuffer.wrap(new byte[10]));
        assertEquals(CHUNK_BYTES, pool.usedBytes());
    }

    @Test
    void shouldServeTheLargestWindow() {
        final ChunkPool large = new ChunkPool(StreamBuffer.MAX_CAPACITY_BYTES + 2L * CHUNK_BYTES);
        final StreamBuffer mine = new StreamBuffer(large, StreamBuffer.MAX_CAPACITY_BYTES);
        mine.append(ByteBuffer.wrap(new byte[7]));
        mine.release(7);
        final byte[] content = bytes(StreamBuffer.MAX_CAPACITY_BYTES, 7);
        final int last = content.length - 1;
        assertTrue(mine.put(7 + last, new UnsafeBuffer(content), last, 1));
        assertTrue(mine.put(7, new UnsafeBuffer(content), 0, last));
        assertThrows(IllegalStateException.class, () -> mine.put(7 + last, new UnsafeBuffer(content), 0, 2));
        mine.publish(7 + content.length);
        final ByteBuffer read = ByteBuffer.allocate(content.length);
        assertEquals(content.length, mine.read(read));
        assertArrayEquals(content, read.array());
        assertEquals(0, large.usedBytes());
    }

    @Test
    void shouldAcceptViewsOfBuffers() {
        final byte[] content = bytes(100, 8);
        final ByteBuffer slice = ByteBuffer.wrap(content).position(10).slice().position(5);
        assertEquals(85, buffer.append(slice.asReadOnlyBuffer()));
        final ByteBuffer direct = ByteBuffer.allocateDirect(200);
        final ByteBuffer window = direct.position(50).slice().limit(60).position(3);
        assertEquals(57, buffer.read(window));
        assertEquals(60, window.position());
        for (int i = 0; i < 57; i++) {
            assertEquals(content[15 + i], direct.get(53 + i));
        }
        assertThrows(ReadOnlyBufferException.class, () -> buffer.read(ByteBuffer.allocate(9).asReadOnlyBuffer()));
    }

    static byte[] bytes(final int length, final long seed) {
        final byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
