package io.holdfast.app.agent;

import io.holdfast.app.agent.choices.ChoiceAdvice;
import io.holdfast.app.agent.choices.ChoiceOptions;
import java.lang.instrument.Instrumentation;
import java.security.KeyPairGenerator;
import javax.crypto.KeyGenerator;

/** An agent that installs nothing but the choices, for a JVM without a TAP device. */
public final class ChoicePremain {
    private ChoicePremain() {
    }

    /**
     * @param classes separated by semicolons: those that are loaded before the advice comes, the generators that the JDK keeps
     *                for everybody included; null for none
     */
    public static void premain(final String classes, final Instrumentation instrumentation) throws Exception {
        JdkModules.open(instrumentation);
        if (classes != null) {
            for (final String name : classes.split(";")) {
                Class.forName(name, false, ClassLoader.getSystemClassLoader());
            }
            KeyPairGenerator.getInstance("EC").generateKeyPair();
            KeyGenerator.getInstance("AES").generateKey();
        }
        System.err.println(ChoiceAdvice.install(instrumentation, ChoiceOptions.USUAL));
    }
}
