package io.holdfast.arch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Numbers that may only shrink. A change that makes one smaller writes the new number here, so that it cannot grow again. */
final class RatchetTest {
    /** Packages whose largest knot has more files than {@link #FREE_KNOT}, with its size. */
    private static final Map<String, Integer> KNOTS = Map.of("app.conformance", 9, "replication.log", 8, "socket", 8);
    /** A handful of files that know each other are one subject in several files. */
    private static final int FREE_KNOT = 4;
    /** No file has more lines. */
    private static final int LONG_FILE = 600;
    /** Files of more than {@link #LONGISH_FILE} lines. */
    private static final int LONGISH_FILES = 4;
    private static final int LONGISH_FILE = 500;
    /** Lines of more than {@link #COLUMNS} characters. */
    private static final int LONG_LINES = 226;
    private static final int COLUMNS = 130;

    @Test
    void shouldNotTieFilesTogetherAnyFurther() throws IOException {
        final Map<String, Set<String>> knots = Knots.largest(SourceFile.main());
        final Map<String, Integer> sizes = new TreeMap<>();
        knots.forEach((name, knot) -> {
            if (knot.size() > FREE_KNOT) {
                sizes.put(name.substring(Floors.ROOT.length() + 1), knot.size());
            }
        });
        assertEquals(Map.of(), grown(sizes, KNOTS), () -> "the largest knots are " + knots);
    }

    @Test
    void shouldLetNoFileGrowLong() throws IOException {
        final Map<String, Integer> lengths = new TreeMap<>();
        final Set<String> longish = new TreeSet<>();
        for (final SourceFile file : SourceFile.all()) {
            if (file.lines().size() > LONGISH_FILE) {
                longish.add(file.name());
            }
            if (file.lines().size() > LONG_FILE) {
                lengths.put(file.name(), file.lines().size());
            }
        }
        assertEquals(Map.of(), lengths);
        assertTrue(longish.size() <= LONGISH_FILES, longish::toString);
    }

    @Test
    void shouldLetNoLineGrowLong() throws IOException {
        final List<String> longer = new ArrayList<>();
        final List<SourceFile> all = SourceFile.all();
        assertTrue(all.size() > 500, "only " + all.size() + " sources were found");
        for (final SourceFile file : all) {
            for (int i = 0; i < file.lines().size(); i++) {
                if (file.lines().get(i).length() > COLUMNS) {
                    longer.add(file.path() + ":" + (i + 1));
                }
            }
        }
        assertTrue(longer.size() <= LONG_LINES, () -> longer.size() + " lines are longer:\n" + String.join("\n", longer));
    }

    /** Returns the entries above their limits, with their sizes. */
    private static Map<String, Integer> grown(final Map<String, Integer> are, final Map<String, Integer> mayBe) {
        final Map<String, Integer> grown = new TreeMap<>(are);
        grown.entrySet().removeIf(one -> one.getValue() <= mayBe.getOrDefault(one.getKey(), 0));
        return grown;
    }
}
