package io.holdfast.app.agent;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.util.Map;
import java.util.Optional;

/**
 * Names the module of the JDK that a start failed for. A program of modules ({@code java -m}) runs with those that it requires,
 * and a runtime image made by {@code jlink} has no others.
 */
final class MissingModule {
    /** Names of the modules that a runtime image may lack. */
    private static final Map<String, String> PACKAGES = Map.of("jdk.net", "jdk.net", "sun.misc", "jdk.unsupported",
        "java.util.logging", "java.logging", "java.lang.management", "java.management", "com.sun.net.httpserver", "jdk.httpserver");

    private MissingModule() {
    }

    /** Returns one line that says what to do if a missing module caused the failure. */
    static Optional<String> explain(final Throwable failure) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            if (e instanceof NoClassDefFoundError || e instanceof ClassNotFoundException) {
                final String name = e.getMessage() == null ? "" : e.getMessage().replace('/', '.');
                final Optional<String> module = moduleOf(name.substring(0, Math.max(0, name.lastIndexOf('.'))));
                if (module.isPresent()) {
                    return Optional.of(whatToDo(module.get()));
                }
            }
            if (e instanceof java.security.NoSuchAlgorithmException && String.valueOf(e.getMessage()).startsWith("EC ")) {
                return Optional.of(whatToDo("jdk.crypto.ec"));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> moduleOf(final String packageName) {
        for (final ModuleReference reference : ModuleFinder.ofSystem().findAll()) {
            final ModuleDescriptor descriptor = reference.descriptor();
            if (descriptor.packages().contains(packageName)) {
                return Optional.of(descriptor.name());
            }
        }
        return Optional.ofNullable(PACKAGES.get(packageName));
    }

    private static String whatToDo(final String module) {
        return ModuleFinder.ofSystem().find(module).isPresent()
            ? "the JDK's module " + module + " is not among the program's: start it with --add-modules " + module
            : "this runtime image lacks the JDK's module " + module + ": add that to the --add-modules of jlink";
    }
}
