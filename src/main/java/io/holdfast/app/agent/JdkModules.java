package io.holdfast.app.agent;

import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.Set;

/** Opens the parts of the JDK that Holdfast stands on, to the module that the agent is in. */
final class JdkModules {
    private JdkModules() {
    }

    static void open(final Instrumentation instrumentation) {
        final Module base = Object.class.getModule();
        final Set<Module> us = Set.of(JdkModules.class.getModule());
        instrumentation.redefineModule(base, Set.of(),
            Map.of(
                "jdk.internal.misc", us,    // Agrona's memory access
                "sun.nio.ch", us,           // the kernel's selector provider and sockets
                "sun.net", us),             // the mark of a platform socket
            Map.of(
                "java.net", us,             // SocketImpl's protected methods
                "java.lang", us),           // leave for native calls, below
            Set.of(), Map.of());
        allowNativeAccess();
    }

    /** Newer JDKs (JEP 472) warn of native calls of modules that were not announced; an agent's manifest cannot do it. */
    private static void allowNativeAccess() {
        try {
            MethodHandles.privateLookupIn(Module.class, MethodHandles.lookup())
                .findStatic(Module.class, "implAddEnableNativeAccessToAllUnnamed", MethodType.methodType(void.class))
                .invoke();
        } catch (final Throwable e) {
            // An older JDK, which does not warn; or a newer one still, which then does.
            return;
        }
    }
}
