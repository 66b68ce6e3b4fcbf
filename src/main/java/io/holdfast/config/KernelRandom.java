package io.holdfast.config;

import io.holdfast.util.RandomSource;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * The kernel's random numbers, fit for secrets. They do not come from {@code SecureRandom}, which would load security providers
 * that the program may still configure. Any thread. The device stays open, so that it cannot be missing later.
 */
final class KernelRandom implements RandomSource {
    private static final String FILE = "/dev/urandom";
    private static final int BLOCK_BYTES = 256;

    private final InputStream in;
    private final byte[] block = new byte[BLOCK_BYTES];
    private final ByteBuffer numbers = ByteBuffer.wrap(block).limit(0);

    /** @throws UncheckedIOException if the device cannot be opened */
    KernelRandom() {
        try {
            in = new FileInputStream(FILE);
        } catch (final IOException e) {
            throw new UncheckedIOException("no random numbers to be had", e);
        }
    }

    @Override
    public synchronized long nextLong() {
        if (!numbers.hasRemaining()) {
            fill();
        }
        final int at = numbers.position();
        final long number = numbers.getLong();
        // Numbers already given must not stay in memory.
        numbers.putLong(at, 0);
        return number;
    }

    private void fill() {
        try {
            if (in.readNBytes(block, 0, BLOCK_BYTES) < BLOCK_BYTES) {
                throw new IOException(FILE + " has ended");
            }
        } catch (final IOException e) {
            throw new UncheckedIOException("no random numbers to be had", e);
        }
        numbers.clear();
    }
}
