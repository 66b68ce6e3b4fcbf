package io.holdfast.failover.witness;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Loads the classes of a register's library from a jar within Holdfast's: programs do not see them, and what Holdfast brings
 * without one does not hold them. The jar is copied to a file that has no name any more once it is open. Any thread.
 */
final class RegisterLoader extends ClassLoader {
    /** Beside this class. */
    private static final String JAR = "registers.jar";
    private static final String SERVICE = "META-INF/services/" + RegisterProvider.class.getName();

    static {
        registerAsParallelCapable();
    }

    private final JarFile jar;

    private RegisterLoader(final ClassLoader parent, final JarFile jar) {
        super("holdfast-witness", parent);
        this.jar = jar;
    }

    /** Null if this Holdfast has no such jar: it came from a class path. */
    static RegisterLoader open() throws IOException {
        final ClassLoader ours = RegisterLoader.class.getClassLoader();
        try (InputStream in = RegisterLoader.class.getResourceAsStream(JAR)) {
            if (in == null) {
                return null;
            }
            final Path file = Files.createTempFile("holdfast-", ".jar");
            try {
                Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
                return new RegisterLoader(ours, new JarFile(file.toFile()));
            } finally {
                Files.delete(file);
            }
        }
    }

    /** Names of its providers. */
    String[] providers() throws IOException {
        try (InputStream in = jar.getInputStream(jar.getJarEntry(SERVICE))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip().split("\\s+");
        }
    }

    @Override
    protected Class<?> findClass(final String name) throws ClassNotFoundException {
        final JarEntry entry = jar.getJarEntry(name.replace('.', '/') + ".class");
        if (entry == null) {
            throw new ClassNotFoundException(name);
        }
        try (InputStream in = jar.getInputStream(entry)) {
            final byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (final IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
