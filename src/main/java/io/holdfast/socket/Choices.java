package io.holdfast.socket;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Where a server's nondeterministic choices are made: what its clock shows, what its random generators give. The agent
 * makes an unmodified server ask here. Without a {@link Source} every choice is the host's own; with one, the choices of
 * a thread that serves a connection are the source's to make, so that a backup's server can be given the primary's.
 *
 * <p>A thread serves the accepted connection whose bytes it read or wrote last, until it closes it, accepts a connection, or
 * a selection of its selector ends. A thread that serves none (the program's start, timers, Holdfast's own threads) always gets local
 * values, and so does whatever a source itself does to answer. Any thread, platform or virtual.
 */
public final class Choices {
    /** Milliseconds since 1970, as {@code System.currentTimeMillis}. */
    public static final int CURRENT_TIME_MILLIS = 1;
    /** Nanoseconds of the host's own origin, as {@code System.nanoTime}. */
    public static final int NANO_TIME = 2;
    /** Nanoseconds since 1970, the two numbers of an {@code Instant} in one; enough until 2262. */
    public static final int INSTANT = 3;
    /** Bytes of a {@code SecureRandom}. */
    public static final int SECURE_RANDOM = 4;
    /** Bytes of {@code SecureRandom.generateSeed}. */
    public static final int SECURE_SEED = 5;
    /** A draw of a generator that is not secure: an int, a long, or a double's or float's bits. */
    public static final int RANDOM = 6;
    /** The seed of a generator. */
    public static final int RANDOM_SEED = 7;
    /** An ephemeral port. */
    public static final int PORT = 8;

    /** Makes the choices of threads that serve a connection. Called by those threads, at the same time; may block. */
    public interface Source {
        /**
         * @param connection what {@link #serving} was told, the {@code Endpoint}; never null
         * @param kind       one of the constants of {@link Choices}
         * @param local      the host's own value; to be asked at most once
         */
        long choose(Object connection, int kind, LongSupplier local);

        /**
         * Fills the bytes, whose length may be 0.
         *
         * @param local fills them with the host's own values
         */
        void choose(Object connection, int kind, byte[] bytes, Consumer<byte[]> local);
    }

    private static final ThreadLocal<Serving> SERVING = ThreadLocal.withInitial(Serving::new);
    private static volatile Source source;

    private Choices() {
    }

    /** From now on that source chooses; null for local values. */
    public static void source(final Source value) {
        source = value;
    }

    /** The calling thread serves that connection; null for none. Forgotten while there is no source. */
    public static void serving(final Object connection) {
        if (source != null) {
            SERVING.get().connection = connection;
        }
    }

    /** The calling thread no longer serves that connection, if it did. */
    public static void left(final Object connection) {
        if (source != null) {
            final Serving serving = SERVING.get();
            if (serving.connection == connection) {
                serving.connection = null;
            }
        }
    }

    /** What the calling thread serves, or null. */
    public static Object served() {
        return source == null ? null : SERVING.get().connection;
    }

    public static long choose(final int kind, final LongSupplier local) {
        final Source chooser = source;
        if (chooser == null) {
            return local.getAsLong();
        }
        final Serving serving = SERVING.get();
        if (!serving.mayAsk()) {
            return local.getAsLong();
        }
        serving.asking = true;
        try {
            return chooser.choose(serving.connection, kind, local);
        } finally {
            serving.asking = false;
        }
    }

    /** Fills the bytes. */
    public static void choose(final int kind, final byte[] bytes, final Consumer<byte[]> local) {
        Objects.requireNonNull(bytes, "bytes");
        final Source chooser = source;
        final Serving serving = chooser == null ? null : SERVING.get();
        if (serving == null || !serving.mayAsk()) {
            local.accept(bytes);
            return;
        }
        serving.asking = true;
        try {
            chooser.choose(serving.connection, kind, bytes, local);
        } finally {
            serving.asking = false;
        }
    }

    /** One thread's. */
    private static final class Serving {
        private Object connection;
        /** Inside a source: what it or a local generator draws meanwhile is part of the choice being made. */
        private boolean asking;

        private boolean mayAsk() {
            return connection != null && !asking;
        }
    }
}
