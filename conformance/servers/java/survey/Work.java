package survey;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

/**
 * What the survey's clients have in common: they tell of every answer that came and was right, a line each, and go on
 * until a file is there. Any thread.
 */
final class Work {
    private static final int LOOK_EVERY_MS = 50;
    private final Path until;
    private long lookedAt;
    private boolean over;

    Work(final String until) {
        this.until = Path.of(until);
    }

    /** Whether there is more to do. */
    synchronized boolean goOn() {
        final long now = System.nanoTime();
        if (!over && now - lookedAt > LOOK_EVERY_MS * 1_000_000L) {
            lookedAt = now;
            over = Files.exists(until);
        }
        return !over;
    }

    /** An answer is there, and right. */
    static void done(final String name, final long sinceNs) {
        final String line = "op " + name + " " + (System.nanoTime() - sinceNs) / 1_000_000 + "\n";
        synchronized (System.out) {
            System.out.print(line);
            System.out.flush();
        }
    }

    /** Ends the client: what came is not what was due. */
    static void expect(final Object due, final Object got, final String what) {
        if (!due.equals(got)) {
            fail(what + ": got " + got + " where " + due + " was due");
        }
    }

    static void fail(final String what) {
        System.out.println("WRONG " + what);
        System.out.flush();
        Runtime.getRuntime().halt(1);
    }

    /** Runs a client's thread; what it throws ends the client. */
    static Thread thread(final Task task) {
        final Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (final Exception e) {
                e.printStackTrace(System.out);
                fail(e.toString());
            }
        });
        thread.start();
        return thread;
    }

    static long crc(final byte[] bytes) {
        final CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }

    /** Work that may fail. */
    interface Task {
        void run() throws Exception;
    }
}
