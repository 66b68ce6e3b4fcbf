package io.holdfast.app.agent;

import io.holdfast.app.agent.choices.ChoiceAdvice;
import io.holdfast.app.agent.choices.ChoiceOptions;
import java.lang.instrument.Instrumentation;

/** An agent that installs nothing but the choices, for a JVM without a TAP device. */
public final class ChoicePremain {
    private ChoicePremain() {
    }

    /**
     * @param classes separated by semicolons, or null: those that are loaded before the advice comes
     */
    public static void premain(final String classes, final Instrumentation instrumentation) throws Exception {
        JdkModules.open(instrumentation);
        if (classes != null) {
            for (final String name : classes.split(";")) {
                Class.forName(name, false, ClassLoader.getSystemClassLoader());
            }
        }
        System.err.println(ChoiceAdvice.install(instrumentation, ChoiceOptions.USUAL));
    }
}
