package io.holdfast.app.launch;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;

/**
 * Entered by the JVM before the program's {@code main}; goes on inside, where {@code io.holdfast.app.agent.AgentMain} starts the
 * stack.
 */
public final class HoldfastAgent {
    private static final String INSIDE = "io.holdfast.app.agent.AgentMain";

    private HoldfastAgent() {
    }

    /**
     * @param arguments text after {@code -javaagent:holdfast.jar=}; null if there is none
     */
    public static void premain(final String arguments, final Instrumentation instrumentation) throws Throwable {
        final Thread thread = Thread.currentThread();
        final ClassLoader programs = thread.getContextClassLoader();
        final ClassLoader inside = InnerClassLoader.get();
        // Libraries look for their services there.
        thread.setContextClassLoader(inside);
        try {
            Class.forName(INSIDE, true, inside).getMethod("premain", String.class, Instrumentation.class)
                .invoke(null, arguments, instrumentation);
        } catch (final InvocationTargetException e) {
            throw e.getCause();
        } finally {
            thread.setContextClassLoader(programs);
        }
    }
}
