package io.holdfast.os;

import java.lang.reflect.Field;

/**
 * Loads jffi's native half for the class loader that this class is of. Left to itself, jffi asks the system's class loader first, and may
 * find the jffi of the program that the agent is in, of another version perhaps, whose native half is then that one's.
 */
final class NativeHalf {
    private static final String LOADER = "com.kenai.jffi.internal.StubLoader";
    private static final String OWNER = "com.kenai.jffi.Init";
    private static final String LOADED = "loaded";

    private NativeHalf() {
    }

    /** Before anything of jffi is used. Where it does not succeed, jffi goes its own way, and tells what is wrong. */
    static void load() {
        final ClassLoader own = NativeHalf.class.getClassLoader();
        try {
            // Its initializer does it.
            final Class<?> loader = Class.forName(LOADER, true, own);
            if ((boolean) loader.getMethod("isLoaded").invoke(null)) {
                final Field loaded = Class.forName(OWNER, true, own).getDeclaredField(LOADED);
                loaded.setAccessible(true);
                loaded.setBoolean(null, true);
            }
        } catch (final ReflectiveOperationException | LinkageError e) {
            // As said.
            return;
        }
    }
}
