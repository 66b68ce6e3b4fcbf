package io.holdfast.app.agent;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * Loads what a start needs, while another thread reads the configuration: that takes half of the time if there is a second
 * processor. Classes are loaded and not initialized, so that no initializer can wait for one of the other thread's; only what
 * makes native calls, which needs nothing else of ours, is. Failures are left for the start itself to meet.
 */
final class Warmup implements Runnable {
    /** Resource with one class a line, in the order in which a start without replication needs the classes. */
    private static final String NAMES = "start.txt";
    private static final String NATIVE_CALLS = "io.holdfast.os.Linux";

    private Warmup() {
    }

    static void start() {
        if (Runtime.getRuntime().availableProcessors() > 1) {
            final Thread thread = new Thread(new Warmup(), "holdfast-warmup");
            thread.setDaemon(true);
            thread.start();
        }
    }

    @Override
    public void run() {
        final ClassLoader loader = Warmup.class.getClassLoader();
        try (InputStream in = Warmup.class.getResourceAsStream(NAMES);
            BufferedReader names = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            for (String name = names.readLine(); name != null; name = names.readLine()) {
                Class.forName(name, name.equals(NATIVE_CALLS), loader);
            }
        } catch (final IOException | ReflectiveOperationException | LinkageError e) {
            // The start itself meets it again, and tells.
            return;
        }
    }
}
