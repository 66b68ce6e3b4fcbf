package io.holdfast.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The part of a page under {@code src/docs} that is made from the code: what stands between two markers. A test compares it; with
 * {@code -Dholdfast.docs.write=true} it is written instead.
 */
public final class GeneratedPage {
    private static final String BEGIN = "<!-- generated: begin -->\n";
    private static final String END = "<!-- generated: end -->\n";
    private static final Path DOCS = Path.of(System.getProperty("holdfast.basedir", "."), "src", "docs");

    private GeneratedPage() {
    }

    public static void requireCurrent(final String page, final String part) throws IOException {
        final Path file = DOCS.resolve(page);
        final String text = Files.readString(file);
        final int begin = text.indexOf(BEGIN) + BEGIN.length();
        final int end = text.indexOf(END);
        assertTrue(begin >= BEGIN.length() && end >= begin, () -> file + " has no generated part");
        if (Boolean.getBoolean("holdfast.docs.write")) {
            Files.writeString(file, text.substring(0, begin) + part + text.substring(end));
            return;
        }
        assertEquals(part, text.substring(begin, end), () -> file + " is not current: run this test with -Dholdfast.docs.write=true");
    }

    /** A cell of a table. */
    public static String cell(final String text) {
        return text.replace("|", "\\|").replace("<", "&lt;");
    }
}
