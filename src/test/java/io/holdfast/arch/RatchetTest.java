package io.holdfast.arch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Numbers that may only shrink. A test fails if one has grown, and also if it has shrunk: then the new one belongs here, so that it
 * cannot grow again.
 */
final class RatchetTest {
    /** Packages whose largest knot has more files than {@link #FREE_KNOT}, with its size. */
    private static final Map<String, Integer> KNOTS = Map.of();
    /** A handful of files that know each other are one subject in several files. */
    private static final int FREE_KNOT = 4;
    /** Files of more than {@link #LONG_FILE} lines, with how many they have at most, in hundreds. */
    private static final Map<String, Integer> LONG_FILES = Map.of();
    private static final int LONG_FILE = 500;
    /** Lines of more than {@link #COLUMNS} characters. */
    private static final int LONG_LINES = 0;
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
        assertEquals(new TreeMap<>(KNOTS), sizes, () -> "the largest knots are " + knots);
    }

    @Test
    void shouldLetNoFileGrowLong() throws IOException {
        final Map<String, Integer> lengths = new TreeMap<>();
        for (final SourceFile file : SourceFile.all()) {
            if (file.lines().size() > LONG_FILE) {
                lengths.put(file.name(), (file.lines().size() + 99) / 100);
            }
        }
        assertEquals(new TreeMap<>(LONG_FILES), lengths);
    }

    @Test
    void shouldLetNoLineGrowLong() throws IOException {
        int longer = 0;
        final StringBuilder where = new StringBuilder();
        final List<SourceFile> all = SourceFile.all();
        assertTrue(all.size() > 500, "only " + all.size() + " sources were found");
        for (final SourceFile file : all) {
            for (int i = 0; i < file.lines().size(); i++) {
                if (file.lines().get(i).length() > COLUMNS) {
                    longer++;
                    where.append(file.path()).append(':').append(i + 1).append('\n');
                }
            }
        }
        assertEquals(LONG_LINES, longer, where::toString);
    }
}
