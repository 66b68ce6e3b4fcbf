package io.holdfast.config;

import io.holdfast.util.RandomSource;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * The kernel's random numbers, fit for secrets. Not by way of {@code SecureRandom}, which loads the providers that a program may
 * configure yet. Any thread; the file stays open, so that none can be wanting later.
 */
final class KernelRandom implements RandomSource {
    private static final String FILE = "/dev/urandom";
    private static final int BLOCK_BYTES = 256;

    private final InputStream in;
    private final byte[] block = new byte[BLOCK_BYTES];
    private final ByteBuffer numbers = ByteBuffer.wrap(block).limit(0);

    /** @throws UncheckedIOException if there is no such file */
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
        // What was given is found nowhere any more.
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
