package io.holdfast.replication.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Through the ring and back. */
final class RecordRoundTripTest {
    private static final long CONNECTION = 7L << 32 | 3;

    private final Counters counters = new Counters();
    private final LogWriter writer = new LogWriter(LogWriter.MIN_CAPACITY_BYTES, counters);
    private final RecordDecoder decoder = new RecordDecoder();
    private final TextHandler read = new TextHandler();
    private long sequence;

    @Property(tries = 200)
    void shouldGiveBackEveryRecord(@ForAll final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final RandomLog log = new RandomLog(writer, random);
        read.lines.clear();
        for (int i = 0; i < 40; i++) {
            assertTrue(log.write(random.nextLong(1, Long.MAX_VALUE)) > 0);
            if (random.nextInt(4) == 0) {
                drain();
            }
        }
        drain();
        assertEquals(log.lines, read.lines);
        assertEquals(sequence, writer.lastSequence());
    }

    @Test
    void shouldAppendNothingWhenTheRingIsFull() {
        final RandomLog log = new RandomLog(writer, new SplittableRandom(1));
        final long all = writer.freeBytes();
        long full = 0;
        while (full < 3) {
            if (log.input(CONNECTION, 0, RecordLayout.MAX_STREAM_BYTES) == LogWriter.FULL) {
                full++;
            }
        }
        assertTrue(writer.freeBytes() < RecordLayout.MAX_STREAM_BYTES + 64);
        assertEquals(3, counters.get(ReplicationCounter.RING_FULL));
        assertEquals(log.lines.size(), writer.lastSequence());
        drain();
        assertEquals(log.lines, read.lines);
        assertEquals(all, writer.freeBytes());
        assertEquals(log.lines.size() + 1, log.closed(CONNECTION));
    }

    @Test
    void shouldRefuseToWriteWhatNoReaderTakes() {
        final int tooLong = RecordLayout.MAX_BLOB_BYTES + 1;
        assertThrows(IllegalArgumentException.class, () -> writer.secrets(new byte[tooLong]));
        assertThrows(IllegalArgumentException.class, () -> writer.choice(0, 1, 1, new byte[tooLong]));
        assertThrows(IllegalArgumentException.class, () -> writer.checkpoint(CONNECTION, 0, 0, new byte[tooLong]));
        assertThrows(IllegalArgumentException.class,
            () -> writer.opened(CONNECTION, 1, new UnsafeBuffer(new byte[tooLong]), 0, tooLong));
        assertThrows(IllegalArgumentException.class,
            () -> writer.input(CONNECTION, 0, new long[1], new int[] {RecordLayout.MAX_STREAM_BYTES + 1}, 1));
        assertEquals(0, writer.lastSequence());
        assertTrue(writer.secrets(new byte[tooLong - 1]) > 0);
        drain();
        assertFalse(read.lines.isEmpty());
    }

    private void drain() {
        while (writer.ring().size() > 0) {
            writer.ring().read((type, buffer, index, length) -> {
                assertEquals(type, RecordLayout.templateId(buffer, index));
                assertTrue(decoder.decode(buffer, index, length, ++sequence, read));
            });
        }
    }
}
