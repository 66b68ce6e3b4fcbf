package io.holdfast.app.launch;

import java.lang.reflect.InvocationTargetException;

/** {@code java -jar holdfast.jar}; goes on inside, where {@code io.holdfast.app.Holdfast} is the command line. */
public final class Main {
    private static final String INSIDE = "io.holdfast.app.Holdfast";

    private Main() {
    }

    public static void main(final String[] arguments) throws Throwable {
        final ClassLoader inside = InnerClassLoader.get();
        Thread.currentThread().setContextClassLoader(inside);
        try {
            Class.forName(INSIDE, true, inside).getMethod("main", String[].class).invoke(null, (Object) arguments);
        } catch (final InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
