package io.holdfast.replication.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The directory that a history spills to, for one process alone. A history ends with its process, whose memory held the rest
 * of it: what an earlier run left behind is deleted at the start. Files of another cluster are a mistake of configuration
 * and left alone.
 */
final class HistoryDirectory implements AutoCloseable {
    private static final String LOCK = "lock";

    private final Path path;
    private final FileChannel lockFile;
    private final FileLock lock;
    private final String cluster;
    private final SegmentFile files;

    private HistoryDirectory(final Path path, final String cluster, final FileChannel lockFile, final FileLock lock,
        final SegmentFile files) {
        this.path = path;
        this.cluster = cluster;
        this.lockFile = lockFile;
        this.lock = lock;
        this.files = files;
    }

    /**
     * Takes the directory, which is made if it is not there.
     *
     * @throws IllegalStateException if another process has it, or it has files of another cluster
     */
    static HistoryDirectory open(final Path path, final String cluster) {
        FileChannel lockFile = null;
        try {
            Files.createDirectories(path);
            lockFile = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            final FileLock lock = tryLock(lockFile);
            if (lock == null) {
                throw new IllegalStateException("history_dir = " + path + " is in use by another process");
            }
            final SegmentFile files = new SegmentFile(path, cluster);
            final List<Path> old = segments(path);
            for (final Path file : old) {
                if (!isPartial(file) && !files.isOurs(file)) {
                    throw new IllegalStateException("history_dir = " + path + " has a file that is not of cluster " + cluster
                        + ", or damaged: " + file.getFileName());
                }
            }
            for (final Path file : old) {
                Files.delete(file);
            }
            return new HistoryDirectory(path, cluster, lockFile, lock, files);
        } catch (final IOException | RuntimeException e) {
            closeQuietly(lockFile);
            if (e instanceof IOException cause) {
                throw new UncheckedIOException("history_dir = " + path + " cannot be used", cause);
            }
            throw (RuntimeException) e;
        }
    }

    SegmentFile files() {
        return files;
    }

    /** The same files, for another thread. */
    SegmentFile filesOfAnotherThread() {
        return new SegmentFile(path, cluster);
    }

    /** Deletes its files and gives the directory back. */
    @Override
    public void close() {
        try {
            for (final Path file : segments(path)) {
                Files.delete(file);
            }
            lock.release();
        } catch (final IOException e) {
            throw new UncheckedIOException("history_dir = " + path, e);
        } finally {
            closeQuietly(lockFile);
        }
    }

    private static FileLock tryLock(final FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (final OverlappingFileLockException e) {
            return null;
        }
    }

    private static List<Path> segments(final Path path) throws IOException {
        final List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(path)) {
            for (final Path file : all) {
                if (isPartial(file) || file.getFileName().toString().endsWith(SegmentFile.SUFFIX)) {
                    found.add(file);
                }
            }
        }
        return found;
    }

    private static boolean isPartial(final Path file) {
        return file.getFileName().toString().endsWith(SegmentFile.SUFFIX + SegmentFile.PARTIAL_SUFFIX);
    }

    private static void closeQuietly(final FileChannel file) {
        if (file == null) {
            return;
        }
        try {
            file.close();
        } catch (final IOException e) {
            // The lock goes with the process at the latest.
            return;
        }
    }
}
