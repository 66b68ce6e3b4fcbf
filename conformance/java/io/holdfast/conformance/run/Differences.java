package io.holdfast.conformance.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The declared differences: headings of the form {@code ### topic/behaviour.pkt: holds on linux only}. */
public final class Differences {
    private static final Pattern HEADING = Pattern.compile("### (\\S+\\.pkt): holds on (linux|holdfast) only");

    private final Map<String, Side> onlyOn = new LinkedHashMap<>();

    /**
     * Reads the file.
     *
     * @throws IOException also if a heading cannot be read, so that none is overlooked
     */
    public Differences(final Path file) throws IOException {
        for (final String line : Files.readAllLines(file)) {
            if (line.startsWith("### ")) {
                final Matcher m = HEADING.matcher(line);
                if (!m.matches()) {
                    throw new IOException(file + ": cannot read the heading " + line);
                }
                onlyOn.put(m.group(1), m.group(2).equals("linux") ? Side.LINUX : Side.HOLDFAST);
            }
        }
    }

    /** Whether a script is to fail on that side. */
    public boolean declares(final String script, final Side side) {
        final Side holds = onlyOn.get(script);
        return holds != null && holds != side;
    }

    /** Script to the side on which it holds. */
    public Map<String, Side> all() {
        return Map.copyOf(onlyOn);
    }
}
