package io.holdfast.replication.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A history with small segments, what its listener heard, and its content as text. */
final class HistoryTester implements AutoCloseable {
    static final int SEGMENT = HistoryLimits.MIN_SEGMENT_BYTES;

    final Counters counters = new Counters();
    final List<Long> overLimit = new ArrayList<>();
    final List<Long> lost = new ArrayList<>();
    final List<IOException> failed = new ArrayList<>();
    final Path directory;
    final History history;
    private final RecordDecoder decoder = new RecordDecoder();
    private final boolean ownDirectory;

    /** With a directory of its own. */
    HistoryTester(final int memorySegments, final int limitSegments) {
        this(memorySegments, limitSegments, temporary(), true, false);
    }

    /** @param directory null: memory only */
    HistoryTester(final int memorySegments, final int limitSegments, final Path directory) {
        this(memorySegments, limitSegments, directory, false, false);
    }

    /** With a thread of its own for files. */
    static HistoryTester withThread(final int memorySegments, final int limitSegments, final Path directory) {
        return new HistoryTester(memorySegments, limitSegments, directory, false, true);
    }

    private HistoryTester(final int memorySegments, final int limitSegments, final Path directory, final boolean own,
        final boolean alone) {
        this.directory = directory;
        ownDirectory = own;
        history = new History(new HistoryLimits("test", SEGMENT, (long) memorySegments * SEGMENT,
            (long) limitSegments * SEGMENT, directory), new HistoryListener() {
                @Override
                public void overLimit(final long connectionId) {
                    overLimit.add(connectionId);
                }

                @Override
                public void writeFailed(final IOException cause) {
                    failed.add(cause);
                }

                @Override
                public void lost(final long connectionId) {
                    lost.add(connectionId);
                }
            }, counters, alone);
    }

    /** Appends what the writer's ring has; how many the history kept. */
    int take(final LogWriter writer) {
        final int[] kept = new int[1];
        while (writer.ring().size() > 0) {
            writer.ring().read((type, buffer, index, length) -> kept[0] += history.append(buffer, index, length) ? 1 : 0);
        }
        return kept[0];
    }

    /** All that a joining backup would get. */
    List<String> lines() {
        try (HistoryCursor cursor = history.cursor()) {
            return lines(cursor, Integer.MAX_VALUE);
        }
    }

    List<String> lines(final HistoryCursor cursor, final int limit) {
        final TextHandler text = new TextHandler();
        int left = limit;
        while (left > 0 && !history.atEnd(cursor)) {
            left -= history.next(cursor, (id, buffer, offset, length) -> decoder.decode(buffer, offset, length, 0, text), left);
        }
        return text.lines;
    }

    long counted(final ReplicationCounter counter) {
        return counters.get(counter);
    }

    List<Path> files() {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.toString().endsWith(SegmentFile.SUFFIX)).sorted().toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds everything up again. */
    void checkSums() {
        final Map<LogSegment, Integer> usages = new HashMap<>();
        history.index().forEach(connection -> {
            long before = -1;
            for (SegmentUsage usage = connection.firstShare; usage != null; usage = usage.next) {
                assertTrue(usage.segment.id > before, "shares out of order");
                before = usage.segment.id;
                assertTrue(usage.bytes > 0 && usage.inputBytes >= 0 && usage.outputBytes >= 0
                    && usage.inputBytes + usage.outputBytes <= usage.bytes);
                usages.merge(usage.segment, usage.bytes, Integer::sum);
            }
        });
        long bytes = 0;
        long live = 0;
        long disk = 0;
        for (LogSegment segment = history.store().head(); segment != null; segment = segment.next) {
            final Integer sum = usages.remove(segment);
            assertEquals(sum == null ? 0 : sum, segment.live, "live bytes of segment " + segment.id);
            assertTrue(segment.live <= segment.used && !segment.freed);
            bytes += segment.used;
            live += segment.live;
            disk += segment.image == null ? segment.used : 0;
        }
        assertTrue(usages.isEmpty(), "shares of segments that are gone");
        assertEquals(bytes, history.bytes());
        assertEquals(live, history.liveBytes());
        assertEquals(disk, history.diskBytes());
    }

    @Override
    public void close() {
        history.close();
        if (ownDirectory) {
            delete(directory);
        }
    }

    static Path temporary() {
        try {
            return Files.createTempDirectory("history");
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(final Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (final Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
