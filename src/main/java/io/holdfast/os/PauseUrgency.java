package io.holdfast.os;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has the JVM's own threads preferred that work while all Java threads stand still: a collector whose workers wait for a
 * processor makes its pauses long, and nothing of this process speaks meanwhile. Workers come and go, so that a thread of its own
 * looks for them now and then. Public methods are for any thread.
 */
public final class PauseUrgency {
    /** As the kernel knows them: who stops all others, and the workers of the serial, the parallel and the G1 collector. */
    private static final String[] NAMES = {"VM Thread", "GC Thread#"};
    private static final long EVERY_MS = TimeUnit.SECONDS.toMillis(5);
    private static final Path TASKS = Path.of("/proc/self/task");

    private static final AtomicBoolean KEPT = new AtomicBoolean();

    private PauseUrgency() {
    }

    /** Begins, once, for as long as the process lives. Only where {@link Urgency#prefer} was permitted. */
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
     * Looks once. Returns how many threads are preferred now; -1 if that is not permitted, or nobody says which threads there
     * are.
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
            return false; // It has ended.
        }
    }
}
