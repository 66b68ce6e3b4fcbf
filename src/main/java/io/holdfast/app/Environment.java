package io.holdfast.app;

import io.holdfast.nio.HoldfastSelectorProvider;
import io.holdfast.ops.ControlPath;
import io.holdfast.ops.ControlServer;
import io.holdfast.socket.HoldfastStack;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;

/**
 * What a command's server runs on: a stack, installed as the system-wide NIO provider, with its control socket; or the
 * kernel's sockets. Made before anything asks for a channel.
 */
final class Environment implements Closeable {
    private final HoldfastStack stack;
    private final ControlServer control;

    private Environment(final HoldfastStack stack, final ControlServer control) {
        this.stack = stack;
        this.control = control;
    }

    static Environment start(final StackOptions options) throws IOException {
        if (options.kernel()) {
            return new Environment(null, null);
        }
        final HoldfastStack stack = HoldfastStack.start(options.stackConfig());
        try {
            installProvider(stack);
            final Path path = options.control() == null ? ControlPath.own() : options.control();
            return new Environment(stack, ControlServer.start(stack, null, path));
        } catch (final IOException | RuntimeException e) {
            stack.close();
            throw e;
        }
    }

    /** Before anything asks for a channel: the provider is chosen once. */
    private static void installProvider(final HoldfastStack stack) {
        HoldfastSelectorProvider.install(stack);
        System.setProperty("java.nio.channels.spi.SelectorProvider", HoldfastSelectorProvider.class.getName());
    }

    SelectorProvider provider() {
        return SelectorProvider.provider();
    }

    String description() {
        return stack == null ? "the kernel's sockets" : "Holdfast, control socket " + control.path();
    }

    @Override
    public void close() throws IOException {
        if (stack != null) {
            control.close();
            stack.close();
        }
    }
}
