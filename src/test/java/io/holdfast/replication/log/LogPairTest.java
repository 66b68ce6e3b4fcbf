package io.holdfast.replication.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.ReplicationCounter;
import io.holdfast.replication.codec.MessageHeaderDecoder;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** Sender and receiver together. */
final class LogPairTest {
    /** A connection with more than a small history takes. */
    private static final long GREAT = 1L << 40;

    /** Whenever a backup joins, it has what the primary has, and from then on gets each record once, in order. */
    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void shouldGiveEveryBackupTheWholeLog(@ForAll final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        try (LogPair pair = new LogPair(random)) {
            final LogScript script = new LogScript(pair.writer, random, 20_000);
            long committed = 0;
            for (int session = 0; session < 3; session++) {
                write(script, pair, random.nextInt(150));
                pair.join();
                for (int i = random.nextInt(300); i > 0; i--) {
                    if (random.nextInt(3) > 0) {
                        assertTrue(script.step() > 0);
                    }
                    if (random.nextBoolean()) {
                        pair.sender.drain(1 + random.nextInt(8));
                    }
                    if (random.nextInt(3) == 0) {
                        pair.carry();
                    }
                    final long news = random.nextInt(3) == 0 ? pair.acknowledge() : -1;
                    if (news != -1) {
                        assertTrue(news > committed && news <= pair.sender.drainedSequence());
                        assertEquals(news, pair.receiver.lastSequence());
                        committed = news;
                    }
                }
                pair.settle();
                checkInSync(pair, script);
                committed = pair.sender.committedSequence();
                pair.sender.detach();
                assertEquals(0, pair.sender.lagBytes());
            }
        }
    }

    private static void write(final LogScript script, final LogPair pair, final int records) {
        for (int i = 0; i < records; i++) {
            assertTrue(script.step() > 0);
            pair.drain();
        }
    }

    private static void checkInSync(final LogPair pair, final LogScript script) {
        assertTrue(pair.sender.inSync());
        assertEquals(pair.writer.lastSequence(), pair.sender.committedSequence());
        assertEquals(0, pair.sender.lagRecords());
        assertEquals(0, pair.sender.lagBytes());
        assertTrue(pair.sender.roundTripNs() >= 5);
        assertEquals(pair.primary.lines(), pair.backup.lines());
        pair.primary.checkSums();
        pair.backup.checkSums();
        final List<String> handled = pair.handled.lines;
        int mark = 0;
        while (!handled.get(mark).endsWith(" Synchronized")) {
            assertTrue(handled.get(mark).startsWith("0 "), handled.get(mark));
            mark++;
        }
        final int sequence = Integer.parseInt(handled.get(mark).split(" ")[0]);
        assertEquals(script.log.lines.subList(sequence, script.log.lines.size()),
            handled.subList(mark + 1, handled.size()));
    }

    /** What the primary cannot keep for later goes to the backup of now all the same. */
    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void shouldSendWhatTheHistoryDoesNotKeep(@ForAll final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        try (LogPair pair = new LogPair(random, 2, 3)) {
            final LogScript script = new LogScript(pair.writer, random, 20_000);
            pair.join();
            pair.settle();
            for (int i = 0; i < 600; i++) {
                assertTrue(script.step() > 0);
                if (random.nextInt(20) == 0) {
                    pair.settle();
                }
            }
            script.log.opened(GREAT);
            writeTooMuch(script, pair);
            pair.settle();
            checkLive(pair, script);
            assertFalse(pair.primary.overLimit.isEmpty());
            pair.join();
            pair.settle();
            assertTrue(pair.sender.inSync());
            assertEquals(pair.primary.lines(), pair.backup.lines());
            assertEquals(0, pair.backup.counted(ReplicationCounter.RECORDS_UNKNOWN));
            final int before = pair.handled.lines.size();
            final Set<Long> gone = new HashSet<>(pair.primary.overLimit);
            for (final LogScript.Stream stream : script.open) {
                script.log.progress(stream.id);
            }
            pair.settle();
            assertEquals(script.open.stream().filter(stream -> !gone.contains(stream.id)).count(),
                pair.handled.lines.size() - before);
            assertEquals(script.open.stream().filter(stream -> gone.contains(stream.id)).count(),
                pair.backup.counted(ReplicationCounter.RECORDS_UNKNOWN));
        }
    }

    private static void writeTooMuch(final LogScript script, final LogPair pair) {
        for (int i = 0; i < 30; i++) {
            script.log.input(GREAT, i * 60_000L, 60_000);
            pair.drain();
        }
    }

    private static void checkLive(final LogPair pair, final LogScript script) {
        assertTrue(pair.sender.inSync());
        assertEquals("0 Synchronized", pair.handled.lines.get(0));
        assertEquals(script.log.lines, pair.handled.lines.subList(1, pair.handled.lines.size()));
        assertEquals(0, pair.sender.lagBytes());
    }

    /** A full history while the backup catches up takes connections from it that it had begun to get. */
    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void shouldCatchUpWhileTheHistoryIsFull(@ForAll final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        try (LogPair pair = new LogPair(random, 2, 3)) {
            final LogScript script = new LogScript(pair.writer, random, 20_000);
            script.log.opened(GREAT);
            write(script, pair, 200);
            pair.join();
            assertTrue(pair.carry());
            assertTrue(pair.handled.lines.get(0).startsWith("0 Opened " + GREAT), "got by the backup first");
            write(script, pair, 100);
            writeTooMuch(script, pair);
            write(script, pair, 20);
            assertEquals(LogSenderState.CATCHING_UP, pair.sender.state());
            assertTrue(pair.primary.overLimit.contains(GREAT));
            pair.settle();
            assertTrue(pair.sender.inSync());
            pair.primary.checkSums();
            final HistoryModel handled = new HistoryModel();
            pair.handled.lines.forEach(handled::add);
            assertEquals(1, pair.handled.lines.stream().filter(("0 Closed " + GREAT)::equals).count());
            assertEquals(pair.primary.lines(), pair.backup.lines());
            assertEquals(handled.lines(), pair.backup.lines());
        }
    }

    @Test
    void shouldFailTheSessionWhenThereIsNoRoomEvenToPassRecordsOn() {
        final SplittableRandom random = new SplittableRandom(1);
        try (LogPair pair = new LogPair(random, 2, 2)) {
            pair.join();
            pair.settle();
            assertTrue(pair.sender.inSync());
            final RandomLog log = new RandomLog(pair.writer, random);
            final long most = History.PASSING_RESERVE_BYTES + 4L * HistoryTester.SEGMENT;
            log.opened(1);
            for (long bytes = 0; bytes < most; bytes += 65_536) {
                log.input(1, bytes, 65_536);
                pair.drain();
            }
            assertEquals(LogSenderState.FAILED, pair.sender.state());
            assertEquals(0, pair.fill());
            assertEquals(1, pair.primary.counted(ReplicationCounter.SESSIONS_FAILED));
            assertTrue(pair.primary.history.bytes() <= 2L * HistoryTester.SEGMENT);
            pair.primary.checkSums();
            pair.join();
            pair.settle();
            assertTrue(pair.sender.inSync());
        }
    }

    @Test
    void shouldRefuseAcknowledgementsThatAreNone() {
        try (LogPair pair = new LogPair(new SplittableRandom(2))) {
            pair.writer.accepted(1, 1);
            pair.join();
            pair.drain();
            while (pair.carry()) {
                // All of it.
            }
            final int length = pair.receiver.ack(pair.ack, 0);
            assertEquals(LogMessages.ACK_BYTES, length);
            assertEquals(0, pair.receiver.ack(pair.ack, 0));
            final byte[] good = pair.ack.byteArray().clone();
            for (int i = 0; i < length * 8; i++) {
                pair.ack.putBytes(0, good);
                pair.ack.putByte(i / 8, (byte) (good[i / 8] ^ 1 << i % 8));
                final boolean harmless = i / 8 >= length - Long.BYTES || isReadableVersion(i);
                if (!harmless) {
                    assertEquals(-1, pair.sender.onAck(pair.ack, 0, length, 0));
                    assertFalse(pair.sender.inSync(), "bit " + i);
                }
            }
            pair.ack.putBytes(0, good);
            assertEquals(-1, pair.sender.onAck(pair.ack, 0, length - 1, 0));
            assertEquals(-1, pair.sender.onAck(pair.ack, 1, length, 0));
            assertFalse(pair.sender.inSync());
            assertEquals(1, pair.sender.onAck(pair.ack, 0, length, 2_000));
            assertTrue(pair.sender.inSync());
            assertEquals(-1, pair.sender.onAck(pair.ack, 0, length, 2_000));
            assertEquals(1, pair.primary.counted(ReplicationCounter.ACKS));
        }
    }

    /** The version's low byte: additions that may be ignored. */
    private static boolean isReadableVersion(final int bit) {
        return bit / 8 == 1 + 6 && (MessageHeaderDecoder.SCHEMA_VERSION ^ 1 << bit % 8) != 0;
    }
}
