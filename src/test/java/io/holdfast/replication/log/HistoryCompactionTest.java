package io.holdfast.replication.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Garbage goes, and what it stood between stays small. */
final class HistoryCompactionTest {
    private static final int PIECE = 30_000;

    @TempDir
    Path directory;

    private final LogWriter writer = new LogWriter(LogWriter.MIN_CAPACITY_BYTES, new Counters());
    private final RandomLog log = new RandomLog(writer, new SplittableRandom(5));
    private long lastId;

    @Test
    void shouldNotGrowWithConnectionsThatCameAndWent() {
        try (HistoryTester tester = new HistoryTester(4, 4, null)) {
            for (int i = 0; i < 5_000; i++) {
                shortConnection(tester);
            }
            assertEquals(List.of(), tester.overLimit);
            assertEquals(0, tester.history.connections());
            assertEquals(0, tester.history.liveBytes());
            assertTrue(tester.history.bytes() <= 2 * HistoryTester.SEGMENT, tester.history.bytes() + " bytes");
            assertEquals(List.of(), tester.lines());
            tester.checkSums();
        }
    }

    /** In memory alone: every segment has had a record of an idle connection. */
    @Test
    void shouldHoldAnIdleConnectionsBytesOnly() {
        try (HistoryTester tester = new HistoryTester(6, 6, null)) {
            for (int idle = 0; idle < 100; idle++) {
                log.opened(++lastId);
                log.accepted(lastId);
                tester.take(writer);
                for (int i = 0; i < 20; i++) {
                    shortConnection(tester);
                }
            }
            assertEquals(List.of(), tester.overLimit);
            assertEquals(100, tester.history.connections());
            assertTrue(tester.counted(ReplicationCounter.HISTORY_COMPACTIONS) > 50);
            tester.checkSums();
        }
    }

    @Test
    void shouldCompactOnDiskToo() {
        try (HistoryTester tester = new HistoryTester(2, 100, directory)) {
            for (int i = 0; i < 40; i++) {
                log.opened(++lastId);
                for (int k = 0; k < 15; k++) {
                    log.input(lastId, (long) k * PIECE, PIECE);
                    tester.take(writer);
                }
            }
            final int before = tester.files().size();
            assertTrue(before > 30, before + " files");
            for (long id = 1; id <= lastId; id++) {
                log.checkpoint(id, 15L * PIECE, 0);
                tester.take(writer);
            }
            for (int i = 0; i < 200; i++) {
                tester.history.maintain();
            }
            assertTrue(tester.files().size() <= 2, tester.files().size() + " files");
            assertEquals(40, tester.history.connections());
            assertEquals(log.lines.stream().filter(line -> line.contains("Opened") || line.contains("Checkpoint"))
                .map(line -> "0" + line.substring(line.indexOf(' '))).toList(), tester.lines());
            tester.checkSums();
        }
    }

    @Test
    void shouldKeepTheLastProgressAlone() {
        try (HistoryTester tester = new HistoryTester(2, 2, null)) {
            log.opened(1);
            log.opened(2);
            for (int i = 0; i < 50_000; i++) {
                log.progress(1, i);
                log.progress(2, i);
                tester.take(writer);
            }
            final int n = log.lines.size();
            assertEquals(List.of(), tester.overLimit);
            assertEquals(List.of(text(0), text(1), text(n - 2), text(n - 1)), tester.lines());
            tester.checkSums();
        }
    }

    @Test
    void shouldForgetEverythingWhenCleared() {
        try (HistoryTester tester = new HistoryTester(2, 100, directory)) {
            log.secrets();
            log.choice(0);
            for (int i = 0; i < 30; i++) {
                log.opened(++lastId);
                for (int k = 0; k < 3; k++) {
                    log.input(lastId, (long) k * PIECE, PIECE);
                    tester.take(writer);
                }
            }
            try (HistoryCursor cursor = tester.history.cursor()) {
                assertThrows(IllegalStateException.class, tester.history::clear);
                assertTrue(tester.history.next(cursor, (id, buffer, offset, length) -> true, 3) > 0);
            }
            tester.history.clear();
            assertEquals(0, tester.history.bytes());
            assertEquals(List.of(), tester.files());
            assertEquals(List.of(), tester.lines());
            log.secrets();
            log.opened(1);
            tester.take(writer);
            final int n = log.lines.size();
            assertEquals(List.of(text(n - 2), text(n - 1)), tester.lines());
            tester.checkSums();
        }
    }

    @Test
    void shouldEndInAnExceptionWhenUsedAfterClose() {
        final HistoryTester tester = new HistoryTester(2, 100, directory);
        log.opened(1);
        tester.take(writer);
        final HistoryCursor cursor = tester.history.cursor();
        tester.close();
        tester.close();
        log.opened(2);
        assertThrows(RuntimeException.class, () -> tester.take(writer));
        assertThrows(RuntimeException.class, () -> tester.history.next(cursor, (id, buffer, offset, length) -> true, 1));
        cursor.close();
    }

    @Test
    void shouldCheckItsLimits() {
        final int segment = HistoryTester.SEGMENT;
        assertThrows(IllegalArgumentException.class, () -> new HistoryLimits("c", segment / 2, segment, segment, null));
        assertThrows(IllegalArgumentException.class, () -> new HistoryLimits("c", segment, segment, segment, null));
        assertThrows(IllegalArgumentException.class, () -> new HistoryLimits("c", segment, 3L * segment, 2L * segment, null));
        assertThrows(IllegalArgumentException.class, () -> new HistoryLimits("c", 1 << 24, 1L << 30, 1L << 30, null));
    }

    private void shortConnection(final HistoryTester tester) {
        log.opened(++lastId);
        log.input(lastId, 0, PIECE);
        log.progress(lastId);
        log.closed(lastId);
        tester.take(writer);
    }

    private String text(final int i) {
        return "0" + log.lines.get(i).substring(log.lines.get(i).indexOf(' '));
    }
}
