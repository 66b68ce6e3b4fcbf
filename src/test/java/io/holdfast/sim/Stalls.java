package io.holdfast.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long clients stalled after a death was detected (O7 of the replication contract), in virtual time: a histogram for each
 * kind of scenario. Any thread.
 *
 * <p>{@code stalls.txt} has the histograms of the last review, and for each a bound of its median and of its longest stall: a few
 * round trips of 2 ms, a sleep of the application, or where data was lost a timeout of the client.
 * {@code -Dholdfast.sim.stalls=FILE} writes a new file, with bounds for histograms that have none.
 */
final class Stalls {
    private static final String GOLDEN = "stalls.txt";
    private static final double MS = 1e6;
    /** Upper ends of the histogram's columns. */
    private static final long[] COLUMNS_MS = {0, 5, 20, 100, 300, 1_000, 3_000};

    /** No bound is tighter. */
    private static final long LEAST_MEDIAN_MS = 5;
    private static final long LEAST_LONGEST_MS = 10;

    /** Bounds of a histogram. */
    private record Bound(long medianMs, long longestMs) {
    }

    private final Map<String, List<Long>> byKind = new TreeMap<>();

    synchronized void add(final String kind, final List<Long> stallsNs) {
        byKind.computeIfAbsent(kind, k -> new ArrayList<>()).addAll(stallsNs);
    }

    private static double quantile(final List<Long> sorted, final double q) {
        return sorted.isEmpty() ? 0 : sorted.get((int) Math.min(sorted.size() - 1, (long) (q * sorted.size()))) / MS;
    }

    private static Map<String, Bound> bounds() {
        final Map<String, Bound> bounds = new TreeMap<>();
        try (InputStream in = Stalls.class.getResourceAsStream(GOLDEN)) {
            if (in != null) {
                new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                    final String[] fields = line.split("\\|");
                    bounds.put(fields[0].trim(),
                        new Bound(Long.parseLong(fields[1].trim()), Long.parseLong(fields[2].trim())));
                });
            }
            return bounds;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every kind has its bounds, and keeps within them; there are no others. */
    synchronized void check() {
        final Map<String, Bound> bounds = bounds();
        assertEquals(bounds.keySet(), byKind.keySet(), "kinds in " + GOLDEN);
        byKind.forEach((kind, list) -> {
            Collections.sort(list);
            final Bound bound = bounds.get(kind);
            final double median = quantile(list, 0.5);
            final double longest = quantile(list, 1);
            assertTrue(median <= bound.medianMs && longest <= bound.longestMs, () -> kind + ": stalls of " + median
                + " ms in the middle and " + longest + " ms at most, allowed are " + bound);
        });
    }

    /** The smallest of 1, 2, 3, 5, 10, 20... that is no smaller. */
    private static long round(final double ms) {
        for (long unit = 1;; unit *= 10) {
            for (final long step : new long[] {1, 2, 3, 5}) {
                if (ms <= step * unit) {
                    return step * unit;
                }
            }
        }
    }

    private static int column(final long ns) {
        int column = 0;
        while (column < COLUMNS_MS.length && ns > COLUMNS_MS[column] * MS) {
            column++;
        }
        return column;
    }

    /** Text in the form of the golden file. */
    @Override
    public synchronized String toString() {
        final StringBuilder text = new StringBuilder("# ms from detection until a client goes on; n, and how many stalled at most\n");
        text.append(String.format("# %-64s|%6s |%6s |%6s |", "scenario, who dies", "median", "most", "n"));
        for (final long ms : COLUMNS_MS) {
            text.append(String.format("%6d", ms));
        }
        text.append("  more\n");
        final Map<String, Bound> bounds = bounds();
        byKind.forEach((kind, list) -> {
            Collections.sort(list);
            final Bound bound = bounds.getOrDefault(kind, new Bound(Math.max(LEAST_MEDIAN_MS, round(quantile(list, 0.5))),
                Math.max(LEAST_LONGEST_MS, round(quantile(list, 1)))));
            final int[] counts = new int[COLUMNS_MS.length + 1];
            list.forEach(ns -> counts[column(ns)]++);
            text.append(String.format(Locale.ROOT, "%-66s|%6d |%6d |%6d |", kind, bound.medianMs, bound.longestMs, list.size()));
            for (final int count : counts) {
                text.append(String.format("%6d", count));
            }
            text.append('\n');
        });
        return text.toString();
    }
}
