package io.holdfast.stack;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** What differs between the JDKs that Holdfast runs on. */
public final class Platform {
    private static final MethodHandle IS_VIRTUAL = findIsVirtual();

    private Platform() {
    }

    /** Is this a virtual thread (JDK 21 and later)? Those park only: in native code they would pin their carrier. */
    public static boolean isVirtual(final Thread thread) {
        if (IS_VIRTUAL == null) {
            return false;
        }
        try {
            return (boolean) IS_VIRTUAL.invokeExact(thread);
        } catch (final Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Agrona reads {@code jdk.internal.misc.Unsafe}; without this export its first use ends in an obscure error.
     *
     * @throws IllegalStateException naming the flag to add
     */
    public static void requireExports() {
        final Module base = Object.class.getModule();
        if (!base.isExported("jdk.internal.misc", Platform.class.getModule())) {
            throw new IllegalStateException("Holdfast needs the JVM flag --add-exports java.base/jdk.internal.misc=ALL-UNNAMED"
                + " (holdfast.jar and its agent set it themselves; a program that links against the library must be started"
                + " with it)");
        }
    }

    private static MethodHandle findIsVirtual() {
        try {
            return MethodHandles.publicLookup().findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (final ReflectiveOperationException e) {
            return null;
        }
    }
}
