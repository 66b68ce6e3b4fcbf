package io.holdfast.replication.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The history on disk: written, read back, torn, and not ours. */
final class HistoryFilesTest {
    private static final int PIECE = 60_000;

    @TempDir
    Path directory;

    private final LogWriter writer = new LogWriter(LogWriter.MIN_CAPACITY_BYTES, new Counters());
    private final RandomLog log = new RandomLog(writer, new SplittableRandom(5));

    @Test
    void shouldSpillToDiskAndReadBack() {
        try (HistoryTester tester = new HistoryTester(2, 100, directory)) {
            fill(tester, 10, 40);
            assertTrue(tester.files().size() > 20, tester.files().size() + " files");
            assertEquals(tester.files().size(), tester.counted(ReplicationCounter.HISTORY_SPILLS));
            assertEquals(tester.history.diskBytes(), tester.counted(ReplicationCounter.HISTORY_DISK_BYTES));
            assertEquals(kept(log.lines), tester.lines());
            tester.checkSums();
            for (int id = 1; id <= 10; id++) {
                tester.history.forget(id);
            }
            assertEquals(List.of(), tester.files());
            assertEquals(0, tester.history.diskBytes());
            tester.checkSums();
        }
    }

    @Test
    void shouldKeepInMemoryWhatFitsThere() {
        try (HistoryTester tester = new HistoryTester(10, 100, directory)) {
            fill(tester, 5, 10);
            assertEquals(List.of(), tester.files());
            assertEquals(0, tester.history.diskBytes());
        }
    }

    /** Records before the damage are good; connections that lost one leave, and are told of. */
    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void shouldDiscardATornTail(@ForAll final long seed) throws IOException {
        final SplittableRandom random = new SplittableRandom(seed);
        final LogWriter ring = new LogWriter(LogWriter.MIN_CAPACITY_BYTES, new Counters());
        final RandomLog records = new RandomLog(ring, random);
        try (HistoryTester tester = new HistoryTester(2, 100)) {
            for (int id = 1; id <= 12; id++) {
                records.opened(id);
                records.input(id, 0, random.nextInt(PIECE));
                records.input(id, 0, random.nextInt(1, PIECE));
                records.secrets();
                tester.take(ring);
            }
            for (int id = 20; tester.files().isEmpty(); id++) {
                records.opened(id);
                records.input(id, 0, PIECE);
                tester.take(ring);
            }
            final Path file = tester.files().get(0);
            repair(file, random);
            final List<String> read = tester.lines();
            assertEquals(1, tester.counted(ReplicationCounter.HISTORY_TORN_FILES));
            assertFalse(tester.lost.isEmpty());
            assertEquals(tester.lost.size(), tester.counted(ReplicationCounter.HISTORY_LOST));
            final HistoryModel model = new HistoryModel();
            records.lines.forEach(model::add);
            final List<String> whole = new ArrayList<>(model.lines());
            whole.removeIf(line -> tester.lost.contains(id(line)));
            assertEquals(whole, tester.lines());
            assertTrue(read.containsAll(whole));
            tester.checkSums();
            tester.history.maintain();
            assertEquals(whole, tester.lines());
            assertEquals(1, tester.counted(ReplicationCounter.HISTORY_TORN_FILES));
        }
    }

    private static void repair(final Path path, final SplittableRandom random) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            final long length = file.length();
            switch (random.nextInt(3)) {
                case 0 -> file.setLength(random.nextLong(length - 8));
                case 1 -> file.setLength(random.nextLong(2) * SegmentFile.HEADER_BYTES);
                default -> {
                    // In the header, or a record's length, or anywhere in the first one.
                    final long at = random.nextInt(3) == 0 ? random.nextLong(40) : SegmentFile.HEADER_BYTES
                        + random.nextLong(8 + 8 + 9);
                    file.seek(at);
                    final int old = file.read();
                    file.seek(at);
                    file.write(old ^ 1 << random.nextInt(8));
                }
            }
        }
    }

    @Test
    void shouldLoseWhatAMissingFileHad() throws IOException {
        try (HistoryTester tester = new HistoryTester(2, 100, directory)) {
            fill(tester, 3, 20);
            Files.delete(tester.files().get(1));
            tester.lines();
            assertEquals(1, tester.counted(ReplicationCounter.HISTORY_DISK_ERRORS));
            assertFalse(tester.lost.isEmpty());
            tester.checkSums();
        }
    }

    @Test
    void shouldRefuseAndGoOnWhenTheDiskFails() throws IOException {
        try (HistoryTester tester = new HistoryTester(2, 100, directory)) {
            Files.delete(directory.resolve("lock"));
            Files.delete(directory);
            log.opened(1);
            log.input(1, 0, PIECE);
            tester.take(writer);
            final List<String> first = kept(log.lines);
            log.opened(2);
            for (int i = 0; i < 40 && tester.overLimit.isEmpty(); i++) {
                log.input(2, i * PIECE, PIECE);
                tester.take(writer);
            }
            assertEquals(List.of(2L), tester.overLimit);
            assertEquals(1, tester.counted(ReplicationCounter.HISTORY_DISK_ERRORS));
            assertEquals(1, tester.failed.size());
            assertTrue(tester.failed.get(0).getMessage().contains(directory.toString()), tester.failed.get(0).toString());
            assertFalse(tester.history.contains(2));
            assertEquals(first, tester.lines());
            tester.checkSums();
            Files.createDirectory(directory);
        }
    }

    /**
     * What is not written yet is read from memory, whenever that ends; nothing is lost, and no memory given back that is in use.
     */
    @Test
    void shouldGoOnWhileAThreadWrites() {
        try (HistoryTester tester = HistoryTester.withThread(2, 100, directory)) {
            fill(tester, 10, 40);
            assertEquals(kept(log.lines), tester.lines());
            // Beyond what may wait to be written, so that it had to wait for some.
            assertTrue(tester.counted(ReplicationCounter.HISTORY_SPILLS) > SegmentStore.MAX_SPILLING);
            for (int id = 1; id <= 10; id += 2) {
                tester.history.forget(id);
            }
            while (tester.history.maintain()) {
                // Rewrites segments while others are being written.
            }
            assertEquals(kept(log.lines).stream().filter(line -> id(line) % 2 == 0).toList(), tester.lines().stream()
                .filter(line -> id(line) % 2 == 0).toList());
        }
        try (var all = Files.list(directory)) {
            assertEquals(List.of("lock"), all.map(file -> file.getFileName().toString()).toList());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldRefuseWhatIsNoDirectory() throws IOException {
        final Path file = Files.createFile(directory.resolve("file"));
        final UncheckedIOException e = assertThrows(UncheckedIOException.class, () -> new HistoryTester(2, 100, file));
        assertTrue(e.getMessage().contains("history_dir = " + file), e.getMessage());
    }

    @Test
    void shouldDeleteWhatAnEarlierRunLeft() throws IOException {
        final List<Path> left = leftBehind("test");
        Files.write(directory.resolve("1.history.partial"), new byte[3]);
        try (HistoryTester tester = new HistoryTester(2, 100, directory)) {
            assertEquals(List.of(), tester.files());
            assertEquals(List.of(), tester.lines());
            assertFalse(Files.exists(left.get(0)));
            assertFalse(Files.exists(directory.resolve("1.history.partial")));
        }
        try (var all = Files.list(directory)) {
            assertEquals(List.of("lock"), all.map(file -> file.getFileName().toString()).toList());
        }
    }

    @Test
    void shouldLeaveFilesOfAnotherClusterAlone() throws IOException {
        final List<Path> left = leftBehind("other");
        final byte[] content = Files.readAllBytes(left.get(0));
        assertThrows(IllegalStateException.class, () -> new HistoryTester(2, 100, directory));
        assertTrue(Arrays.equals(content, Files.readAllBytes(left.get(0))));
    }

    @Test
    void shouldRefuseADirectoryInUse() {
        try (HistoryTester first = new HistoryTester(2, 100, directory)) {
            final IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> new HistoryTester(2, 100, first.directory));
            assertTrue(e.getMessage().contains("in use"), e.getMessage());
        }
        new HistoryTester(2, 100, directory).close();
    }

    private List<Path> leftBehind(final String cluster) throws IOException {
        final SegmentFile files = new SegmentFile(directory, cluster);
        final LogSegment.Image image = new LogSegment.Image(HistoryTester.SEGMENT);
        image.length(0, 20);
        files.write(7, image, LogSegment.framed(20));
        assertEquals(LogSegment.framed(20), files.read(7, image, LogSegment.framed(20)));
        return List.of(files.path(7));
    }

    private void fill(final HistoryTester tester, final int connections, final int pieces) {
        for (int id = 1; id <= connections; id++) {
            log.opened(id);
        }
        for (int i = 0; i < pieces; i++) {
            for (int id = 1; id <= connections; id++) {
                log.input(id, (long) i * PIECE, PIECE);
                tester.take(writer);
            }
        }
    }

    private static List<String> kept(final List<String> lines) {
        return lines.stream().map(line -> "0" + line.substring(line.indexOf(' '))).toList();
    }

    private static long id(final String line) {
        final String[] words = line.split(" ");
        return words[1].equals("Secrets") ? 0 : Long.parseLong(words[2]);
    }
}
