package io.holdfast.replication.log;

import io.holdfast.util.SipHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Segments as files. A header {magic, version, hash of the cluster's name, segment id, bytes, checksum}, then the records
 * as they stand in memory, each with a CRC-32C over its length and bytes. A file appears under its name only when it is
 * written whole; what is cut or changed afterwards is found when it is read: the records before the damage are good.
 */
final class SegmentFile {
    static final String SUFFIX = ".history";
    static final String PARTIAL_SUFFIX = ".partial";
    static final int HEADER_BYTES = 48;
    /** "Holdfast", little endian. */
    private static final long MAGIC = 0x74736166646c6f48L;
    private static final int VERSION = 1;
    private static final int VERSION_AT = 8;
    private static final int CLUSTER_AT = 16;
    private static final int ID_AT = 24;
    private static final int USED_AT = 32;
    private static final int CHECKSUM_AT = 40;

    private final Path directory;
    private final long clusterHash;
    private final ByteBuffer header = ByteBuffer.allocateDirect(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C crc = new CRC32C();

    SegmentFile(final Path directory, final String cluster) {
        this.directory = directory;
        clusterHash = clusterHash(cluster);
    }

    static long clusterHash(final String cluster) {
        final byte[] name = cluster.getBytes(StandardCharsets.UTF_8);
        return SipHash.hash(MAGIC, VERSION, name, 0, name.length);
    }

    Path path(final long id) {
        return directory.resolve(String.format("%016x", id) + SUFFIX);
    }

    /** Writes a segment's first {@code used} bytes, whole or not at all. */
    void write(final long id, final LogSegment.Image image, final int used) throws IOException {
        final ByteBuffer view = image.bytes.duplicate();
        for (int at = 0; at < used; at += LogSegment.framed(image.length(at))) {
            image.buffer.putInt(at + LogSegment.CHECKSUM_OFFSET, checksum(view, at, image.length(at)), ByteOrder.LITTLE_ENDIAN);
        }
        header.clear();
        header.putLong(0, MAGIC).putLong(VERSION_AT, VERSION).putLong(CLUSTER_AT, clusterHash).putLong(ID_AT, id)
            .putLong(USED_AT, used).putLong(CHECKSUM_AT, headerChecksum());
        final Path path = path(id);
        final Path partial = path.resolveSibling(path.getFileName() + PARTIAL_SUFFIX);
        try {
            try (FileChannel file = FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
                writeAll(file, header.clear());
                writeAll(file, view.limit(used).position(0));
            }
            Files.move(partial, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (final IOException e) {
            delete(partial);
            throw e;
        }
    }

    /**
     * Reads a segment's records.
     *
     * @param used how many bytes of it are wanted
     * @return how many of them are good: less than {@code used} if the file is torn or damaged
     */
    int read(final long id, final LogSegment.Image image, final int used) throws IOException {
        final ByteBuffer view = image.bytes.duplicate();
        try (FileChannel file = FileChannel.open(path(id), StandardOpenOption.READ)) {
            header.clear();
            readAll(file, header);
            if (header.hasRemaining() || !isOurs() || header.getLong(ID_AT) != id) {
                return 0;
            }
            view.limit(used).position(0);
            readAll(file, view);
        }
        final int read = view.position();
        int at = 0;
        while (read - at >= LogSegment.RECORD_OFFSET) {
            final int length = image.length(at);
            if (length < 0 || length > RecordLayout.MAX_RECORD_BYTES || LogSegment.framed(length) > read - at
                || image.buffer.getInt(at + LogSegment.CHECKSUM_OFFSET, ByteOrder.LITTLE_ENDIAN) != checksum(view, at, length)) {
                break;
            }
            at += LogSegment.framed(length);
        }
        return at;
    }

    /** Was the file written by this cluster (by an earlier run, say)? */
    boolean isOurs(final Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            header.clear();
            readAll(file, header);
            return !header.hasRemaining() && isOurs();
        }
    }

    void delete(final long id) throws IOException {
        Files.deleteIfExists(path(id));
    }

    private static void delete(final Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (final IOException e) {
            // It is a partial file of ours: the next start deletes it, and the failure that led here is reported.
            return;
        }
    }

    private boolean isOurs() {
        return header.getLong(0) == MAGIC && header.getLong(VERSION_AT) == VERSION && header.getLong(CLUSTER_AT) == clusterHash
            && header.getLong(CHECKSUM_AT) == headerChecksum();
    }

    private long headerChecksum() {
        crc.reset();
        crc.update(header.duplicate().position(0).limit(CHECKSUM_AT));
        return crc.getValue();
    }

    private int checksum(final ByteBuffer view, final int at, final int length) {
        crc.reset();
        crc.update(view.limit(at + LogSegment.RECORD_OFFSET + length).position(at + LogSegment.LENGTH_OFFSET));
        return (int) crc.getValue();
    }

    private static void writeAll(final FileChannel file, final ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    private static void readAll(final FileChannel file, final ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (file.read(bytes) < 0) {
                return;
            }
        }
    }
}
