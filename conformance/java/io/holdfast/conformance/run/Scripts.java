package io.holdfast.conformance.run;

import io.holdfast.conformance.script.Script;
import io.holdfast.conformance.script.ScriptParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The scripts of a directory. */
public final class Scripts {
    private Scripts() {
    }

    /**
     * Reads them in the order of their names.
     *
     * @param names topics, scripts, or parts of either; none for all
     */
    public static List<Script> read(final Path directory, final List<String> names) throws IOException {
        final List<Path> files;
        try (Stream<Path> found = Files.walk(directory)) {
            files = found.filter(file -> file.toString().endsWith(".pkt")).sorted().toList();
        }
        final List<Script> scripts = new ArrayList<>();
        for (final Path file : files) {
            final String name = directory.relativize(file).toString();
            if (names.isEmpty() || names.stream().anyMatch(wanted -> matches(name, wanted))) {
                scripts.add(ScriptParser.parse(file, name));
            }
        }
        return scripts;
    }

    /** A name is a topic, a script with or without its topic and ending, or a path to one. */
    private static boolean matches(final String name, final String wanted) {
        final String bare = wanted.replaceAll("/+$", "");
        return name.equals(bare) || name.startsWith(bare + "/") || name.equals(bare + ".pkt") || name.endsWith("/" + bare)
            || name.endsWith("/" + bare + ".pkt") || bare.endsWith("/" + name);
    }
}
