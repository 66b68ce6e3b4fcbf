package io.holdfast.app.agent;

import java.lang.instrument.Instrumentation;

/**
 * Entered before the program's {@code main}. Opens the JDK's modules first, and only then touches classes that need them. An
 * error is reported in one line and ends the JVM, because a server that silently ran on the kernel would be worse.
 */
public final class AgentMain {
    /** System property: stack traces of a start that fails. */
    static final String TRACE = "holdfast.agent.trace";

    private AgentMain() {
    }

    /**
     * @param arguments text after {@code -javaagent:holdfast.jar=}, see {@link AgentOptions}; null if there is none
     */
    public static void premain(final String arguments, final Instrumentation instrumentation) {
        try {
            final AgentOptions options = AgentOptions.parse(arguments);
            if (!options.isWanted() || !options.load().isWanted()) {
                return;
            }
            JdkModules.open(instrumentation);
            Warmup.start();
            AgentStart.start(options, instrumentation);
        } catch (final Throwable e) {
            fail(e);
        }
    }

    private static void fail(final Throwable e) {
        System.err.println("holdfast: " + MissingModule.explain(e).orElseGet(() -> describe(e)));
        if (Boolean.getBoolean(TRACE)) {
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
