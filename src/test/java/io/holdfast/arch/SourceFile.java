package io.holdfast.arch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Java source of this project, generated ones apart. */
record SourceFile(Path path, List<String> lines) {
    private static final Path BASE = Path.of(System.getProperty("holdfast.basedir", "."));
    private static final List<String> ROOTS = List.of("src/main/java", "src/test/java", "src/test/guests", "conformance/java",
        "perf/java");
    /** Texts, comments, and what is imported. */
    private static final Pattern HIDDEN = Pattern.compile(
        "\"(?:\\\\.|[^\"\\\\\n])*\"|/\\*(?s:.)*?\\*/|//[^\n]*|^(?:import|package) [^\n]*", Pattern.MULTILINE);
    private static final Pattern TYPE = Pattern.compile("(?<![\\w.])[A-Z]\\w*");

    static List<SourceFile> all() throws IOException {
        final List<SourceFile> all = new ArrayList<>();
        for (final String root : ROOTS) {
            try (Stream<Path> files = Files.walk(BASE.resolve(root))) {
                for (final Path file : (Iterable<Path>) files.filter(f -> f.toString().endsWith(".java")).sorted()::iterator) {
                    all.add(new SourceFile(BASE.relativize(file), Files.readAllLines(file)));
                }
            }
        }
        return all;
    }

    /** Returns the sources of the shipped code. */
    static List<SourceFile> main() throws IOException {
        return all().stream().filter(file -> file.path().startsWith("src/main/java")).toList();
    }

    /** The name of its top-level type. */
    String typeName() {
        return name().substring(0, name().length() - ".java".length());
    }

    String packageName() {
        return Path.of("src", "main", "java").relativize(path.getParent()).toString().replace('/', '.');
    }

    /** Every name in the code that begins like a type's and is not qualified. */
    Set<String> typesNamed() {
        final String code = HIDDEN.matcher(String.join("\n", lines)).replaceAll(" ");
        final Set<String> names = new HashSet<>();
        final Matcher matcher = TYPE.matcher(code);
        while (matcher.find()) {
            names.add(matcher.group());
        }
        return names;
    }

    String name() {
        return path.getFileName().toString();
    }
}
