package io.holdfast.app.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Options of the agent itself: the keys {@code agent.*} of the configuration. System properties {@code holdfast.agent.*} override
 * them, and the text behind the file in {@code -javaagent:holdfast.jar=FILE,require=protected,only=PATTERN} overrides both. An
 * unknown or impossible option is an {@code IllegalArgumentException} that names it.
 */
final class AgentOptions {
    private static final String PREFIX = "agent.";
    private static final String PROPERTY_PREFIX = "holdfast.";
    private static final String COMMAND = "sun.java.command";
    private static final String MAIN_MODULE = "jdk.module.main";
    private static final int MAX_EXIT_MS = 3_600_000;

    private final Path file;
    private final Map<String, String> values = new LinkedHashMap<>();
    private final Map<String, String> arguments = new LinkedHashMap<>();

    private AgentOptions(final Path file) {
        this.file = file;
        values.put("only", "");
        values.put("require", "nothing");
        values.put("exit_ms", "10000");
    }

    /** @param text text behind {@code -javaagent:holdfast.jar=}; null if there is none */
    static AgentOptions parse(final String text) {
        final String[] parts = (text == null ? "" : text).split(",");
        if (parts[0].isBlank()) {
            throw new IllegalArgumentException("which configuration? -javaagent:holdfast.jar=FILE, with at least stack.addresses ="
                + " A.B.C.D in it, which no host has, and link.device = NAME, a TAP device; see README.md");
        }
        final AgentOptions options = new AgentOptions(Path.of(parts[0].trim()));
        for (int i = 1; i < parts.length; i++) {
            final int equals = parts[i].indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("unknown agent option: " + parts[i] + "; known are "
                    + String.join(", ", options.values.keySet()) + ", each with = and a value");
            }
            options.put(options.arguments, "agent option ", parts[i].substring(0, equals).trim(), parts[i].substring(equals + 1));
        }
        options.values.putAll(options.arguments);
        return options;
    }

    /** Reads the file. */
    AgentOptions load() {
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException("cannot read the configuration " + file.toAbsolutePath());
        }
        final Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot read the configuration " + file, e);
        }
        for (final String name : new TreeSet<>(properties.stringPropertyNames())) {
            if (name.startsWith(PREFIX)) {
                put(values, "setting: " + PREFIX, name.substring(PREFIX.length()), properties.getProperty(name));
            }
        }
        for (final String name : new TreeSet<>(System.getProperties().stringPropertyNames())) {
            if (name.startsWith(PROPERTY_PREFIX + PREFIX) && !name.equals(AgentMain.TRACE)) {
                put(values, "setting: " + PREFIX, name.substring(PROPERTY_PREFIX.length() + PREFIX.length()), System.getProperty(name));
            }
        }
        values.putAll(arguments);
        requireProtected();
        exitMs();
        return this;
    }

    private void put(final Map<String, String> into, final String what, final String key, final String value) {
        if (!values.containsKey(key)) {
            throw new IllegalArgumentException("unknown " + what + key + " = " + value.trim() + "; known are "
                + String.join(", ", values.keySet()));
        }
        into.put(key, value.trim());
    }

    Path file() {
        return file;
    }

    /** Whether a program whose connections go past the stack must not run. */
    boolean requireProtected() {
        final String value = values.get("require");
        if (!value.equals("protected") && !value.equals("nothing")) {
            throw new IllegalArgumentException("agent.require = " + value + ": allowed is protected or nothing");
        }
        return value.equals("protected");
    }

    /** How long the stack outlives the program, for its connections to end. */
    int exitMs() {
        try {
            final int value = Integer.parseInt(values.get("exit_ms"));
            if (value >= 0 && value <= MAX_EXIT_MS) {
                return value;
            }
        } catch (final NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException("agent.exit_ms = " + values.get("exit_ms") + ": allowed is 0 to " + MAX_EXIT_MS);
    }

    /** Returns whether the agent is for this JVM's program. */
    boolean isWanted() {
        return isWanted(System.getProperty(COMMAND, ""), System.getProperty(MAIN_MODULE, ""));
    }

    /**
     * Returns whether the agent is for a program. The JDK's own tools, which get the agent from {@code JAVA_TOOL_OPTIONS}, are
     * left alone unless {@code only} names them; other programs must match {@code only}.
     *
     * @param command main class, jar, or module and main class, then arguments
     * @param module  the main class's; empty if it is of none
     */
    boolean isWanted(final String command, final String module) {
        final String only = values.get("only");
        if (only.isBlank()) {
            return !module.startsWith("jdk.") && !module.startsWith("java.");
        }
        final String program = command.split(" ", 2)[0];
        for (final String pattern : only.split("[|;]")) {
            if (matches(pattern.trim(), program) || matches(pattern.trim(), program.substring(program.lastIndexOf('/') + 1))) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(final String pattern, final String name) {
        return Pattern.matches(Pattern.quote(pattern).replace("*", "\\E.*\\Q"), name);
    }

    /** Every option, as a file would have it, on one line. */
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        for (final Map.Entry<String, String> value : values.entrySet()) {
            text.append(text.length() == 0 ? "" : ", ").append(PREFIX).append(value.getKey()).append(" = ").append(value.getValue());
        }
        return text.toString();
    }
}
