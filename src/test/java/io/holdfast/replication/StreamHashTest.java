package io.holdfast.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.buffer.ChunkPool;
import io.holdfast.buffer.StreamBuffer;
import io.holdfast.util.SeededRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

final class StreamHashTest {
    private static UnsafeBuffer bytes(final SeededRandom random, final int length) {
        final UnsafeBuffer buffer = new UnsafeBuffer(BufferUtil.allocateDirectAligned(Math.max(1, length), 8));
        for (int i = 0; i < length; i++) {
            buffer.putByte(i, (byte) random.nextLong());
        }
        return buffer;
    }

    private static StreamHash whole(final UnsafeBuffer buffer, final int length) {
        final StreamHash hash = new StreamHash();
        hash.update(buffer.addressOffset(), length);
        return hash;
    }

    /** However the stream was cut. */
    @Property(tries = 500)
    void shouldNotDependOnHowTheStreamIsCut(@ForAll final long seed, @ForAll @IntRange(max = 2_000) final int length) {
        final SeededRandom random = new SeededRandom(seed);
        final UnsafeBuffer buffer = bytes(random, length);
        final StreamHash cut = new StreamHash();
        for (int done = 0; done < length;) {
            final int n = Math.min(length - done, random.nextInt(random.nextInt(2) == 0 ? 10 : 300));
            cut.update(buffer.addressOffset() + done, n);
            done += n;
        }
        assertEquals(length, cut.position());
        assertEquals(whole(buffer, length).value(), cut.value());
    }

    @Property(tries = 300)
    void shouldDifferByAnyBit(@ForAll final long seed, @ForAll @IntRange(min = 1, max = 500) final int length) {
        final SeededRandom random = new SeededRandom(seed);
        final UnsafeBuffer buffer = bytes(random, length);
        final long value = whole(buffer, length).value();
        final int at = random.nextInt(length);
        buffer.putByte(at, (byte) (buffer.getByte(at) ^ 1 << random.nextInt(8)));
        assertNotEquals(value, whole(buffer, length).value());
    }

    @Property(tries = 300)
    void shouldDifferByALengthOfZeros(@ForAll @IntRange(max = 200) final int one,
        @ForAll @IntRange(max = 200) final int other) {
        final UnsafeBuffer zeros = new UnsafeBuffer(BufferUtil.allocateDirectAligned(200, 8));
        assertEquals(one == other, whole(zeros, one).value() == whole(zeros, other).value());
    }

    @Property(tries = 300)
    void shouldDifferBySwappedWords(@ForAll final long seed) {
        final SeededRandom random = new SeededRandom(seed);
        final UnsafeBuffer buffer = bytes(random, 128);
        final long value = whole(buffer, 128).value();
        final int a = random.nextInt(16) * 8;
        final int b = random.nextInt(16) * 8;
        final long word = buffer.getLong(a);
        buffer.putLong(a, buffer.getLong(b));
        buffer.putLong(b, word);
        assertEquals(a == b || buffer.getLong(a) == buffer.getLong(b), value == whole(buffer, 128).value());
    }

    @Test
    void shouldReadAStreamBufferAcrossItsChunks() {
        final int length = 3 * ChunkPool.CHUNK_BYTES + 77;
        final UnsafeBuffer source = bytes(new SeededRandom(1), length);
        final StreamBuffer buffer = new StreamBuffer(new ChunkPool(1 << 20), length);
        buffer.append(source, 0, length);
        final StreamHash hash = new StreamHash();
        assertTrue(hash.update(buffer, ChunkPool.CHUNK_BYTES - 3));
        buffer.release(ChunkPool.CHUNK_BYTES - 3);
        assertTrue(hash.update(buffer, length));
        assertEquals(whole(source, length).value(), hash.value());
        buffer.release(length);
        assertTrue(hash.update(buffer, length));
        final StreamHash late = new StreamHash();
        assertFalse(late.update(buffer, length), "its bytes are gone");
        buffer.free(length);
    }
}
