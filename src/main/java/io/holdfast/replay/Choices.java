package io.holdfast.replay;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Makes a server's nondeterministic choices: readings of its clock, draws of its random generators. The agent makes an
 * unmodified server ask this class. Without a {@link Source} every choice is the host's own. With a source, the source makes the
 * choices of threads that serve a connection, so that a backup's server can get the primary's.
 *
 * <p>A thread serves the accepted connection whose bytes it read or wrote last, until it closes that connection, accepts another,
 * or a selection of its selector ends. A task that it gives to an executor before then serves that connection, too, and returns
 * to it from another connection that the task accepted, read and closed. So does an element that it puts into a blocking queue
 * (see {@link #taken}). A thread that serves none (the program's start, timers, Holdfast's own threads) always gets local values,
 * and so does the code of a source. Any thread, platform or virtual.
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
         * @param connection the argument of {@link #serving}, the {@code Endpoint}; never null
         * @param kind       one of the constants of {@link ChoiceKind}, or one of a place ({@link ChoiceKind#at})
         * @param local      gives the host's own value; may be asked once at most
         */
        long choose(Object connection, int kind, LongSupplier local);

        /**
         * Fills the bytes, whose length may be 0.
         *
         * @param local fills them with the host's own values
         */
        void choose(Object connection, int kind, byte[] bytes, Consumer<byte[]> local);

        /** Returns the result for the program where its own would be {@code own}; its length may differ. */
        default byte[] result(final Object connection, final int kind, final byte[] own) {
            return own;
        }

        /** Returns whether the calling thread may skip a wait of {@code ns}; if so, adds it to {@link #aheadNs}. */
        default boolean skips(final Object connection, final long ns) {
            return false;
        }

        /** Returns the sum of skipped waits, by which the connection's {@code nanoTime} is ahead of the host's. */
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

    /** Sets the source of choices; null for local values. */
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

    /** The calling thread serves no connection until it reads or writes again. */
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

    /** Returns the connection that the calling thread serves, or null. */
    public static Object served() {
        return source == null ? null : SERVING.get().served();
    }

    /** The calling thread is about to give a task to another thread; the task will serve the calling thread's connection. */
    public static void handedOver(final Object task) {
        if (source != null) {
            TASKS.give(task, SERVING.get().served());
        }
    }

    /**
     * The calling thread took an element from a queue of the program's. The first queue from which a thread that serves no
     * connection takes an element {@link #handedOver handed over} for one is the thread's own. From then on the thread serves the
     * connection of each element that it takes from that queue, or none. Elements of other queues, like buffers from a pool, change
     * nothing. A thread that itself reads or writes one connection and no other keeps serving that connection.
     *
     * @param element null for none
     */
    public static void taken(final Object queue, final Object element) {
        if (source != null) {
            SERVING.get().took(queue, TASKS.owner(element));
        }
    }

    /**
     * Runs the task for the connection that was served when the task was handed over; if there was none, for the connection that
     * the calling thread serves.
     *
     * @param pooled the calling thread only runs tasks of other threads, and serves no connection by itself
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

    /** Returns the result of a method of the program, as bytes, where it would return {@code own}. */
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
     * Returns whether the calling thread, about to wait for {@code ns}, may skip the wait. A source decides, as for
     * {@link #choose(int, LongSupplier)}.
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

    /** Returns the nanoseconds by which {@code System.nanoTime} must be ahead for the calling thread. */
    public static long aheadNs() {
        final Source chooser = source;
        if (!skipped || chooser == null) {
            return 0;
        }
        final Serving serving = SERVING.get();
        return serving.mayAsk() ? chooser.aheadNs(serving.served()) : 0;
    }

    /** State of one thread. */
    private static final class Serving {
        /** Connection of the task that the thread runs. */
        private Object task;
        /** Connection whose bytes the thread read or wrote last, while it serves it. */
        private Object connection;
        /** The thread is inside a source: draws by the source or a local generator are part of the choice being made. */
        private boolean asking;
        /** Queue from which the thread takes its work, once that is known. */
        private Object queue;
        /** Connection whose bytes the thread read or wrote last, whether it still serves it or not. */
        private Object touched;
        /** The thread read or wrote several connections, other than one after the other. */
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
