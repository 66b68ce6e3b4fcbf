package io.holdfast.app.keys;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes the files by which the nodes of a test cluster trust each other, and no other host. */
public final class KeyFiles {
    private static final String PRIVATE = "rw-------";
    private static final String PUBLIC = "rw-r--r--";

    private KeyFiles() {
    }

    /**
     * Writes NODE.crt and NODE.key for each node, and trust.pem with all their certificates.
     *
     * @return the files, in that order
     * @throws FileAlreadyExistsException if one of them exists; none is written then
     */
    public static List<Path> write(final String cluster, final List<String> nodes, final Path directory)
        throws IOException {
        final Map<Path, String> contents = new LinkedHashMap<>();
        final StringBuilder trust = new StringBuilder();
        final ZonedDateTime now = ZonedDateTime.now();
        for (final String node : nodes) {
            final TestCertificate certificate = TestCertificate.create(cluster, node, now);
            contents.put(directory.resolve(node + ".crt"), certificate.certificatePem());
            contents.put(directory.resolve(node + ".key"), certificate.keyPem());
            trust.append(certificate.certificatePem());
        }
        contents.put(directory.resolve("trust.pem"), trust.toString());
        Files.createDirectories(directory);
        for (final Path file : contents.keySet()) {
            if (Files.exists(file)) {
                throw new FileAlreadyExistsException(file.toString());
            }
        }
        for (final Map.Entry<Path, String> file : contents.entrySet()) {
            write(file.getKey(), file.getValue(), file.getKey().toString().endsWith(".key") ? PRIVATE : PUBLIC);
        }
        return new ArrayList<>(contents.keySet());
    }

    private static void write(final Path file, final String text, final String mode) throws IOException {
        // The mode is there from the first moment, not set afterwards.
        try (SeekableByteChannel channel = Files.newByteChannel(file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)))) {
            final ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }
}
