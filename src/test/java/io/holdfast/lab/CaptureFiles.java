package io.holdfast.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** Reads tcpdump's captures for tests. */
final class CaptureFiles {
    private static final int NANOSECOND_MAGIC = 0xA1B23C4D;
    private static final int HEADER_BYTES = 24;
    private static final int RECORD_BYTES = 16;
    private static final long NS_PER_S = 1_000_000_000;

    private CaptureFiles() {
    }

    /** Copies a capture with other times. */
    static void shift(final Path from, final Path to, final long byNs) throws IOException {
        final ByteBuffer data = ByteBuffer.wrap(Files.readAllBytes(from)).order(ByteOrder.LITTLE_ENDIAN);
        if (data.getInt(0) != NANOSECOND_MAGIC) {
            throw new IOException(from + " has no nanoseconds");
        }
        int at = HEADER_BYTES;
        while (at + RECORD_BYTES <= data.limit()) {
            final long timeNs = (data.getInt(at) & 0xFFFF_FFFFL) * NS_PER_S + data.getInt(at + 4) + byNs;
            data.putInt(at, (int) (timeNs / NS_PER_S)).putInt(at + 4, (int) (timeNs % NS_PER_S));
            at += RECORD_BYTES + data.getInt(at + 8);
        }
        Files.write(to, data.array());
    }

    static void delete(final Path directory) throws IOException {
        final List<Path> all;
        try (var found = Files.walk(directory)) {
            all = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (final Path path : all) {
            Files.delete(path);
        }
    }
}
