package io.holdfast.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long clients stalled after a death was detected (O7 of the replication contract), by kind of scenario. Any
 * thread.
 */
final class Stalls {
    private static final double MS = 1e6;
    private static final long USUAL_MS = 30;
    private static final Map<String, Integer> SLOWER_MS = Map.of("lossy path", 2_000, "nothing heard", 1_000,
        "backup slow", 1_500, "cookies", 300, "reads shut", 100, "without room, many", 2_000);

    private final Map<String, List<Long>> byKind = new TreeMap<>();

    synchronized void add(final String kind, final Drama.Outcome outcome) {
        byKind.computeIfAbsent(kind, k -> new ArrayList<>()).addAll(outcome.stallsNs());
    }

    private static double quantile(final List<Long> sorted, final double q) {
        return sorted.isEmpty() ? 0 : sorted.get((int) Math.min(sorted.size() - 1, (long) (q * sorted.size()))) / MS;
    }

    /** The longest stall of each kind is no longer than what its clients must wait for. */
    synchronized void check() {
        byKind.forEach((kind, list) -> {
            final long bound = bound(kind);
            assertTrue(Collections.max(list) <= bound * MS, () -> kind + ": a stall of " + Collections.max(list) / MS
                + " ms, allowed are " + bound);
        });
    }

    /** A few round trips of 2 ms, a sleep of the application, or where something was lost a timeout of the client. */
    private static long bound(final String kind) {
        for (final Map.Entry<String, Integer> e : SLOWER_MS.entrySet()) {
            if (kind.contains(e.getKey())) {
                return e.getValue();
            }
        }
        return USUAL_MS;
    }

    @Override
    public synchronized String toString() {
        final StringBuilder text = new StringBuilder(String.format("%-36s %6s %9s %9s %9s  (ms after detection)%n",
            "stall of",
            "n", "p50", "p99", "max"));
        byKind.forEach((kind, list) -> {
            Collections.sort(list);
            text.append(String.format(Locale.ROOT, "%-36s %6d %9.1f %9.1f %9.1f%n", kind, list.size(), quantile(list,
                0.5),
                quantile(list, 0.99), quantile(list, 1)));
        });
        return text.toString();
    }
}
