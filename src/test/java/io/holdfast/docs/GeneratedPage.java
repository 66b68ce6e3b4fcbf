package io.holdfast.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The part of a page under {@code src/docs} that is made from the code: the lines between two markers. A test compares them; with
 * {@code -Dholdfast.docs.write=true} the test writes them instead.
 */
public final class GeneratedPage {
    private static final Path DOCS = Path.of(System.getProperty("holdfast.basedir", "."), "src", "docs");

    private GeneratedPage() {
    }

    /** Compares the only generated part of a page. */
    public static void requireCurrent(final String page, final String part) throws IOException {
        requireCurrent(page, "", part);
    }

    /**
     * Compares one of several generated parts of a page.
     *
     * @param name as in the markers {@code <!-- generated NAME: begin -->} and {@code <!-- generated NAME: end -->}
     */
    public static void requireCurrent(final String page, final String name, final String part) throws IOException {
        final String marker = "<!-- generated" + (name.isEmpty() ? "" : " " + name);
        final String first = marker + ": begin -->\n";
        final Path file = DOCS.resolve(page);
        final String text = Files.readString(file);
        final int begin = text.indexOf(first) + first.length();
        final int end = text.indexOf(marker + ": end -->\n");
        assertTrue(begin >= first.length() && end >= begin, () -> file + " has no generated part " + name);
        if (Boolean.getBoolean("holdfast.docs.write")) {
            Files.writeString(file, text.substring(0, begin) + part + text.substring(end));
            return;
        }
        assertEquals(part, text.substring(begin, end),
            () -> file + " is not current: run this test with -Dholdfast.docs.write=true");
    }

    /** A cell of a table. */
    public static String cell(final String text) {
        return text.replace("|", "\\|").replace("<", "&lt;");
    }
}
