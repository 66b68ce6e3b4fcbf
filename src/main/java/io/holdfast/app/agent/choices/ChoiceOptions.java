package io.holdfast.app.agent.choices;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * Which choices follow the primary: {@code replication.choices}, words separated by commas. Unless given, clock,
 * randomness and waits where the backup runs the server too ({@code replication.mode} hot or cold), nothing otherwise.
 *
 * @param clock  readings of the calendar's clocks
 * @param random all generators
 * @param waits replay skips sleeps and parks, and {@code System.nanoTime} is ahead by them, for a connection whose server on
 *               another host was further
 * @param nano   {@code System.nanoTime}: only when asked for. It measures time on one host, and a program that takes one
 *               reading from the primary and the other from its own host measures nonsense
 * @param queues what is put into a blocking queue is worked off for the connection that it was put there for: only when asked for,
 *               since programs keep buffers in queues, too
 * @param methods {@code replication.choices.methods}: methods whose results follow besides the known ones; blank for none
 */
public record ChoiceOptions(boolean clock, boolean random, boolean waits, boolean nano, boolean queues, String methods) {
    public static final String CHOICES = "replication.choices";
    public static final String MODE = "replication.mode";
    public static final ChoiceOptions NONE = new ChoiceOptions(false, false, false, false, false, "");
    public static final ChoiceOptions USUAL = new ChoiceOptions(true, true, true, false, false, "");

    /** Reads a properties file; system properties {@code holdfast.*} override it. */
    public static ChoiceOptions load(final Path file) {
        final Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot read the configuration " + file, e);
        }
        final String methods = value(properties, ChosenMethods.KEY);
        final ChoiceOptions options = of(value(properties, MODE), value(properties, CHOICES));
        ChosenMethods.of(methods);
        return methods == null || options.isNone() ? options
            : new ChoiceOptions(options.clock, options.random, options.waits, options.nano, options.queues, methods);
    }

    private static String value(final Properties properties, final String key) {
        return System.getProperty("holdfast." + key, properties.getProperty(key));
    }

    /**
     * @param mode    null or blank for off
     * @param choices null for the mode's usual ones
     */
    static ChoiceOptions of(final String mode, final String choices) {
        if (choices != null) {
            return parse(choices);
        }
        final String trimmed = mode == null ? "" : mode.trim();
        return trimmed.equals("hot") || trimmed.equals("cold") ? USUAL : NONE;
    }

    static ChoiceOptions parse(final String choices) {
        boolean clock = false;
        boolean random = false;
        boolean waits = false;
        boolean nano = false;
        boolean queues = false;
        for (final String word : choices.split(",")) {
            switch (word.trim()) {
                case "clock" -> clock = true;
                case "random" -> random = true;
                case "waits" -> waits = true;
                case "nano" -> nano = true;
                case "queues" -> queues = true;
                case "none", "" -> {
                }
                default -> throw new IllegalArgumentException(CHOICES + " = " + choices
                    + ": allowed are clock, random, waits, nano, queues, separated by commas, or none");
            }
        }
        return new ChoiceOptions(clock, random, waits, nano, queues, "");
    }

    public boolean isNone() {
        return !clock && !random && !waits && !nano && !queues;
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        append(text, clock, "clock");
        append(text, random, "random");
        append(text, waits, "waits");
        append(text, nano, "nano");
        append(text, queues, "queues");
        return text.length() == 0 ? "none" : text.toString();
    }

    private static void append(final StringBuilder text, final boolean given, final String word) {
        if (given) {
            text.append(text.length() == 0 ? "" : ",").append(word);
        }
    }
}
