package io.holdfast.failover.witness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/** Finds the library that reaches a register, and opens it. */
public final class Registers {
    /** So deep the caller of the JDK's networking is looked for. */
    private static final int FRAMES = 24;
    private static final List<String> LIBRARIES = List.of("org.apache.zookeeper", "org.apache.curator");
    /** Of a register's library, once one was opened that has a loader of its own. */
    private static volatile ClassLoader loader;

    private Registers() {
    }

    /**
     * Opens the register that is named so.
     *
     * @param name     {@code SCHEME:ADDRESS}, as of {@code replication.witness}
     * @param path     jars with a provider and what it needs, with colons between; empty for what Holdfast brings
     * @param patience see {@link RegisterProvider#open}
     * @throws IllegalArgumentException if nobody provides it, or that is no address
     */
    public static Register open(final String name, final String path, final String cluster, final Duration patience) {
        final int colon = name.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("replication.witness = " + name + ": allowed is KIND:ADDRESS, like zookeeper:HOST:PORT");
        }
        final Thread thread = Thread.currentThread();
        final ClassLoader before = thread.getContextClassLoader();
        try {
            final String scheme = name.substring(0, colon);
            final Set<String> known = new TreeSet<>();
            for (final RegisterProvider provider : path.isEmpty() ? brought() : of(path)) {
                known.add(provider.scheme());
                if (provider.scheme().equals(scheme)) {
                    // Threads of the library's have it from here.
                    thread.setContextClassLoader(provider.getClass().getClassLoader());
                    return provider.open(name.substring(colon + 1), cluster, patience);
                }
            }
            throw new IllegalArgumentException("replication.witness = " + name + ": nobody provides " + scheme + ", only " + known);
        } catch (final IOException e) {
            throw new UncheckedIOException("the library for " + name + " cannot be read", e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static List<RegisterProvider> brought() throws IOException {
        final RegisterLoader within = RegisterLoader.open();
        if (within == null) {
            return all(Registers.class.getClassLoader());
        }
        loader = within;
        for (final String library : LIBRARIES) {
            // They tell in many lines, again and again, what status tells in one; the name is another in the jar (decision 12).
            System.setProperty("org.slf4j.simpleLogger.log." + library, System.getProperty("org.slf4j.simpleLogger.log." + library, "off"));
        }
        final List<RegisterProvider> all = new ArrayList<>();
        for (final String type : within.providers()) {
            try {
                all.add((RegisterProvider) Class.forName(type, true, within).getConstructor().newInstance());
            } catch (final ReflectiveOperationException e) {
                throw new IllegalStateException("no provider: " + type, e);
            }
        }
        return all;
    }

    private static List<RegisterProvider> of(final String path) throws MalformedURLException {
        final List<URL> jars = new ArrayList<>();
        for (final String jar : path.split(File.pathSeparator)) {
            if (!new File(jar).isFile()) {
                throw new IllegalArgumentException("replication.witness_path = " + path + ": there is no " + jar);
            }
            jars.add(new File(jar).toURI().toURL());
        }
        // For as long as the process lives.
        loader = new URLClassLoader("holdfast-witness", jars.toArray(new URL[0]), Registers.class.getClassLoader());
        return all(loader);
    }

    private static List<RegisterProvider> all(final ClassLoader from) {
        final List<RegisterProvider> all = new ArrayList<>();
        ServiceLoader.load(RegisterProvider.class, from).forEach(all::add);
        return all;
    }

    /** Whether that loader has the classes of a register's library: not the program's. */
    public static boolean isLibrary(final ClassLoader some) {
        return some != null && some == loader;
    }

    /**
     * Whether a register's library is what calls, as far as the stack of the current thread shows: it belongs on the kernel's
     * network.
     */
    public static boolean isCalling() {
        final ClassLoader library = loader;
        return library != null && StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
            .walk(frames -> frames.limit(FRAMES).anyMatch(frame -> frame.getDeclaringClass().getClassLoader() == library));
    }
}
