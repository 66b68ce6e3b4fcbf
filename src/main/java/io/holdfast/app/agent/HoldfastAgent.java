package io.holdfast.app.agent;

import java.lang.instrument.Instrumentation;

/**
 * Entered by the JVM before the program's {@code main}. Opens what must be opened first, and only then touches anything
 * that needs it; an error is told in one line and ends the JVM, because a server that silently ran on the kernel would
 * be worse.
 */
public final class HoldfastAgent {
    private HoldfastAgent() {
    }

    /**
     * @param file path of the stack's configuration, given after {@code -javaagent:holdfast.jar=}
     */
    public static void premain(final String file, final Instrumentation instrumentation) {
        try {
            if (file == null || file.isBlank()) {
                throw new IllegalArgumentException("which configuration? -javaagent:holdfast.jar=FILE");
            }
            JdkModules.open(instrumentation);
            AgentStart.start(file.trim(), instrumentation);
        } catch (final Throwable e) {
            fail(e);
        }
    }

    private static void fail(final Throwable e) {
        System.err.println("holdfast: " + describe(e));
        if (Boolean.getBoolean("holdfast.agent.trace")) {
            e.printStackTrace();
        }
        System.exit(1);
    }

    private static String describe(final Throwable e) {
        final String message = e.getMessage() == null ? e.toString() : e.getMessage();
        final boolean expected = e instanceof IllegalArgumentException || e instanceof IllegalStateException
            || e instanceof java.io.UncheckedIOException;
        final Throwable cause = e.getCause();
        return (expected ? message : e.toString())
            + (cause == null || cause.getMessage() == null || message.contains(cause.getMessage())
                ? "" : " (" + cause + ")");
    }
}
