package io.holdfast.ops;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * Default path of a running stack's control socket: one file a process, named after its id, in a directory that only its user can
 * enter.
 */
public final class ControlPath {
    private static final String SUFFIX = ".sock";

    private ControlPath() {
    }

    /** {@code $HOLDFAST_RUN}, else /run/holdfast for root, else a directory of the user's below the temporary one. */
    static Path directory() {
        final String given = System.getenv("HOLDFAST_RUN");
        if (given != null && !given.isEmpty()) {
            return Path.of(given);
        }
        if (System.getProperty("user.name").equals("root")) {
            return Path.of("/run/holdfast");
        }
        return Path.of(System.getProperty("java.io.tmpdir"), "holdfast-" + System.getProperty("user.name"));
    }

    /** This process's own. */
    public static Path own() throws IOException {
        final Path directory = directory();
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory.getParent());
            Files.createDirectory(directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        // ProcessHandle would start threads, in every program under the agent.
        return directory.resolve(Files.readSymbolicLink(Path.of("/proc/self")) + SUFFIX);
    }

    /** Returns the socket of the only running stack. If there are none or several, the error says what to do. */
    public static Path only() throws IOException {
        final List<Path> found = running();
        if (found.isEmpty()) {
            throw new IOException("no running stack found in " + directory()
                + "; start one, or name its socket with --control");
        }
        if (found.size() > 1) {
            throw new IOException("several stacks run; choose one with --control: " + found);
        }
        return found.get(0);
    }

    private static List<Path> running() throws IOException {
        if (!Files.isDirectory(directory())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory())) {
            return files.filter(ControlPath::alive).sorted().toList();
        }
    }

    /** A process that was killed leaves its file behind. */
    private static boolean alive(final Path file) {
        final String name = file.getFileName().toString();
        if (!name.endsWith(SUFFIX)) {
            return false;
        }
        try {
            return ProcessHandle.of(Long.parseLong(name.substring(0, name.length() - SUFFIX.length())))
                .map(ProcessHandle::isAlive).orElse(false);
        } catch (final NumberFormatException e) {
            return true; // named by someone with --control
        }
    }
}
