package io.holdfast.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads lines {@code ROUND MODE METRIC VALUE} and prints, for each metric, each mode's median and its ratio to mode off: the
 * median of the rounds' ratios, as {@link PerfReport} does it.
 */
public final class OverheadReport {
    private static final List<String> MODES = List.of("kernel", "off", "hot", "cold");
    private static final String BASE = "off";

    private OverheadReport() {
    }

    public static void main(final String[] arguments) throws IOException {
        final Map<String, Map<String, Map<String, Double>>> metrics = new LinkedHashMap<>();
        for (final String line : Files.readAllLines(Path.of(arguments[0]))) {
            final String[] words = line.split("\\s+");
            metrics.computeIfAbsent(words[2], key -> new LinkedHashMap<>())
                .computeIfAbsent(words[1], key -> new LinkedHashMap<>())
                .put(words[0], Double.parseDouble(words[3]));
        }
        System.out.printf("%-24s", "medians; ratios to off");
        for (final String mode : MODES) {
            System.out.printf(mode.equals(BASE) ? " %10s" : " %10s   (x)", mode);
        }
        System.out.println("  rounds");
        metrics.forEach((metric, modes) -> row(metric, modes));
        System.out.println("Throughput and requests: more is better; times and CPU: less is.");
    }

    private static void row(final String metric, final Map<String, Map<String, Double>> modes) {
        final Map<String, Double> base = modes.getOrDefault(BASE, Map.of());
        System.out.printf("%-24s", metric);
        for (final String mode : MODES) {
            final Map<String, Double> values = modes.getOrDefault(mode, Map.of());
            System.out.printf(" %10s", PerfReport.text(PerfReport.median(new ArrayList<>(values.values()))));
            if (!mode.equals(BASE)) {
                System.out.printf(" %5s", PerfReport.text(PerfReport.median(ratios(values, base))));
            }
        }
        System.out.printf("  %d%n", base.size());
    }

    private static List<Double> ratios(final Map<String, Double> values, final Map<String, Double> base) {
        final List<Double> ratios = new ArrayList<>();
        values.forEach((round, value) -> {
            final Double other = base.get(round);
            if (other != null && other != 0) {
                ratios.add(value / other);
            }
        });
        return ratios;
    }
}
