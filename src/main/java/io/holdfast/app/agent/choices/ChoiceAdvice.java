package io.holdfast.app.agent.choices;

import io.holdfast.replay.Choices;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the program's clock and randomness ask {@link Choices}, which give local values until a source is set. The agent installs
 * it once in a JVM, before the program's {@code main} and after it has made Holdfast's own generators: these must not ask,
 * since threads that serve connections run the stack too.
 */
public final class ChoiceAdvice {
    private static final String TICKETS = "jdk.tls.server.enableSessionTicketExtension";

    private final ChoiceTransformer transformer;
    private final ChoiceOptions options;

    private ChoiceAdvice(final ChoiceOptions options) {
        this.options = options;
        transformer = new ChoiceTransformer(new ChoiceSites(options), new Followers(), Bridge.NAME,
            (name, failure) -> System.err.println("holdfast: clock and randomness of " + name.replace('/', '.')
                + " do not follow the primary: " + failure));
    }

    /**
     * Needs {@code java.base/java.lang} opened to this module.
     *
     * @throws IllegalStateException if this JDK cannot be advised
     */
    public static ChoiceAdvice install(final Instrumentation instrumentation, final ChoiceOptions options) {
        final ChoiceAdvice advice = new ChoiceAdvice(options);
        if (options.isNone()) {
            return advice;
        }
        try {
            Bridge.install(new SecureRandom(), advice::askingGenerator);
            instrumentation.addTransformer(advice.transformer, true);
            instrumentation.retransformClasses(advice.loadedAlready(instrumentation));
        } catch (final Exception | LinkageError e) {
            throw new IllegalStateException("this JDK's (" + Runtime.version()
                + ") clock and randomness cannot follow the primary", e);
        }
        return advice;
    }

    /** Installs the asking generators and returns one of them; null where randomness does not follow. */
    private SecureRandom askingGenerator() {
        if (!options.random()) {
            return null;
        }
        ChoiceProvider.install();
        withoutTickets();
        return new SecureRandom();
    }

    /**
     * A stateless ticket carries the clock and an id that the JDK draws from {@code nanoTime}, and is encrypted with a key
     * that one connection draws for all. Sessions that the server remembers follow the primary.
     */
    private static void withoutTickets() {
        if (System.getProperty(TICKETS) == null) {
            System.setProperty(TICKETS, "false");
        } else if (Boolean.getBoolean(TICKETS)) {
            System.err.println("holdfast: with " + TICKETS + " TLS sessions do not follow the primary");
        }
    }

    private Class<?>[] loadedAlready(final Instrumentation instrumentation) throws UnmodifiableClassException {
        final Followers followers = new Followers();
        final List<Class<?>> found = new ArrayList<>();
        for (final Class<?> type : instrumentation.getAllLoadedClasses()) {
            if (instrumentation.isModifiableClass(type) && !type.isHidden() && !type.isArray() && followers.of(
                type.getClassLoader(), type.getName().replace('.', '/'), type.getProtectionDomain())
                != Followers.Part.NOTHING) {
                found.add(type);
            }
        }
        return found.toArray(Class<?>[]::new);
    }

    /** Places rewritten so far. More come with the classes that the program loads. */
    public long sites() {
        return transformer.rewrittenSites();
    }

    public long classes() {
        return transformer.rewrittenClasses();
    }

    /** One line for the log. */
    @Override
    public String toString() {
        return "choices that follow the primary: " + options + " (" + sites() + " places in " + classes()
            + " classes so far)";
    }
}
