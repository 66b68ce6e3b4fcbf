package io.holdfast.app.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Turns the path of a request into a file below the root, and nothing else. Any thread. */
final class RequestPath {
    private final Path root;

    RequestPath(final Path root) throws IOException {
        this.root = root.toRealPath();
        if (!Files.isDirectory(this.root)) {
            throw new IOException("not a directory: " + root);
        }
    }

    /**
     * @param path decoded path of a request, starting with a slash
     * @return the file it names, which need not exist; null if it lies, or leads by a symbolic link, outside the root
     */
    Path resolve(final String path) throws IOException {
        if (path == null || !path.startsWith("/") || path.indexOf('\0') >= 0) {
            return null;
        }
        final Path file;
        try {
            file = root.resolve(path.substring(1)).normalize();
        } catch (final InvalidPathException e) {
            return null;
        }
        if (path.startsWith("//") || !file.startsWith(root)) {
            return null;
        }
        Path existing = file;
        while (!Files.exists(existing)) {
            if (Files.isSymbolicLink(existing)) {
                return null; // dangling: where it leads cannot be checked
            }
            existing = existing.getParent();
        }
        return existing.toRealPath().startsWith(root) ? file : null;
    }
}
