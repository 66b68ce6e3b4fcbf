package io.holdfast.app.agent.choices;

import io.holdfast.failover.witness.Registers;
import java.net.URL;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Whose classes follow the primary: the program's own, whatever loader they come from, and of the JDK those of its HTTP
 * server. Not the part of that which looks for idle connections ({@code ServerImpl}): what a server decides by its own
 * timers is no choice to be copied, and how often it asks depends on the host's speed.
 */
final class Followers {
    enum Part {
        /** Its choices are the primary's. */
        CHOOSES,
        /** Its randomness is kept out of the choices although it comes from a generator that asks. */
        STAYS_LOCAL,
        /** It holds or hands out a generator that may be older than the one that asks. */
        HAS_GENERATOR,
        /** It gives programs' tasks to executors. */
        GIVES_TASKS,
        /** Its threads do nothing but run programs' tasks. */
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
     * Whoever draws without a generator of his own (ECDSA's nonces, PSS's salts, key pairs) gets one that the JDK keeps, and made
     * when it was first asked for: by Holdfast's own TLS, perhaps, long before the program.
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
    /** Of nobody else's classes; null where Holdfast comes from a class path. */
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

    /** As text: two URLs are compared by resolving their hosts otherwise. */
    private boolean isOurs(final ProtectionDomain domain) {
        final URL theirs = location(domain);
        return ours != null && theirs != null && Objects.equals(ours.toExternalForm(), theirs.toExternalForm());
    }

    private static URL location(final ProtectionDomain domain) {
        final CodeSource source = domain == null ? null : domain.getCodeSource();
        return source == null ? null : source.getLocation();
    }
}
