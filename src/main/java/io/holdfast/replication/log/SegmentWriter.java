package io.holdfast.replication.log;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Writes segments' files and deletes them, in the order that it was asked to, on a thread of its own: a kernel that has many
 * dirty pages holds a writer up for a tenth of a second and more, and the replicator's heartbeats must not wait so long. What
 * came of it is told by {@link #poll}. All methods are for the history's thread.
 */
final class SegmentWriter {
    private static final int CLOSE_SECONDS = 5;

    /**
     * What came of a write.
     *
     * @param image   what was written; nobody else has touched it meanwhile
     * @param failure null if the file is whole
     */
    record Written(LogSegment segment, LogSegment.Image image, IOException failure) {
    }

    private final SegmentFile files;
    /** null: everything is done at once, by the caller. */
    private final ExecutorService thread;
    private final Executor executor;
    private final Queue<Written> done = new ConcurrentLinkedQueue<>();
    private final Semaphore finished = new Semaphore(0);
    private int writing;
    /** Written by the thread that deletes alone. */
    private volatile int failedDeletes;
    private int toldDeletes;

    /**
     * @param files for this one alone
     * @param alone false: everything is done at once, for simulations and tests
     */
    SegmentWriter(final SegmentFile files, final boolean alone) {
        this.files = files;
        thread = alone ? Executors.newSingleThreadExecutor(SegmentWriter::newThread) : null;
        executor = alone ? thread : Runnable::run;
    }

    private static Thread newThread(final Runnable work) {
        final Thread made = new Thread(work, "holdfast-history");
        made.setDaemon(true);
        return made;
    }

    /** The image must stay as it is until {@link #poll} gives it back. */
    void write(final LogSegment segment, final LogSegment.Image image, final int used) {
        writing++;
        executor.execute(() -> {
            IOException failure = null;
            try {
                files.write(segment.id, image, used);
            } catch (final IOException e) {
                failure = e;
            } catch (final Throwable e) {
                // Whatever it is, the segment stays in memory.
                failure = new IOException(e);
            }
            done.add(new Written(segment, image, failure));
            finished.release();
        });
    }

    /** If that fails, the file takes room on the disk until the next start deletes it; nothing reads it any more. */
    void delete(final long id) {
        if (thread != null && thread.isShutdown()) {
            return;
        }
        executor.execute(() -> {
            try {
                files.delete(id);
            } catch (final IOException e) {
                failedDeletes++;
            }
        });
    }

    /** Writes that have not been told of yet. */
    int writing() {
        return writing;
    }

    /** The next write that has ended; null if none has. */
    Written poll() {
        if (!finished.tryAcquire()) {
            return null;
        }
        writing--;
        return done.poll();
    }

    /** Waits for a write to end: then {@link #poll} tells of it. There must be one. */
    void await() {
        finished.acquireUninterruptibly();
        finished.release();
    }

    /** Deletions that failed since the last call. */
    int takeFailedDeletes() {
        final int now = failedDeletes;
        final int news = now - toldDeletes;
        toldDeletes = now;
        return news;
    }

    /** Ends what was begun. Returns false if the disk has not answered: then what was being written must be left alone. */
    boolean end() {
        if (thread == null) {
            return true;
        }
        thread.shutdown();
        try {
            return thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
