package io.holdfast.conformance.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The requirement tables in {@code conformance/requirements}. */
public final class Requirements {
    /** The tables there are. */
    public static final List<String> RFCS = List.of("rfc9293", "rfc7323", "rfc2018", "rfc5961", "rfc6298", "rfc8985");
    private static final String HEADER = "id,level,requirement,status,class,script";

    private Requirements() {
    }

    /**
     * One line.
     *
     * @param id as the RFC labels it, or section and number
     * @param status done, partly or not, and why
     * @param classes below {@code io.holdfast}
     * @param scripts without their ending
     */
    public record Requirement(String rfc, String id, String level, String text, String status, List<String> classes,
        List<String> scripts) {
    }

    /** Reads a table. */
    public static List<Requirement> read(final Path conformance, final String rfc) throws IOException {
        final Path file = conformance.resolve("requirements/" + rfc + ".csv");
        final List<String> lines = Files.readAllLines(file);
        if (!lines.get(0).equals(HEADER)) {
            throw new IOException(file + ": the first line is not " + HEADER);
        }
        final List<Requirement> table = new ArrayList<>();
        for (final String line : lines.subList(1, lines.size())) {
            final List<String> fields = fields(line);
            if (fields.size() != 6) {
                throw new IOException(file + ": " + fields.size() + " fields in " + line);
            }
            table.add(new Requirement(rfc, fields.get(0), fields.get(1), fields.get(2), fields.get(3), words(fields.get(4)),
                words(fields.get(5))));
        }
        return table;
    }

    private static List<String> words(final String text) {
        return text.isBlank() ? List.of() : Arrays.asList(text.trim().split("\\s+"));
    }

    /** RFC 4180: commas inside quotes belong to the field. */
    private static List<String> fields(final String line) {
        final List<String> fields = new ArrayList<>();
        final StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            final char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
