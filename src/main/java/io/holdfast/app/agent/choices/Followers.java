package io.holdfast.app.agent.choices;

import io.holdfast.failover.witness.Registers;
import java.net.URL;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Decides which classes follow the primary: the program's own, of any loader, and the classes of the JDK's HTTP server. The part
 * of that server which looks for idle connections ({@code ServerImpl}) does not follow: a decision by the server's own timers
 * must not be copied, and the number of its readings depends on the host's speed.
 */
final class Followers {
    enum Part {
        /** The class's choices are the primary's. */
        CHOOSES,
        /** The class's randomness is kept out of the choices although it comes from a generator that asks. */
        STAYS_LOCAL,
        /** The class holds or hands out a generator that may be older than the one that asks. */
        HAS_GENERATOR,
        /** The class gives programs' tasks to executors. */
        GIVES_TASKS,
        /** The class's threads only run programs' tasks. */
        RUNS_TASKS,
        NOTHING
    }

    private static final List<String> JDK = List.of("sun/net/httpserver/", "com/sun/net/httpserver/");
    private static final String HTTP_TIMERS = "sun/net/httpserver/ServerImpl";
    /**
     * RSA's blinding: how often it draws depends on what other connections did before, and nothing of it can be seen in
     * the result.
     */
    private static final String BLINDING = "sun/security/rsa/RSACore";
    /**
     * Holders of the JDK's default generators, for code that draws without one of its own (ECDSA's nonces, PSS's salts, key
     * pairs). The JDK makes them at their first use, which may be by Holdfast's own TLS, long before the program.
     */
    private static final List<String> GENERATORS = List.of("sun/security/jca/JCAUtil", "com/sun/crypto/provider/SunJCE",
        "javax/crypto/");
    private static final Set<String> GIVERS = Set.of("java/util/concurrent/AbstractExecutorService",
        "java/util/concurrent/ExecutorCompletionService", "java/util/concurrent/CompletableFuture");
    private static final String POOL = "java/util/concurrent/ThreadPoolExecutor";
    /** Holdfast's own libraries, where a class path has them beside it: a jar of Holdfast's brings a class loader. */
    private static final List<String> LIBRARIES = List.of("org/agrona/", "com/lmax/disruptor/", "com/kenai/jffi/",
        "org/objectweb/asm/", "org/HdrHistogram/");

    private final URL ours;
    /** The loader of Holdfast's classes alone; null where Holdfast comes from a class path. */
    private final ClassLoader inside;
    private final ClassLoader platform = ClassLoader.getPlatformClassLoader();

    Followers() {
        ours = location(Followers.class.getProtectionDomain());
        final ClassLoader mine = Followers.class.getClassLoader();
        inside = mine == ClassLoader.getSystemClassLoader() ? null : mine;
    }

    Part of(final ClassLoader loader, final String name, final ProtectionDomain domain) {
        if (loader == null || loader == platform) {
            return ofJdk(name);
        }
        final boolean own = Registers.isLibrary(loader)
            || (inside != null ? loader == inside : isOurs(domain) || startsWithAny(name, LIBRARIES));
        return own ? Part.NOTHING : Part.CHOOSES;
    }

    private static Part ofJdk(final String name) {
        if (name.startsWith(BLINDING)) {
            return Part.STAYS_LOCAL;
        }
        if (name.equals(POOL)) {
            return Part.RUNS_TASKS;
        }
        if (GIVERS.contains(name)) {
            return Part.GIVES_TASKS;
        }
        if (startsWithAny(name, GENERATORS)) {
            return Part.HAS_GENERATOR;
        }
        return startsWithAny(name, JDK) && !name.startsWith(HTTP_TIMERS) ? Part.CHOOSES : Part.NOTHING;
    }

    private static boolean startsWithAny(final String name, final List<String> prefixes) {
        for (final String prefix : prefixes) {
            if (name.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    /** A location as text: {@code URL.equals} would resolve host names. */
    private boolean isOurs(final ProtectionDomain domain) {
        final URL theirs = location(domain);
        return ours != null && theirs != null && Objects.equals(ours.toExternalForm(), theirs.toExternalForm());
    }

    private static URL location(final ProtectionDomain domain) {
        final CodeSource source = domain == null ? null : domain.getCodeSource();
        return source == null ? null : source.getLocation();
    }
}
