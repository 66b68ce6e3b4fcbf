package io.holdfast.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads lines {@code ROUND STACK METRIC VALUE} and prints medians and ratios. The ratio is the median of the rounds'
 * ratios: within a round both ran within seconds of each other, and what drifts, drifts for both.
 */
public final class PerfReport {
    private static final String OURS = "holdfast";
    private static final String PEER = "kernel";

    private PerfReport() {
    }

    public static void main(final String[] arguments) throws IOException {
        final Map<String, Map<String, Map<String, Double>>> metrics = new LinkedHashMap<>();
        for (final String line : Files.readAllLines(Path.of(arguments[0]))) {
            final String[] words = line.split("\\s+");
            metrics.computeIfAbsent(words[2], key -> new LinkedHashMap<>())
                .computeIfAbsent(words[1], key -> new LinkedHashMap<>())
                .put(words[0], Double.parseDouble(words[3]));
        }
        System.out.printf("%-28s %12s %12s %18s  %s%n", "median of the rounds", OURS, PEER, OURS + "/" + PEER, "rounds");
        metrics.forEach((metric, stacks) -> row(metric,
            stacks.getOrDefault(OURS, Map.of()), stacks.getOrDefault(PEER, Map.of())));
        System.out.println("Ratios: above 1 is better for throughput and rates, below 1 for times (us).");
    }

    private static void row(final String metric, final Map<String, Double> ours, final Map<String, Double> peer) {
        final List<Double> ratios = new ArrayList<>();
        ours.forEach((round, value) -> {
            final Double other = peer.get(round);
            if (other != null && other != 0) {
                ratios.add(value / other);
            }
        });
        System.out.printf("%-28s %12s %12s %18s  %d%n", metric, text(median(ours.values().stream().toList())),
            text(median(peer.values().stream().toList())), text(median(ratios)), ratios.size());
    }

    static double median(final List<Double> values) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        final List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        final int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    static String text(final double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        return value >= 1000 ? String.format("%.0f", value) : String.format("%.2f", value);
    }
}
