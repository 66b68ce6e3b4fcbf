package io.holdfast.lab.server;

import java.util.Arrays;
import java.util.List;

/**
 * Several programs in one process, so that a test starts one JVM: {@code Together PROGRAM ARGUMENTS... + PROGRAM
 * ARGUMENTS...}, the programs by their classes' names. If one of them fails, the process ends.
 */
public final class Together {
    private static final String BETWEEN = "+";

    private Together() {
    }

    public static void main(final String[] arguments) {
        List<String> rest = Arrays.asList(arguments);
        while (!rest.isEmpty()) {
            final int end = rest.contains(BETWEEN) ? rest.indexOf(BETWEEN) : rest.size();
            start(rest.subList(0, end));
            rest = rest.subList(Math.min(end + 1, rest.size()), rest.size());
        }
    }

    private static void start(final List<String> command) {
        final String[] arguments = command.subList(1, command.size()).toArray(String[]::new);
        new Thread(() -> {
            try {
                Class.forName(command.get(0)).getMethod("main", String[].class).invoke(null, (Object) arguments);
            } catch (final ReflectiveOperationException e) {
                e.printStackTrace();
                System.exit(1);
            }
        }, command.get(0)).start();
    }
}
