package io.holdfast.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CountersFileTest {
    private static final CounterDescriptor FIRST = new Descriptor(0, "a.first", "Counts first things.");
    private static final CounterDescriptor LAST = new Descriptor(511, "z.last", "Counts Übles.");

    @TempDir
    private Path directory;

    @Test
    void shouldBeReadableByTheDocumentedLayoutAlone() throws IOException {
        final Path path = directory.resolve("counters");
        try (CountersFile file = CountersFile.create(path, List.of(FIRST, LAST))) {
            file.counters().add(FIRST, 7);
            file.counters().increment(LAST);
            assertEquals(Map.of("a.first: Counts first things.", 7L, "z.last: Counts Übles.", 1L), read(path));
            file.counters().set(FIRST, -1);
            assertEquals(-1, read(path).get("a.first: Counts first things."));
        }
        assertFalse(Files.exists(path));
    }

    @Test
    void shouldReplaceTheFileOfAnEarlierProcess() throws IOException {
        final Path path = directory.resolve("counters");
        final CountersFile old = CountersFile.create(path, List.of(FIRST));
        old.counters().add(FIRST, 3);
        try (CountersFile file = CountersFile.create(path, List.of(FIRST))) {
            old.counters().add(FIRST, 3);
            file.counters().add(FIRST, 1);
            assertEquals(1, read(path).get("a.first: Counts first things."));
        }
        try (var left = Files.list(directory)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void shouldCountOnAfterItWasClosed() {
        final CountersFile file = CountersFile.create(directory.resolve("counters"), List.of(FIRST));
        file.close();
        file.counters().increment(FIRST);
        assertEquals(1, file.counters().get(FIRST));
    }

    @Test
    void shouldNameAFileThatItCannotWrite() {
        final Path path = directory.resolve("missing").resolve("counters");
        final UncheckedIOException e =
            assertThrows(UncheckedIOException.class, () -> CountersFile.create(path, List.of(FIRST)));
        assertTrue(e.getMessage().contains(path.toString()));
    }

    @Test
    void shouldRefuseIdsThatClash() {
        final Path path = directory.resolve("counters");
        final CounterDescriptor twin = new Descriptor(0, "twin", "");
        final CounterDescriptor beyond = new Descriptor(Counters.CAPACITY, "beyond", "");
        assertThrows(IllegalArgumentException.class, () -> CountersFile.create(path, List.of(FIRST, twin)));
        assertThrows(IllegalArgumentException.class, () -> CountersFile.create(path, List.of(beyond)));
        assertFalse(Files.exists(path));
    }

    private static Map<String, Long> read(final Path path) throws IOException {
        final ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.nativeOrder());
        assertEquals(0x54454e554f434601L, file.getLong(0));
        assertEquals(512, file.getInt(12));
        assertEquals(ProcessHandle.current().pid(), file.getLong(24));
        final Map<String, Long> values = new LinkedHashMap<>();
        int at = file.getInt(16);
        for (int i = 0; i < file.getInt(20); i++) {
            final int label = file.getInt(at + 4);
            final int meaning = file.getInt(at + 8);
            final String text = new String(file.array(), at + 12, label, StandardCharsets.UTF_8) + ": "
                + new String(file.array(), at + 12 + label, meaning, StandardCharsets.UTF_8);
            values.put(text, file.getLong(file.getInt(8) + 8 * file.getInt(at)));
            at += (12 + label + meaning + 7) / 8 * 8;
        }
        assertEquals(file.capacity(), at);
        return values;
    }

    private record Descriptor(int id, String label, String meaning) implements CounterDescriptor {
    }
}
