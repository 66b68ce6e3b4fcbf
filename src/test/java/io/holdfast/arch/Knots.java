package io.holdfast.arch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Files of a package that cannot be read one after the other, since each needs, by way of some others, each: the strongly
 * connected components of the files' dependencies (Tarjan's algorithm).
 */
final class Knots {
    private final Map<String, Set<String>> uses;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<String, Integer> lowest = new HashMap<>();
    private final Deque<String> open = new ArrayDeque<>();
    private final List<Set<String>> found = new ArrayList<>();

    private Knots(final Map<String, Set<String>> uses) {
        this.uses = uses;
        uses.keySet().forEach(file -> {
            if (!numbers.containsKey(file)) {
                visit(file);
            }
        });
    }

    /** The largest knot of each package that has one, by package; of the sources of {@code src/main/java}. */
    static Map<String, Set<String>> largest(final List<SourceFile> sources) {
        final Map<String, List<SourceFile>> packages = new TreeMap<>();
        sources.forEach(file -> packages.computeIfAbsent(file.packageName(), any -> new ArrayList<>()).add(file));
        final Map<String, Set<String>> all = new TreeMap<>();
        packages.forEach((name, files) -> {
            for (final Set<String> knot : new Knots(uses(files)).found) {
                if (knot.size() > 1) {
                    all.merge(name, knot, (a, b) -> a.size() >= b.size() ? a : b);
                }
            }
        });
        return all;
    }

    /** References between the files of a package, without comments and texts. Constants, which the compiler copies, count. */
    private static Map<String, Set<String>> uses(final List<SourceFile> files) {
        final Set<String> names = new TreeSet<>();
        files.forEach(file -> names.add(file.typeName()));
        final Map<String, Set<String>> uses = new TreeMap<>();
        for (final SourceFile file : files) {
            final Set<String> used = new TreeSet<>(file.typesNamed());
            used.retainAll(names);
            used.remove(file.typeName());
            uses.put(file.typeName(), used);
        }
        return uses;
    }

    private void visit(final String file) {
        final int number = numbers.size();
        numbers.put(file, number);
        lowest.put(file, number);
        open.push(file);
        for (final String used : uses.getOrDefault(file, Set.of())) {
            if (!numbers.containsKey(used)) {
                visit(used);
                lowest.merge(file, lowest.get(used), Math::min);
            } else if (open.contains(used)) {
                lowest.merge(file, numbers.get(used), Math::min);
            }
        }
        if (lowest.get(file) == number) {
            final Set<String> knot = new HashSet<>();
            String last;
            do {
                last = open.pop();
                knot.add(last);
            } while (!last.equals(file));
            found.add(new TreeSet<>(knot));
        }
    }
}
