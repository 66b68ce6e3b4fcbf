package io.holdfast.os;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Raises the priority of the JVM's own threads that work while all Java threads stand still. A collector whose workers wait for a
 * processor makes its pauses long, and this process sends no heartbeat during a pause. Workers come and go, so a separate thread
 * looks for them periodically. Public methods are for any thread.
 */
public final class PauseUrgency {
    /**
     * Thread names in the kernel: the VM thread, which stops all others, and workers of the serial, parallel and G1 collectors.
     */
    private static final String[] NAMES = {"VM Thread", "GC Thread#"};
    private static final long EVERY_MS = TimeUnit.SECONDS.toMillis(5);
    private static final Path TASKS = Path.of("/proc/self/task");

    private static final AtomicBoolean KEPT = new AtomicBoolean();

    private PauseUrgency() {
    }

    /** Starts the search, once, for the life of the process. To be called only where {@link Urgency#prefer} was permitted. */
    public static void keep() {
        if (!KEPT.compareAndSet(false, true)) {
            return;
        }
        final Thread thread = new Thread(PauseUrgency::run, "holdfast-urgency");
        thread.setDaemon(true);
        thread.start();
    }

    private static void run() {
        try {
            while (prefer() >= 0) {
                Thread.sleep(EVERY_MS);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Searches once. Returns the number of threads with raised priority; -1 if raising is not permitted, or the threads cannot be
     * listed.
     */
    static int prefer() {
        int preferred = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
            for (final Path task : tasks) {
                if (isMeant(task)) {
                    if (!Urgency.prefer(Integer.parseInt(task.getFileName().toString()))) {
                        return -1;
                    }
                    preferred++;
                }
            }
            return preferred;
        } catch (final IOException e) {
            return -1;
        }
    }

    private static boolean isMeant(final Path task) {
        try {
            final String name = Files.readString(task.resolve("comm"));
            for (final String one : NAMES) {
                if (name.startsWith(one)) {
                    return true;
                }
            }
            return false;
        } catch (final IOException e) {
            return false; // The thread has ended.
        }
    }
}
