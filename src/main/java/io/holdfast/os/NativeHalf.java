package io.holdfast.os;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Loads jffi's native half for the class loader of this class. By itself, jffi asks the system's class loader first, and may find
 * the program's jffi, whose version and native half may differ. It also uses the JDK's configuration, which is the program's, for
 * instance {@code SecureRandom} for a random file name, and that takes time at every start.
 */
final class NativeHalf {
    private static final String LOADER = "com.kenai.jffi.internal.StubLoader";
    private static final String OWNER = "com.kenai.jffi.Init";
    private static final String LOADED = "loaded";

    private NativeHalf() {
    }

    /** Must run before jffi is used. If it fails, jffi loads its native half itself, and reports errors. */
    static void load() {
        final ClassLoader own = NativeHalf.class.getClassLoader();
        try {
            if (loadFromFile() || loadedByJffi(own)) {
                final Field loaded = Class.forName(OWNER, true, own).getDeclaredField(LOADED);
                loaded.setAccessible(true);
                loaded.setBoolean(null, true);
            }
        } catch (final ReflectiveOperationException | LinkageError e) {
            // Jffi will load its native half itself.
            return;
        }
    }

    /**
     * A library is loaded from files only; this one exists for a moment. False where it cannot be: no space, or nothing to be run
     * there.
     */
    private static boolean loadFromFile() {
        final String resource = resource(System.getProperty("os.arch"));
        if (resource == null) {
            return false;
        }
        // The file is created anew with owner-only permissions, so a guessed name does no harm.
        final Path file = Path.of(System.getProperty("java.io.tmpdir"), "holdfast-" + Long.toHexString(System.nanoTime()) + ".so");
        try (InputStream library = NativeHalf.class.getResourceAsStream(resource)) {
            if (library == null) {
                return false;
            }
            try {
                unpack(library, file);
                System.load(file.toAbsolutePath().toString());
            } finally {
                Files.deleteIfExists(file);
            }
            return true;
        } catch (final IOException | LinkageError e) {
            // jffi tries other places, too.
            return false;
        }
    }

    private static void unpack(final InputStream library, final Path file) throws IOException {
        try (OutputStream out = Channels.newOutputStream(Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE), PosixFilePermissions.asFileAttribute(EnumSet.of(PosixFilePermission.OWNER_READ,
                PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE))))) {
            out.write(library.readAllBytes());
        }
    }

    private static String resource(final String architecture) {
        final String name = switch (architecture) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64" -> "aarch64";
            default -> null;
        };
        return name == null ? null : "/jni/" + name + "-Linux/libjffi-1.2.so";
    }

    private static boolean loadedByJffi(final ClassLoader own) throws ReflectiveOperationException {
        // The class's initializer loads the native half.
        final Class<?> loader = Class.forName(LOADER, true, own);
        return (boolean) loader.getMethod("isLoaded").invoke(null);
    }
}
