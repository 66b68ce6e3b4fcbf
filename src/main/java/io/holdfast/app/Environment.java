package io.holdfast.app;

import io.holdfast.failover.Node;
import io.holdfast.failover.NodeConfig;
import io.holdfast.nio.HoldfastSelectorProvider;
import io.holdfast.ops.ControlPath;
import io.holdfast.ops.ControlServer;
import io.holdfast.replication.ReplicationMode;
import io.holdfast.socket.HoldfastStack;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;

/**
 * The sockets of a command's server: a stack, installed as the system-wide NIO provider, with its control socket; or the
 * kernel's. Must be started before any code opens a channel.
 */
final class Environment implements Closeable {
    private final HoldfastStack stack;
    /** null if the stack stands alone. */
    private final Node node;
    private final ControlServer control;

    private Environment(final HoldfastStack stack, final Node node, final ControlServer control) {
        this.stack = stack;
        this.node = node;
        this.control = control;
    }

    static Environment start(final StackOptions options) throws IOException {
        if (options.kernel()) {
            return new Environment(null, null, null);
        }
        final NodeConfig replication = options.replication();
        final boolean alone = replication.mode() == ReplicationMode.OFF;
        final Node node = alone ? null : Node.start(replication, options.stackConfig());
        final HoldfastStack stack = alone ? HoldfastStack.start(options.stackConfig()) : node.stack();
        try {
            installProvider(stack);
            final Path path = options.control() == null ? ControlPath.own() : options.control();
            final ControlServer control = ControlServer.start(stack, node, path);
            if (replication.mode() == ReplicationMode.COLD) {
                System.err.println("holdfast: mode cold: the server starts when this host is to serve");
                node.awaitLeading();
            }
            return new Environment(stack, node, control);
        } catch (final IOException | RuntimeException e) {
            close(stack, node);
            throw e;
        } catch (final InterruptedException e) {
            close(stack, node);
            throw new InterruptedIOException("interrupted before this host was to serve");
        }
    }

    private static void close(final HoldfastStack stack, final Node node) {
        if (node == null) {
            stack.close();
        } else {
            node.close();
        }
    }

    /** The JDK chooses the provider once, at the first channel, by a name that the system's class loader knows. */
    private static void installProvider(final HoldfastStack stack) {
        if (Environment.class.getClassLoader() == ClassLoader.getSystemClassLoader()) {
            HoldfastSelectorProvider.installAsDefault(stack);
            return;
        }
        try {
            Class.forName("io.holdfast.app.launch.DefaultProvider", true, ClassLoader.getSystemClassLoader())
                .getMethod("install", SelectorProvider.class).invoke(null, new HoldfastSelectorProvider(stack));
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException("the jar's own classes are missing", e);
        }
    }

    /** null if the kernel's sockets are used. */
    HoldfastStack stack() {
        return stack;
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
            close(stack, node);
        }
    }
}
