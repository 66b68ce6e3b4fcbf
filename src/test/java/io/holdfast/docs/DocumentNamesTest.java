package io.holdfast.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Documents name only things that exist: classes and methods of the architecture, files, headings, decisions. */
final class DocumentNamesTest {
    private static final Path BASE = Path.of(System.getProperty("holdfast.basedir", "."));
    private static final Pattern TYPE = Pattern.compile("`([A-Z][a-z0-9]\\w*)(?:\\.([a-z]\\w*))?`");
    private static final Pattern QUALIFIED = Pattern.compile(
        "`(?:io\\.holdfast\\.)?((?:[a-z]+\\.)+)([A-Z][a-z]\\w*)(?:\\.\\w+)?`");
    private static final Pattern PATH = Pattern.compile("`((?:src|conformance|perf|tap-setup)/[\\w./-]+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:\\s]*)(?:#([^)]*))?\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
    private static final Pattern DECISION = Pattern.compile("(?i)\\bdecisions?[\\s*]+(\\d+)\\b");

    @Test
    void shouldNameClassesAndMethodsThatExist() throws IOException {
        final Map<String, Path> known = new HashMap<>();
        for (final Path file : sources()) {
            final String name = file.getFileName().toString();
            known.put(name.substring(0, name.length() - ".java".length()), file);
        }
        final Set<String> named = new TreeSet<>();
        final Set<String> missing = new TreeSet<>();
        final Matcher matcher = TYPE.matcher(Files.readString(BASE.resolve("src/docs/ARCHITECTURE.md")));
        while (matcher.find()) {
            final Path file = known.get(matcher.group(1));
            named.add(matcher.group(1));
            if (file == null || matcher.group(2) != null && !Files.readString(file).contains(" " + matcher.group(2) + "(")) {
                missing.add(matcher.group());
            }
        }
        assertTrue(named.size() > 40, () -> "only " + named);
        assertEquals(Set.of(), missing, "classes and methods that are named and not there");
    }

    @Test
    void shouldQualifyClassesByThePackageThatHasThem() throws IOException {
        final Set<String> missing = new TreeSet<>();
        int named = 0;
        for (final Path document : documents()) {
            // Counters are named like classes in packages.
            final String text = document.endsWith("COUNTERS.md") ? "" : Files.readString(document);
            final Matcher matcher = QUALIFIED.matcher(text);
            while (matcher.find()) {
                final String folder = matcher.group(1).replace('.', '/');
                final boolean ours = isThere(folder.substring(0, folder.indexOf('/')));
                named += ours ? 1 : 0;
                if (ours && !isThere(folder + matcher.group(2) + ".java")) {
                    missing.add(document + ": " + matcher.group());
                }
            }
        }
        assertTrue(named > 20, "only " + named);
        assertEquals(Set.of(), missing, "classes that are named in a package that has them not");
    }

    private static boolean isThere(final String name) {
        return Stream.of("src/main/java/io/holdfast", "src/test/java/io/holdfast")
            .anyMatch(root -> Files.exists(BASE.resolve(root).resolve(name)));
    }

    @Test
    void shouldLinkToFilesAndHeadingsThatExist() throws IOException {
        final Set<String> missing = new TreeSet<>();
        for (final Path document : documents()) {
            final String text = Files.readString(document);
            final Matcher matcher = LINK.matcher(text);
            while (matcher.find()) {
                final Path target = matcher.group(1).isEmpty() ? document : document.resolveSibling(matcher.group(1));
                if (!Files.exists(target) || matcher.group(2) != null && !headings(target).contains(matcher.group(2))) {
                    missing.add(document + ": " + matcher.group());
                }
            }
            final Matcher paths = PATH.matcher(text);
            while (paths.find()) {
                if (!Files.exists(BASE.resolve(paths.group(1)))) {
                    missing.add(document + ": " + paths.group(1));
                }
            }
        }
        assertEquals(Set.of(), missing, "files and headings that are linked or named and not there");
    }

    @Test
    void shouldCiteDecisionsThatExist() throws IOException {
        final Set<Integer> known = new TreeSet<>();
        try (Stream<Path> files = Files.list(BASE.resolve("src/docs/decisions"))) {
            files.map(file -> file.getFileName().toString()).filter(name -> name.matches("\\d{4}-.*"))
                .forEach(name -> known.add(Integer.parseInt(name.substring(0, 4))));
        }
        final List<Path> all = new ArrayList<>(documents());
        all.addAll(sources());
        final Set<String> missing = new TreeSet<>();
        int cited = 0;
        for (final Path file : all) {
            final Matcher matcher = DECISION.matcher(Files.readString(file));
            while (matcher.find()) {
                cited++;
                if (!known.contains(Integer.parseInt(matcher.group(1)))) {
                    missing.add(file + ": " + matcher.group());
                }
            }
        }
        assertTrue(cited > 20, "only " + cited + " citations were found");
        assertEquals(Set.of(), missing, "decisions that are cited and not there");
    }

    /** Anchors of a document's headings, as GitHub and others make them. */
    private static Set<String> headings(final Path document) throws IOException {
        return HEADING.matcher(Files.readString(document)).results()
            .map(heading -> heading.group(1).toLowerCase(Locale.ROOT).replaceAll("[^\\w -]", "").replace(' ', '-'))
            .collect(Collectors.toSet());
    }

    private static List<Path> documents() throws IOException {
        final List<Path> documents = new ArrayList<>();
        documents.add(BASE.resolve("README.md"));
        documents.add(BASE.resolve("conformance/DIFFERENCES.md"));
        try (Stream<Path> files = Files.walk(BASE.resolve("src/docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
        }
        return documents;
    }

    private static List<Path> sources() throws IOException {
        final List<Path> sources = new ArrayList<>();
        for (final String root : List.of("src/main/java", "src/test/java")) {
            try (Stream<Path> files = Files.walk(BASE.resolve(root))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        return sources;
    }
}
