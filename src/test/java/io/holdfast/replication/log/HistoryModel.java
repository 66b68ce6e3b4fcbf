package io.holdfast.replication.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The history as a list of lines, with its rules taken literally. */
final class HistoryModel {
    private final List<String[]> records = new ArrayList<>();
    /** By kind and connection: what ends here or before is garbage. */
    private final Map<String, Long> floors = new HashMap<>();

    /** @param line as {@link RandomLog} says it, with its number */
    void add(final String line) {
        final String[] r = line.substring(line.indexOf(' ') + 1).split(" ", -1);
        switch (r[0]) {
            case "Synchronized" -> {
                return;
            }
            case "Closed" -> {
                remove(r[1]);
                return;
            }
            case "Progress" -> {
                removeLast(r);
                raise("Output", r[1], Long.parseLong(r[3]));
            }
            case "Checkpoint" -> {
                removeLast(r);
                raise("Input", r[1], Long.parseLong(r[2]));
                records.removeIf(o -> (o[0].equals("Event") || o[0].equals("Choice")) && o[1].equals(r[1]));
            }
            case "Secrets" -> records.removeIf(o -> o[0].equals("Secrets"));
            default -> {
                // Adds only.
            }
        }
        if (!isStream(r) || end(r) > floors.getOrDefault(r[0] + r[1], 0L)) {
            records.add(r);
        }
    }

    void remove(final String connectionId) {
        records.removeIf(o -> !o[0].equals("Secrets") && o[1].equals(connectionId));
    }

    List<String> lines() {
        return records.stream().map(r -> "0 " + String.join(" ", r)).toList();
    }

    private void removeLast(final String[] r) {
        records.removeIf(o -> o[0].equals(r[0]) && o[1].equals(r[1]));
    }

    private void raise(final String kind, final String connectionId, final long floor) {
        floors.merge(kind + connectionId, floor, Math::max);
        records.removeIf(o -> o[0].equals(kind) && o[1].equals(connectionId) && end(o) <= floor);
    }

    private static boolean isStream(final String[] r) {
        return r[0].equals("Input") || r[0].equals("Output");
    }

    private static long end(final String[] r) {
        final int colon = r[3].indexOf(':');
        return Long.parseLong(r[2]) + (colon >= 0 ? Long.parseLong(r[3].substring(0, colon)) : r[3].length() / 2);
    }
}
