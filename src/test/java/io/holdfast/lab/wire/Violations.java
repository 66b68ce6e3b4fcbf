package io.holdfast.lab.wire;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Collects: counts all, keeps the first ones. */
final class Violations {
    private static final int MAX_KEPT = 100;

    private final List<Violation> first = new ArrayList<>();
    private final Map<Rule, Integer> counts = new EnumMap<>(Rule.class);

    void add(final Rule rule, final long timeNs, final String connection, final String text) {
        counts.merge(rule, 1, Integer::sum);
        if (first.size() < MAX_KEPT) {
            first.add(new Violation(rule, timeNs, connection, text));
        }
    }

    List<Violation> first() {
        return List.copyOf(first);
    }

    Map<Rule, Integer> counts() {
        return Map.copyOf(counts);
    }
}
