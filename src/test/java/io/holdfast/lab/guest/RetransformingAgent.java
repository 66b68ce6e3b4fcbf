package io.holdfast.lab.guest;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;

/** An agent that retransforms the JDK's classes of sockets and changes nothing, as those do that only look. */
public final class RetransformingAgent {
    private RetransformingAgent() {
    }

    public static void premain(final String classes, final Instrumentation instrumentation) throws Exception {
        instrumentation.addTransformer(new ClassFileTransformer() {
            @Override
            public byte[] transform(final ClassLoader loader, final String name, final Class<?> type, final ProtectionDomain domain,
                final byte[] bytes) {
                return null;
            }
        }, true);
        for (final String name : classes.split(";")) {
            instrumentation.retransformClasses(Class.forName(name));
        }
        System.out.println("retransformed " + classes);
    }
}
