package io.holdfast.replication.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.ReplicationCounter;
import io.holdfast.replay.EventKind;
import io.holdfast.replication.codec.BatchHeaderDecoder;
import io.holdfast.replication.codec.MessageHeaderDecoder;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a backup refuses, and that nothing of it is stored or handed on. */
final class LogReceiverTest {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int BLOCK = 1 + MessageHeaderDecoder.ENCODED_LENGTH;
    private static final int VERSION_AT = 1 + MessageHeaderDecoder.versionEncodingOffset();
    private static final int FIRST_RECORD = LogMessages.BATCH_HEADER_BYTES + Integer.BYTES;

    private LogPair pair;

    @BeforeEach
    void setUp() {
        pair = new LogPair(new SplittableRandom(1));
    }

    @AfterEach
    void tearDown() {
        pair.close();
    }

    @Test
    void shouldRefuseATornBatch() {
        final byte[] batch = live();
        for (int length = 0; length < batch.length; length++) {
            assertRefused(BatchResult.TORN, batch, length);
        }
        assertEquals(batch.length, pair.backup.counted(ReplicationCounter.BATCH_TORN));
        assertTaken(batch);
    }

    @Test
    void shouldRefuseARecordThatReachesBeyondTheBatch() {
        final byte[] batch = live();
        putInt(batch, LogMessages.BATCH_HEADER_BYTES, batch.length);
        assertRefused(BatchResult.TORN, batch, batch.length);
        putInt(batch, LogMessages.BATCH_HEADER_BYTES, -1);
        assertRefused(BatchResult.TORN, batch, batch.length);
    }

    @Test
    void shouldRefuseReorderedAndReplayedBatches() {
        final byte[] first = live();
        final byte[] second = next();
        assertRefused(BatchResult.REORDERED, second, second.length);
        assertTaken(first);
        assertRefused(BatchResult.REPLAYED, first, first.length);
        assertTaken(second);
        assertRefused(BatchResult.REPLAYED, first, first.length);
        assertRefused(BatchResult.REPLAYED, second, second.length);
        assertEquals(1, pair.backup.counted(ReplicationCounter.BATCH_REORDERED));
        assertEquals(3, pair.backup.counted(ReplicationCounter.BATCH_REPLAYED));
    }

    @Test
    void shouldRefuseAnotherEpoch() {
        final byte[] batch = live();
        final byte[] old = batch.clone();
        putLong(old, BLOCK + BatchHeaderDecoder.epochEncodingOffset(), LogPair.EPOCH - 1);
        assertRefused(BatchResult.LOWER_EPOCH, old, old.length);
        putLong(old, BLOCK + BatchHeaderDecoder.epochEncodingOffset(), LogPair.EPOCH + 1);
        assertRefused(BatchResult.HIGHER_EPOCH, old, old.length);
        assertEquals(1, pair.backup.counted(ReplicationCounter.BATCH_LOWER_EPOCH));
        assertEquals(1, pair.backup.counted(ReplicationCounter.BATCH_HIGHER_EPOCH));
        assertTaken(batch);
    }

    @Test
    void shouldRefuseGarbage() {
        final byte[] batch = live();
        final byte[] otherType = batch.clone();
        otherType[0] = 1;
        assertRefused(BatchResult.GARBAGE, otherType, batch.length);
        final byte[] longer = Arrays.copyOf(batch, batch.length + 1);
        assertRefused(BatchResult.GARBAGE, longer, longer.length);
        final byte[] unknown = batch.clone();
        unknown[FIRST_RECORD + MessageHeaderDecoder.templateIdEncodingOffset()] = 99;
        assertRefused(BatchResult.GARBAGE, unknown, batch.length);
        final byte[] empty = batch.clone();
        putInt(empty, BLOCK + BatchHeaderDecoder.recordsEncodingOffset(), 0);
        assertRefused(BatchResult.GARBAGE, empty, batch.length);
        final byte[] foreign = batch.clone();
        foreign[1 + MessageHeaderDecoder.schemaIdEncodingOffset()]++;
        assertRefused(BatchResult.GARBAGE, foreign, batch.length);
        assertEquals(5, pair.backup.counted(ReplicationCounter.BATCH_GARBAGE));
        assertTaken(batch);
    }

    @Test
    void shouldRefuseWhatALaterGenerationSays() {
        final byte[] batch = live();
        final byte[] newer = batch.clone();
        newer[VERSION_AT + 1]++;
        assertRefused(BatchResult.NEWER_SCHEMA, newer, batch.length);
        final byte[] newerRecord = batch.clone();
        newerRecord[FIRST_RECORD + MessageHeaderDecoder.versionEncodingOffset() + 1]++;
        assertRefused(BatchResult.NEWER_SCHEMA, newerRecord, batch.length);
        assertEquals(2, pair.backup.counted(ReplicationCounter.BATCH_NEWER_SCHEMA));
        batch[VERSION_AT] = 2;
        assertTaken(batch);
    }

    @Test
    void shouldRefuseRecordsThatDoNotFollow() {
        final byte[] batch = live();
        final byte[] gap = batch.clone();
        final long first = 1 + pair.receiver.lastSequence();
        putLong(gap, BLOCK + BatchHeaderDecoder.firstSequenceEncodingOffset(), first + 1);
        putLong(gap, BLOCK + BatchHeaderDecoder.lastSequenceEncodingOffset(), first + 1);
        assertRefused(BatchResult.SEQUENCE_GAP, gap, batch.length);
        final byte[] more = batch.clone();
        putLong(more, BLOCK + BatchHeaderDecoder.lastSequenceEncodingOffset(), first + 1);
        assertRefused(BatchResult.SEQUENCE_GAP, more, batch.length);
        final byte[] history = batch.clone();
        history[0] = LogMessages.HISTORY_BATCH;
        assertRefused(BatchResult.SEQUENCE_GAP, history, batch.length);
        assertEquals(3, pair.backup.counted(ReplicationCounter.BATCH_SEQUENCE_GAP));
        assertTaken(batch);
    }

    @Test
    void shouldRefuseLiveRecordsBeforeTheHistoryHasEnded() {
        pair.join();
        final byte[] mark = copy(pair.fill());
        final byte[] early = mark.clone();
        early[0] = LogMessages.LOG_BATCH;
        assertRefused(BatchResult.SEQUENCE_GAP, early, mark.length);
        assertFalse(pair.receiver.live());
        assertTaken(mark);
        assertTrue(pair.receiver.live());
    }

    @Test
    void shouldSkipRecordsOfConnectionsThatItHasNotSeenOpen() {
        pair.join();
        pair.settle();
        final RandomLog log = new RandomLog(pair.writer, new SplittableRandom(3));
        log.accepted(7);
        log.opened(7);
        log.closed(8);
        log.event(7, EventKind.READ, 5);
        log.closed(7);
        log.event(7, EventKind.READ, 6);
        log.choice(0);
        pair.settle();
        assertEquals(2, pair.backup.counted(ReplicationCounter.RECORDS_UNKNOWN));
        final List<String> expected = new ArrayList<>(List.of("0 Synchronized"));
        // What an application still does with a connection that is closed belongs to it.
        for (final int i : new int[] {1, 3, 4, 5, 6}) {
            expected.add(log.lines.get(i));
        }
        assertEquals(expected, pair.handled.lines);
        assertEquals(7, pair.sender.committedSequence());
    }

    /** Any bytes: refused, or a batch all the same. */
    @Property(tries = 150, shrinking = ShrinkingMode.OFF)
    void shouldSurviveAnyBytes(@ForAll final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        try (LogPair other = new LogPair(random)) {
            final LogScript script = new LogScript(other.writer, random, 500);
            other.join();
            final int settled = random.nextInt(2);
            for (int i = 0; i < 40; i++) {
                script.step();
            }
            if (settled == 0) {
                other.settle();
                for (int i = 0; i < 40; i++) {
                    script.step();
                }
            }
            other.drain();
            final int length = other.fill();
            final byte[] good = new byte[length];
            other.message.getBytes(0, good);
            for (int i = 0; i < 60; i++) {
                final byte[] bytes = good.clone();
                for (int change = random.nextInt(1, 6); change > 0; change--) {
                    final int at = random.nextInt(random.nextBoolean() ? Math.min(length, 90) : length);
                    bytes[at] = (byte) (random.nextBoolean() ? random.nextInt() : bytes[at] ^ 1 << random.nextInt(8));
                }
                final int before = other.handled.lines.size();
                final long stored = other.backup.history.bytes();
                final int given = random.nextInt(4) == 0 ? random.nextInt(length + 1) : length;
                if (other.receiver.onBatch(new UnsafeBuffer(bytes), 0, given, 1) == BatchResult.TAKEN) {
                    return;
                }
                assertEquals(before, other.handled.lines.size());
                assertEquals(stored, other.backup.history.bytes());
            }
            assertEquals(BatchResult.TAKEN, other.receiver.onBatch(new UnsafeBuffer(good), 0, length, 1));
            other.backup.checkSums();
        }
    }

    /** A live batch of one record that the receiver has not got yet. */
    private byte[] live() {
        pair.join();
        pair.settle();
        return next();
    }

    private byte[] next() {
        pair.writer.secrets(new byte[] {1, 2, 3});
        pair.drain();
        return copy(pair.fill());
    }

    private byte[] copy(final int length) {
        assertTrue(length > 0);
        final byte[] bytes = new byte[length];
        pair.message.getBytes(0, bytes);
        return bytes;
    }

    private void assertRefused(final BatchResult expected, final byte[] batch, final int length) {
        final int before = pair.handled.lines.size();
        final long stored = pair.backup.history.bytes();
        final long sequence = pair.receiver.lastSequence();
        assertNotEquals(BatchResult.TAKEN, expected);
        assertEquals(expected, pair.receiver.onBatch(new UnsafeBuffer(batch), 0, length, 1), "of " + length + " bytes");
        assertEquals(before, pair.handled.lines.size());
        assertEquals(stored, pair.backup.history.bytes());
        assertEquals(sequence, pair.receiver.lastSequence());
    }

    private void assertTaken(final byte[] batch) {
        final int before = pair.handled.lines.size();
        assertEquals(BatchResult.TAKEN, pair.receiver.onBatch(new UnsafeBuffer(batch), 0, batch.length, 1));
        assertEquals(before + 1, pair.handled.lines.size());
    }

    private static void putInt(final byte[] bytes, final int at, final int value) {
        new UnsafeBuffer(bytes).putInt(at, value, ORDER);
    }

    private static void putLong(final byte[] bytes, final int at, final long value) {
        new UnsafeBuffer(bytes).putLong(at, value, ORDER);
    }
}
