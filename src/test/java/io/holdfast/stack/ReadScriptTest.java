package io.holdfast.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.buffer.ChunkPool;
import io.holdfast.buffer.StreamBuffer;
import io.holdfast.util.SeededRandom;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

final class ReadScriptTest {
    private final StreamBuffer buffer = new StreamBuffer(new ChunkPool(1 << 20), 1 << 16);
    private final ReadScript script = new ReadScript();

    private void arrives(final int bytes) {
        buffer.append(new UnsafeBuffer(new byte[bytes]), 0, bytes);
    }

    private int read(final int most) {
        return script.read(buffer, ByteBuffer.allocate(most), 0);
    }

    @Test
    void shouldGiveNothingBeforeThePrimaryHasRead() {
        arrives(100);
        assertFalse(script.readable(buffer, 0));
        assertEquals(0, read(100));
        script.add(60);
        assertTrue(script.readable(buffer, 0));
        assertEquals(60, read(100));
        assertFalse(script.readable(buffer, 0));
        assertEquals(0, read(100));
    }

    @Test
    void shouldSplitAPortionWhereThereIsLessRoom() {
        arrives(100);
        script.add(60);
        assertEquals(40, read(40));
        assertEquals(20, read(40));
        assertEquals(0, read(40));
    }

    /** What the client sends next may be its answer: who reads is not to see it before who works has written that. */
    @Test
    void shouldWaitForTheOutputThatCameBefore() {
        arrives(100);
        script.add(10);
        script.written(50);
        script.add(20);
        script.add(30);
        script.goLive();
        assertEquals(10, read(100));
        assertFalse(script.readable(buffer, 49));
        assertEquals(0, script.read(buffer, ByteBuffer.allocate(100), 49));
        assertTrue(script.readable(buffer, 50));
        assertEquals(20, script.read(buffer, ByteBuffer.allocate(100), 50));
        assertEquals(30, script.read(buffer, ByteBuffer.allocate(100), 51));
        assertTrue(script.readable(buffer, 51));
        assertEquals(ReadScript.FREE, script.read(buffer, ByteBuffer.allocate(100), 51));
    }

    @Test
    void shouldNotWaitForOutputThatCannotCome() {
        arrives(100);
        script.written(50);
        script.add(20);
        assertTrue(script.isUnread());
        script.regardless();
        assertTrue(script.readable(buffer, 0));
        assertFalse(script.isUnread());
        assertEquals(20, read(100));
    }

    @Test
    void shouldNotJoinPortions() {
        arrives(100);
        script.add(10);
        script.add(20);
        assertEquals(10, read(100));
        assertEquals(20, read(100));
    }

    @Test
    void shouldFillSeveralBuffersWithOnePortion() {
        arrives(100);
        script.add(30);
        script.add(30);
        final ByteBuffer[] into = {ByteBuffer.allocate(20), ByteBuffer.allocate(20)};
        assertEquals(30, script.read(buffer, into, 0, 2, 0));
        assertEquals(10, into[1].position());
    }

    @Test
    void shouldPlayToItsEndBeforeReadingIsFree() {
        arrives(100);
        script.add(60);
        assertEquals(10, read(10));
        script.goLive();
        assertEquals(50, read(100));
        assertTrue(script.readable(buffer, 0));
        assertEquals(ReadScript.FREE, read(100));
    }

    /**
     * Reads give what the portions say, whatever room they offer: a read never crosses from one portion into the next.
     */
    @Property(tries = 200)
    void shouldKeepPortionsApart(@ForAll final long seed) {
        final SeededRandom random = new SeededRandom(seed);
        final int[] portions = new int[1 + random.nextInt(20)];
        for (int i = 0; i < portions.length; i++) {
            portions[i] = 1 + random.nextInt(500);
            arrives(portions[i]);
            script.add(portions[i]);
        }
        for (final int portion : portions) {
            int left = portion;
            while (left > 0) {
                final int room = 1 + random.nextInt(700);
                final int n = read(room);
                assertEquals(Math.min(left, room), n);
                left -= n;
            }
        }
        assertEquals(0, read(100));
    }
}
