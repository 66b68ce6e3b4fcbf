package io.holdfast.counters;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Counters in a mapped file, together with their labels and meanings, so that another process can list them without this
 * program's classes. Created and closed by one thread; threads of the counters themselves: see {@link Counters}.
 *
 * <p>Layout, numbers in the byte order of the machine:
 * <pre>
 *  offset  bytes
 *       0      8  {@link #MAGIC}, of which the low byte is the version of the layout
 *       8      4  offset of the values
 *      12      4  how many values there is room for
 *      16      4  offset of the descriptors
 *      20      4  how many descriptors there are
 *      24      8  process id of the writer: if there is no such process, the file is a leftover
 *      32     32  zero
 *      64         values, 8 bytes each, by the counter's id
 *                 descriptors, each padded to a multiple of 8:
 *                   id 4, bytes of the label 4, bytes of the meaning 4, label and meaning in UTF-8
 * </pre>
 * A reader never sees half a file: it is written under another name first. A value is read with one aligned load.
 */
public final class CountersFile implements AutoCloseable {
    public static final long MAGIC = 0x5445_4e55_4f43_4601L;

    static final int VALUES_OFFSET_AT = 8;
    static final int VALUES_CAPACITY_AT = 12;
    static final int DESCRIPTORS_OFFSET_AT = 16;
    static final int DESCRIPTORS_COUNT_AT = 20;
    static final int PROCESS_ID_AT = 24;
    static final int HEADER_BYTES = 64;
    static final int DESCRIPTOR_HEADER_BYTES = 12;

    private final Path path;
    private final Counters counters;

    private CountersFile(final Path path, final Counters counters) {
        this.path = path;
        this.counters = counters;
    }

    /**
     * Creates the file, in place of one that is there.
     *
     * @throws UncheckedIOException     if it cannot be written; the message names it
     * @throws IllegalArgumentException if two descriptors have the same id, or one is out of range
     */
    public static CountersFile create(final Path path, final Iterable<? extends CounterDescriptor> descriptors) {
        final List<ByteBuffer> encoded = encode(descriptors);
        final int descriptorsOffset = HEADER_BYTES + Counters.CAPACITY * Long.BYTES;
        int length = descriptorsOffset;
        for (final ByteBuffer descriptor : encoded) {
            length += descriptor.capacity();
        }
        final Path unfinished = path.resolveSibling(path.getFileName() + ".new");
        try {
            Files.deleteIfExists(unfinished);
            final UnsafeBuffer file = new UnsafeBuffer(map(unfinished, length));
            file.putLong(0, MAGIC);
            file.putInt(VALUES_OFFSET_AT, HEADER_BYTES);
            file.putInt(VALUES_CAPACITY_AT, Counters.CAPACITY);
            file.putInt(DESCRIPTORS_OFFSET_AT, descriptorsOffset);
            file.putInt(DESCRIPTORS_COUNT_AT, encoded.size());
            file.putLong(PROCESS_ID_AT, ProcessHandle.current().pid());
            int at = descriptorsOffset;
            for (final ByteBuffer descriptor : encoded) {
                file.putBytes(at, descriptor, 0, descriptor.capacity());
                at += descriptor.capacity();
            }
            Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
            return new CountersFile(
                path, new Counters(new UnsafeBuffer(file, HEADER_BYTES, Counters.CAPACITY * Long.BYTES)));
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot write the counters' file " + path + ": " + e.getMessage(), e);
        }
    }

    private static MappedByteBuffer map(final Path path, final int length) throws IOException {
        try (FileChannel channel = FileChannel.open(
            path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, length);
        }
    }

    private static List<ByteBuffer> encode(final Iterable<? extends CounterDescriptor> descriptors) {
        final List<ByteBuffer> encoded = new ArrayList<>();
        final Set<Integer> ids = new HashSet<>();
        for (final CounterDescriptor descriptor : descriptors) {
            final int id = descriptor.id();
            if (id < 0 || id >= Counters.CAPACITY || !ids.add(id)) {
                throw new IllegalArgumentException(
                    "counter " + descriptor.label() + " has an id that is taken or out of range: " + id);
            }
            final byte[] label = descriptor.label().getBytes(StandardCharsets.UTF_8);
            final byte[] meaning = descriptor.meaning().getBytes(StandardCharsets.UTF_8);
            final int length = BitUtil.align(DESCRIPTOR_HEADER_BYTES + label.length + meaning.length, Long.BYTES);
            final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocate(length));
            buffer.putInt(0, id);
            buffer.putInt(4, label.length);
            buffer.putInt(8, meaning.length);
            buffer.putBytes(DESCRIPTOR_HEADER_BYTES, label);
            buffer.putBytes(DESCRIPTOR_HEADER_BYTES + label.length, meaning);
            encoded.add(buffer.byteBuffer());
        }
        return encoded;
    }

    public Path path() {
        return path;
    }

    public Counters counters() {
        return counters;
    }

    /**
     * Deletes the file. Its memory stays mapped until it is collected, so that a thread that still counts does no harm;
     * later counts are not seen any more.
     */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(path);
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot delete the counters' file " + path + ": " + e.getMessage(), e);
        }
    }
}
