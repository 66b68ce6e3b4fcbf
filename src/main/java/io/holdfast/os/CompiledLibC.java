package io.holdfast.os;

import java.util.function.Consumer;
import jnr.ffi.LibraryLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has jnr-ffi compile a stub for each function of the C library. Jnr-ffi loads some 280 classes for that, a third of a second on
 * one processor, so a separate thread does it after the program's start. Until then calls go by {@link EarlyLibC}.
 */
final class CompiledLibC implements Runnable {
    private static final long DELAY_MS = 1_000;

    private final Consumer<LibC> use;

    private CompiledLibC(final Consumer<LibC> use) {
        this.use = use;
    }

    /** @param use gets the library when it is compiled; never, if it cannot be */
    static void prepare(final Consumer<LibC> use) {
        final Thread thread = new Thread(null, new CompiledLibC(use), "holdfast-stubs", 0, false);
        thread.setDaemon(true);
        thread.start();
    }

    static LibC compile() {
        return LibraryLoader.create(LibC.class).load("c");
    }

    @Override
    public void run() {
        try {
            Thread.sleep(DELAY_MS);
            use.accept(compile());
        } catch (final InterruptedException e) {
            // No other code has this thread to interrupt it; without the stubs everything works, too.
            Thread.currentThread().interrupt();
        } catch (final RuntimeException | LinkageError e) {
            final Logger log = LoggerFactory.getLogger(CompiledLibC.class);
            log.warn("native calls stay slower than they could be: jnr-ffi compiles no stubs here", e);
        }
    }
}
