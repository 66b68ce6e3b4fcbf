package io.holdfast.failover.witness;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code replication.witness_path}: a register whose library is in a jar of somebody else's, compiled here from source. */
class ForeignRegisterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final String PROVIDER = """
        package other;

        import io.holdfast.failover.witness.*;
        import java.time.Duration;
        import java.util.concurrent.*;

        public final class Provider implements RegisterProvider {
            public String scheme() {
                return "memory";
            }

            public Register open(final String address, final String cluster, final Duration patience) {
                return new Register() {
                    private Entry held = new Entry(ABSENT, new byte[0]);

                    public CompletionStage<Entry> read() {
                        return CompletableFuture.completedFuture(held);
                    }

                    public CompletionStage<Long> write(final long version, final byte[] bytes) {
                        if (version != held.version()) {
                            return CompletableFuture.completedFuture(null);
                        }
                        held = new Entry(version + 1, bytes);
                        return CompletableFuture.completedFuture(held.version());
                    }

                    public String state() {
                        return address + " " + cluster + " " + Registers.isCalling();
                    }

                    public void close() {
                    }
                };
            }
        }
        """;

    @TempDir
    private Path directory;
    private Path jar;

    @BeforeEach
    void makeJar() throws IOException {
        final Path source = Files.createDirectories(directory.resolve("other")).resolve("Provider.java");
        Files.writeString(source, PROVIDER);
        final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertEquals(0, compiler.run(null, null, null, "-d", directory.toString(), "-cp", System.getProperty("java.class.path"),
            source.toString()));
        final Map<String, byte[]> entries = new TreeMap<>();
        entries.put("META-INF/services/" + RegisterProvider.class.getName(), "other.Provider\n".getBytes(StandardCharsets.UTF_8));
        for (final String name : new String[] {"Provider", "Provider$1"}) {
            entries.put("other/" + name + ".class", Files.readAllBytes(directory.resolve("other/" + name + ".class")));
        }
        jar = directory.resolve("other.jar");
        try (OutputStream out = Files.newOutputStream(jar); JarOutputStream packed = new JarOutputStream(out)) {
            for (final Map.Entry<String, byte[]> entry : entries.entrySet()) {
                packed.putNextEntry(new JarEntry(entry.getKey()));
                packed.write(entry.getValue());
            }
        }
    }

    @Test
    void shouldOpenARegisterOfAnothersJarInALoaderOfItsOwn() {
        final ClassLoader before = Thread.currentThread().getContextClassLoader();

        try (Register register = Registers.open("memory:somewhere", jar.toString(), "orders", PATIENCE)) {
            final ClassLoader loader = register.getClass().getClassLoader();
            assertNotSame(Registers.class.getClassLoader(), loader);
            assertTrue(Registers.isLibrary(loader));
            assertFalse(Registers.isLibrary(getClass().getClassLoader()));
            // Calls from within that jar are the library's, others are the program's.
            assertFalse(Registers.isCalling());
            assertEquals("somewhere orders true", register.state());

            assertEquals(0, register.write(Register.ABSENT, new byte[] {7}).toCompletableFuture().join());
            assertNull(register.write(Register.ABSENT, new byte[] {8}).toCompletableFuture().join());
            assertArrayEquals(new byte[] {7}, register.read().toCompletableFuture().join().bytes());
        }
        assertSame(before, Thread.currentThread().getContextClassLoader());
    }

    @Test
    void shouldSayWhichKindsTheJarProvides() {
        final String message = refused("etcd:somewhere", jar.toString());

        assertTrue(message.contains("nobody provides etcd") && message.contains("memory"), message);
    }

    @Test
    void shouldSayWhichJarIsNotThere() {
        final String missing = directory.resolve("none.jar").toString();
        final String message = refused("memory:somewhere", missing);

        assertTrue(message.contains("replication.witness_path") && message.contains(missing), message);
    }

    private static String refused(final String name, final String path) {
        return assertThrows(IllegalArgumentException.class, () -> Registers.open(name, path, "orders", PATIENCE)).getMessage();
    }
}
