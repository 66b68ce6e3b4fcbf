package io.holdfast.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Every command line that a document shows is one that the command line accepts by name: commands, and their options. */
final class DocumentedCommandsTest {
    private static final Path BASE = Path.of(System.getProperty("holdfast.basedir", "."));
    /** Up to the end of the code span, the line or the shell's command. */
    private static final Pattern COMMAND = Pattern.compile("(?<!-javaagent:)holdfast\\.jar ([a-z][^`\n;|>&]*)");

    @Test
    void shouldShowCommandsAndOptionsThatExist() throws IOException {
        final List<Path> documents = new ArrayList<>(List.of(BASE.resolve("README.md")));
        try (Stream<Path> files = Files.walk(BASE.resolve("src/docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
        }
        final Set<String> unknown = new TreeSet<>();
        final Set<String> seen = new TreeSet<>();
        for (final Path document : documents) {
            final Matcher matcher = COMMAND.matcher(Files.readString(document));
            while (matcher.find()) {
                final String missing = missing(matcher.group(1).trim().split("\\s+"));
                seen.add(matcher.group(1));
                if (missing != null) {
                    unknown.add(document + ": " + matcher.group(1).trim() + ": " + missing);
                }
            }
        }
        assertEquals(Set.of(), unknown);
        assertTrue(seen.size() > 10, () -> "only " + seen);
    }

    @Test
    void shouldShowEveryCommandOfThePairInOperations() throws IOException {
        final String page = Files.readString(BASE.resolve("src/docs/OPERATIONS.md"));
        for (final String command : List.of("status", "ready", "switchover", "takeover", "stats", "capture", "keys")) {
            assertTrue(page.contains("holdfast.jar " + command), command);
        }
    }

    /** The first word that names no command or option; null if there is none. */
    private static String missing(final String[] words) {
        CommandLine command = Holdfast.commandLine();
        for (final String word : words) {
            final Map<String, CommandLine> subcommands = command.getSubcommands();
            if (word.startsWith("-")) {
                if (!command.getCommandSpec().optionsMap().containsKey(word)) {
                    return word;
                }
            } else if (!subcommands.isEmpty()) {
                if (!subcommands.containsKey(word)) {
                    return word;
                }
                command = subcommands.get(word);
            }
        }
        return null;
    }
}
