package io.holdfast.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;

/**
 * A file of random bytes, and its SHA-256.
 *
 * @param sha256 in hexadecimal, as sha256sum prints it
 */
record TestFile(Path path, long size, String sha256) {
    private static final int BLOCK_BYTES = 1 << 20;

    static TestFile create(final Path path, final long size, final long seed) throws IOException {
        final SplittableRandom random = new SplittableRandom(seed);
        final MessageDigest digest = newDigest();
        final ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
            for (long left = size; left > 0; left -= BLOCK_BYTES) {
                block.clear();
                while (block.remaining() >= Long.BYTES) {
                    block.putLong(random.nextLong());
                }
                block.flip().limit((int) Math.min(left, BLOCK_BYTES));
                digest.update(block.array(), 0, block.limit());
                while (block.hasRemaining()) {
                    channel.write(block);
                }
            }
        }
        return new TestFile(path, size, HexFormat.of().formatHex(digest.digest()));
    }

    static String hash(final Path path) throws IOException {
        final MessageDigest digest = newDigest();
        final ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            while (channel.read(block.clear()) >= 0) {
                digest.update(block.flip());
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    void delete() throws IOException {
        Files.deleteIfExists(path);
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
