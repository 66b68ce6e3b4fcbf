package io.holdfast.replay;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Where a server's nondeterministic choices are made: what its clock shows, what its random generators give. The agent
 * makes an unmodified server ask here. Without a {@link Source} every choice is the host's own; with one, the choices of
 * a thread that serves a connection are the source's to make, so that a backup's server can be given the primary's.
 *
 * <p>A thread serves the accepted connection whose bytes it read or wrote last, until it closes it, accepts a connection, or
 * a selection of its selector ends. A task that it gives to an executor meanwhile serves that connection, too, and goes back to
 * it from another that it accepted, read and closed. So does what it puts into a blocking queue (see {@link #taken}). A thread
 * that serves none (the program's start, timers, Holdfast's own threads) always gets local values, and so does whatever a
 * source itself does to answer. Any thread, platform or virtual.
 */
public final class Choices {
    public static final int CURRENT_TIME_MILLIS = ChoiceKind.CURRENT_TIME_MILLIS;
    public static final int NANO_TIME = ChoiceKind.NANO_TIME;
    public static final int INSTANT = ChoiceKind.INSTANT;
    public static final int SECURE_RANDOM = ChoiceKind.SECURE_RANDOM;
    public static final int SECURE_SEED = ChoiceKind.SECURE_SEED;
    public static final int RANDOM = ChoiceKind.RANDOM;
    public static final int RANDOM_SEED = ChoiceKind.RANDOM_SEED;
    public static final int PORT = ChoiceKind.PORT;

    /** Makes the choices of threads that serve a connection. Called by those threads, at the same time; may block. */
    public interface Source {
        /**
         * @param connection what {@link #serving} was told, the {@code Endpoint}; never null
         * @param kind       one of the constants of {@link Choices}, perhaps of one place ({@link ChoiceKind#at})
         * @param local      the host's own value; to be asked at most once
         */
        long choose(Object connection, int kind, LongSupplier local);

        /**
         * Fills the bytes, whose length may be 0.
         *
         * @param local fills them with the host's own values
         */
        void choose(Object connection, int kind, byte[] bytes, Consumer<byte[]> local);

        /** What the program is to be given where its own result is {@code own}; of another length, perhaps. */
        default byte[] result(final Object connection, final int kind, final byte[] own) {
            return own;
        }

        /** Need the calling thread not wait for so long? Then {@link #aheadNs} has grown by it. */
        default boolean skips(final Object connection, final long ns) {
            return false;
        }

        /** By how much the clock that measures time is ahead of the host's: what was not waited for. */
        default long aheadNs(final Object connection) {
            return 0;
        }
    }

    private static final ThreadLocal<Serving> SERVING = ThreadLocal.withInitial(Serving::new);
    private static final TaskOwners TASKS = new TaskOwners();
    private static volatile Source source;
    /** A wait was skipped, some time: clocks may be ahead. */
    private static volatile boolean skipped;

    private Choices() {
    }

    /** From now on that source chooses; null for local values. */
    public static void source(final Source value) {
        source = value;
    }

    /**
     * The calling thread serves that connection; null for the one that its task is for, if it has one. Forgotten while there is
     * no source.
     */
    public static void serving(final Object connection) {
        if (source != null) {
            SERVING.get().serve(connection);
        }
    }

    /** The calling thread serves nobody until it reads or writes again. */
    public static void servingNobody() {
        if (source != null) {
            SERVING.get().begin(null);
        }
    }

    /** The calling thread no longer serves that connection, if it did. */
    public static void left(final Object connection) {
        if (source != null) {
            SERVING.get().left(connection);
        }
    }

    /** What the calling thread serves, or null. */
    public static Object served() {
        return source == null ? null : SERVING.get().served();
    }

    /** The calling thread is about to give that task to another: whoever runs it serves whom this thread serves. */
    public static void handedOver(final Object task) {
        if (source != null) {
            TASKS.give(task, SERVING.get().served());
        }
    }

    /**
     * The calling thread took that element from a queue of the program's. The first queue from which a thread that serves nobody
     * takes what was {@link #handedOver handed over} for a connection is the thread's own: from then on it serves whom each
     * element of that queue is for, or nobody. What it takes from other queues, like buffers from a pool, changes nothing, and
     * neither does what a thread takes that reads or writes one connection and no other: it serves that.
     *
     * @param element null for none
     */
    public static void taken(final Object queue, final Object element) {
        if (source != null) {
            SERVING.get().took(queue, TASKS.owner(element));
        }
    }

    /**
     * Runs the task for the connection that was served when it was handed over; if there is none, for whom the calling thread
     * serves.
     *
     * @param pooled the calling thread does nothing but run tasks of others: it serves nobody of its own accord
     */
    public static void run(final Runnable task, final boolean pooled) {
        final Object owner = source == null ? null : TASKS.owner(task);
        if (owner == null && (source == null || !pooled)) {
            task.run();
            return;
        }
        final Serving serving = SERVING.get();
        final Object taskBefore = serving.task;
        final Object before = serving.connection;
        serving.begin(owner);
        try {
            task.run();
        } finally {
            serving.begin(pooled ? null : taskBefore);
            serving.connection = pooled ? null : before;
            if (pooled) {
                serving.forgetQueue();
            }
        }
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
            return chooser.choose(serving.served(), kind, local);
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
            chooser.choose(serving.served(), kind, bytes, local);
        } finally {
            serving.asking = false;
        }
    }

    /** What a method of the program returns, as bytes, where it would return {@code own}. */
    public static byte[] result(final int kind, final byte[] own) {
        final Source chooser = source;
        final Serving serving = chooser == null ? null : SERVING.get();
        if (serving == null || !serving.mayAsk()) {
            return own;
        }
        serving.asking = true;
        try {
            return chooser.result(serving.served(), kind, own);
        } finally {
            serving.asking = false;
        }
    }

    /**
     * The calling thread is about to wait for so long. Need it not? A source decides, as for {@link #choose(int, LongSupplier)}.
     */
    public static boolean skips(final long ns) {
        final Source chooser = source;
        final Serving serving = chooser == null ? null : SERVING.get();
        if (serving == null || !serving.mayAsk() || !chooser.skips(serving.served(), ns)) {
            return false;
        }
        skipped = true;
        return true;
    }

    /** By how much {@code System.nanoTime} is to be ahead for the calling thread. */
    public static long aheadNs() {
        final Source chooser = source;
        if (!skipped || chooser == null) {
            return 0;
        }
        final Serving serving = SERVING.get();
        return serving.mayAsk() ? chooser.aheadNs(serving.served()) : 0;
    }

    /** One thread's. */
    private static final class Serving {
        /** For whom the task is that it runs. */
        private Object task;
        /** Whose bytes it read or wrote last. */
        private Object connection;
        /** Inside a source: what it or a local generator draws meanwhile is part of the choice being made. */
        private boolean asking;
        /** Where its work comes from, once that is known. */
        private Object queue;
        /** Whose bytes it read or wrote last, whether it still serves that or not. */
        private Object touched;
        /** It read or wrote more connections than one, other than one after the other. */
        private boolean several;

        private void serve(final Object value) {
            connection = value;
            if (value != null) {
                several |= touched != null && touched != value;
                touched = value;
            }
        }

        private void took(final Object from, final Object owner) {
            if (queue == null && owner != null && served() == null) {
                queue = from;
            }
            if (queue == from && (connection == null || several)) {
                begin(owner);
            }
        }

        private void forgetQueue() {
            queue = null;
            touched = null;
            several = false;
        }

        private void begin(final Object owner) {
            task = owner;
            connection = null;
        }

        private Object served() {
            return connection == null ? task : connection;
        }

        private void left(final Object closed) {
            if (connection == closed) {
                connection = null;
            }
            if (task == closed) {
                task = null;
            }
            if (touched == closed) {
                touched = null;
            }
        }

        private boolean mayAsk() {
            return !asking && served() != null;
        }
    }
}
