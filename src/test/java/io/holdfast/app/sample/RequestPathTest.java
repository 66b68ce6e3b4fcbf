package io.holdfast.app.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestPathTest {
    @TempDir
    private Path directory;
    private Path root;
    private RequestPath paths;

    @BeforeEach
    void lay() throws IOException {
        root = Files.createDirectory(directory.resolve("root")).toRealPath();
        Files.createDirectory(root.resolve("sub"));
        Files.writeString(directory.resolve("secret"), "secret");
        Files.createSymbolicLink(root.resolve("out"), directory);
        Files.createSymbolicLink(root.resolve("dangling"), directory.resolve("nowhere"));
        Files.createSymbolicLink(root.resolve("in"), root.resolve("sub"));
        paths = new RequestPath(root);
    }

    @Test
    void shouldFindFilesBelowTheRoot() throws IOException {
        assertEquals(root, paths.resolve("/"));
        assertEquals(root.resolve("sub/new"), paths.resolve("/sub/new"));
        assertEquals(root.resolve("a"), paths.resolve("/sub/../a"));
        assertEquals(root.resolve("in/a"), paths.resolve("/in/a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "/..", "/../secret", "/sub/../../secret", "//etc/passwd", "/out", "/out/secret",
        "/out/new", "/dangling", "/dangling/x", "/a\0b"})
    void shouldRefuseWhatLeadsOutside(final String path) throws IOException {
        assertNull(paths.resolve(path));
    }
}
