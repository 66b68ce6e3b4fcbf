package io.holdfast.app.agent.choices;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Methods of programs whose results are choices. Their results depend on state that all connections share, and that timers or the
 * speed of other threads change, like a date that is kept for a second. {@code replication.choices.methods} adds to the known
 * methods.
 */
final class ChosenMethods {
    static final String KEY = "replication.choices.methods";
    static final String STRING = "Ljava/lang/String;";
    static final String BYTES = "[B";
    static final String LONG = "J";

    /**
     * Known methods: Undertow's, whose timer forgets the date; Tomcat's, whose first reader in a second draws it for the others.
     */
    private static final String KNOWN = "io.undertow.util.DateUtils.getCurrentDateTime;"
        + "org.apache.tomcat.util.http.FastHttpDateFormat.getCurrentDate";
    private static final Set<String> RESULTS = Set.of(STRING, BYTES, LONG);
    private static final Pattern METHOD = Pattern.compile("[\\w$.]+\\.[\\w$]+");

    private final Map<String, Set<String>> byClass = new HashMap<>();

    private ChosenMethods() {
    }

    /** @param more {@code CLASS.METHOD}, several with semicolons between; null or blank for none besides the known */
    static ChosenMethods of(final String more) {
        final ChosenMethods methods = new ChosenMethods();
        methods.addAll(KNOWN);
        if (more != null) {
            methods.addAll(more);
        }
        return methods;
    }

    private void addAll(final String list) {
        for (final String each : list.split(";")) {
            final String name = each.trim();
            if (!name.isEmpty()) {
                add(name);
            }
        }
    }

    private void add(final String name) {
        if (!METHOD.matcher(name).matches()) {
            throw new IllegalArgumentException(KEY + ": " + name + " is not CLASS.METHOD; several are separated by semicolons");
        }
        final int dot = name.lastIndexOf('.');
        byClass.computeIfAbsent(name.substring(0, dot).replace('.', '/'), any -> new HashSet<>()).add(name.substring(dot + 1));
    }

    /** Returns whether a class, by internal name, has such a method. */
    boolean areIn(final String type) {
        return byClass.containsKey(type);
    }

    /** @throws IllegalArgumentException if its return type cannot follow */
    boolean contains(final String type, final String method, final String descriptor) {
        if (!byClass.getOrDefault(type, Set.of()).contains(method)) {
            return false;
        }
        final String result = descriptor.substring(descriptor.indexOf(')') + 1);
        if (!RESULTS.contains(result)) {
            throw new IllegalArgumentException(KEY + ": " + method + descriptor + " returns neither String, byte[] nor long");
        }
        return true;
    }
}
