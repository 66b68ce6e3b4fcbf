package io.holdfast.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Documents name only things that exist: classes of the architecture, and linked files. */
final class DocumentNamesTest {
    private static final Path BASE = Path.of(System.getProperty("holdfast.basedir", "."));
    private static final Pattern TYPE = Pattern.compile("`([A-Z][a-z0-9]\\w*)`");
    private static final Pattern PATH = Pattern.compile("`((?:src|conformance|perf|tap-setup)/[\\w./-]+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:\\s]+)(?:#[^)]*)?\\)");

    @Test
    void shouldNameClassesThatExist() throws IOException {
        final Set<String> known = new HashSet<>();
        for (final String root : List.of("src/main/java", "src/test/java")) {
            try (Stream<Path> files = Files.walk(BASE.resolve(root))) {
                files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".java"))
                    .forEach(name -> known.add(name.substring(0, name.length() - ".java".length())));
            }
        }
        final Set<String> named = new TreeSet<>();
        final Matcher matcher = TYPE.matcher(Files.readString(BASE.resolve("src/docs/ARCHITECTURE.md")));
        while (matcher.find()) {
            named.add(matcher.group(1));
        }
        assertTrue(named.size() > 40, () -> "only " + named);
        named.removeAll(known);
        assertEquals(Set.of(), named, "classes that are named and not there");
    }

    @Test
    void shouldLinkToFilesThatExist() throws IOException {
        final List<Path> documents = new ArrayList<>(List.of(BASE.resolve("README.md"), BASE.resolve("conformance/DIFFERENCES.md")));
        try (Stream<Path> files = Files.walk(BASE.resolve("src/docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
        }
        final Set<String> missing = new TreeSet<>();
        for (final Path document : documents) {
            final Matcher matcher = LINK.matcher(Files.readString(document));
            while (matcher.find()) {
                if (!Files.exists(document.resolveSibling(matcher.group(1)))) {
                    missing.add(document + ": " + matcher.group(1));
                }
            }
            final Matcher paths = PATH.matcher(Files.readString(document));
            while (paths.find()) {
                if (!Files.exists(BASE.resolve(paths.group(1)))) {
                    missing.add(document + ": " + paths.group(1));
                }
            }
        }
        assertEquals(Set.of(), missing, "files that are linked or named and not there");
    }
}
