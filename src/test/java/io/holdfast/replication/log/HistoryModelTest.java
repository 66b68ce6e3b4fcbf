package io.holdfast.replication.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Random logs against a list of lines. */
final class HistoryModelTest {
    private static final int PIECE = 40_000;

    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void shouldKeepWhatTheModelKeeps(@ForAll final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final LogWriter writer = new LogWriter(LogWriter.MIN_CAPACITY_BYTES, new Counters());
        final LogScript script = new LogScript(writer, random, PIECE);
        final HistoryModel model = new HistoryModel();
        int modelled = 0;
        try (HistoryTester tester = new HistoryTester(random.nextInt(2, 6), 1_000)) {
            for (int round = 0; round < 30; round++) {
                for (int i = random.nextInt(60); i > 0; i--) {
                    assertTrue(script.step() > 0);
                    tester.take(writer);
                }
                while (modelled < script.log.lines.size()) {
                    model.add(script.log.lines.get(modelled++));
                }
                if (random.nextInt(4) == 0) {
                    tester.history.maintain();
                }
                tester.checkSums();
                if (round % 5 == 0) {
                    assertEquals(model.lines(), tester.lines());
                    assertEquals(script.open.size(), tester.history.connections());
                }
            }
            assertEquals(model.lines(), tester.lines());
            for (final LogScript.Stream stream : script.open) {
                tester.history.forget(stream.id);
                model.remove(Long.toString(stream.id));
            }
            assertEquals(model.lines(), tester.lines());
            tester.checkSums();
        }
    }

    /** What is full leaves whole connections out, says which, and keeps the others as they are. */
    @Property(tries = 25, shrinking = ShrinkingMode.OFF)
    void shouldDropWholeConnectionsWhenItIsFull(@ForAll final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final LogWriter writer = new LogWriter(LogWriter.MIN_CAPACITY_BYTES, new Counters());
        final LogScript script = new LogScript(writer, random, PIECE);
        final HistoryModel model = new HistoryModel();
        final int segments = random.nextInt(2, 8);
        final List<Long> told = new ArrayList<>();
        int modelled = 0;
        try (HistoryTester tester = random.nextBoolean() ? new HistoryTester(2, segments)
            : new HistoryTester(segments, segments, null)) {
            for (int i = 0; i < 1_500; i++) {
                script.step();
                final boolean kept = tester.take(writer) == 1;
                final String line = script.log.lines.get(modelled++);
                if (kept || tester.overLimit.size() > told.size()) {
                    model.add(line);
                }
                while (told.size() < tester.overLimit.size()) {
                    told.add(tester.overLimit.get(told.size()));
                    model.remove(told.get(told.size() - 1).toString());
                    // Choices of no connection stop there; those before stay.
                    if (told.get(told.size() - 1) == 0) {
                        return;
                    }
                }
                // Secrets are kept even then, and their garbage goes when it is worth the work.
                assertTrue(tester.history.bytes() <= (long) segments * HistoryTester.SEGMENT + HistoryTester.SEGMENT);
            }
            assertEquals(List.of(), tester.lost);
            assertEquals(model.lines(), tester.lines());
            tester.checkSums();
            assertEquals(told.size(), tester.counted(ReplicationCounter.HISTORY_OVER_LIMIT));
            assertEquals(told.size(), told.stream().distinct().count(), "told twice of one connection");
        }
    }

    /** A cursor that reads slowly gives every connection whole, or its beginning and a Closed. */
    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void shouldLetACursorReadWhileTheLogGoesOn(@ForAll final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final LogWriter writer = new LogWriter(LogWriter.MIN_CAPACITY_BYTES, new Counters());
        final LogScript script = new LogScript(writer, random, PIECE);
        final HistoryModel reader = new HistoryModel();
        final HistoryModel model = new HistoryModel();
        int modelled = 0;
        try (HistoryTester tester = new HistoryTester(random.nextInt(2, 4), 1_000)) {
            HistoryCursor cursor = null;
            for (int round = 0; round < 60; round++) {
                if (round == 20) {
                    cursor = tester.history.cursor();
                }
                for (int i = random.nextInt(50); i > 0; i--) {
                    assertTrue(script.step() > 0);
                    tester.take(writer);
                }
                if (cursor != null) {
                    tester.lines(cursor, random.nextInt(1, 70)).forEach(reader::add);
                }
                if (random.nextInt(4) == 0) {
                    tester.history.maintain();
                }
                tester.checkSums();
            }
            while (modelled < script.log.lines.size()) {
                model.add(script.log.lines.get(modelled++));
            }
            tester.lines(cursor, Integer.MAX_VALUE).forEach(reader::add);
            assertTrue(tester.history.atEnd(cursor));
            assertEquals(model.lines(), reader.lines());
            cursor.close();
            assertEquals(model.lines(), tester.lines());
            assertEquals(script.open.size(), tester.history.connections());
            tester.checkSums();
        }
    }
}
