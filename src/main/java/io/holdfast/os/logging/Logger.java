package io.holdfast.os.logging;

import java.util.function.Supplier;

/** Drops everything. Any thread. */
public final class Logger {
    private static final Logger INSTANCE = new Logger();

    private Logger() {
    }

    public static Logger getLogger(final String name) {
        return INSTANCE;
    }

    public void info(final String message) {
        // Dropped, like the rest.
    }

    public void finest(final String message) {
        // Dropped, like the rest.
    }

    public void finest(final Supplier<String> message) {
        // Dropped, like the rest.
    }

    public void log(final Level level, final String message) {
        // Dropped, like the rest.
    }

    public void log(final Level level, final String message, final Object argument) {
        // Dropped, like the rest.
    }

    public void log(final Level level, final String message, final Throwable thrown) {
        // Dropped, like the rest.
    }
}
