package io.holdfast.nio;

import io.holdfast.config.StackConfig;
import io.holdfast.socket.AddressPolicy;
import io.holdfast.socket.HoldfastStack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Stream channels and listeners that are the stack's or the kernel's as their addresses say ({@link AddressPolicy}), and
 * selectors that carry both. Datagram channels, pipes and Unix domain sockets are the kernel's own.
 *
 * <p>Used as an instance, or by the system property {@code java.nio.channels.spi.SelectorProvider} naming this class:
 * then the stack is the one of {@link #install}, or it is started from the file that the system
 * property {@code holdfast.config} names; and {@code --add-exports java.base/sun.nio.ch=ALL-UNNAMED} is needed to reach
 * the kernel's provider. The agent gives the JVM an instance, without a property. Never found through
 * {@code META-INF/services}. Any thread.
 */
public final class HoldfastSelectorProvider extends HybridProvider {
    /** Names the configuration file of the stack that the default provider starts. */
    public static final String CONFIG_PROPERTY = "holdfast.config";

    private static volatile HoldfastStack installed;

    private final HoldfastStack stack;
    private final SelectorProvider kernel;
    private final AddressPolicy policy;
    private final StackOptions options;

    /** For {@code SelectorProvider.provider()}. */
    public HoldfastSelectorProvider() {
        this(installedOrConfigured());
    }

    public HoldfastSelectorProvider(final HoldfastStack stack) {
        this(stack, AddressPolicy.fromSystemProperties());
    }

    public HoldfastSelectorProvider(final HoldfastStack stack, final AddressPolicy policy) {
        this.stack = Objects.requireNonNull(stack, "stack");
        this.policy = Objects.requireNonNull(policy, "policy");
        this.kernel = KernelProvider.find(HoldfastSelectorProvider.class);
        try {
            this.options = new StackOptions(kernel);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The stack of the provider that the system property names. Before anything asked for that. */
    public static void install(final HoldfastStack stack) {
        installed = stack;
    }

    /**
     * Makes this class the JVM's default provider, on that stack.
     *
     * @throws IllegalStateException if the JVM has a default provider already: something asked for a channel too early
     */
    public static void installAsDefault(final HoldfastStack stack) {
        install(stack);
        System.setProperty(KernelProvider.PROPERTY, HoldfastSelectorProvider.class.getName());
        final SelectorProvider provider = SelectorProvider.provider();
        if (!(provider instanceof HoldfastSelectorProvider)) {
            throw new IllegalStateException("the NIO provider " + provider.getClass().getName()
                + " was in use before Holdfast's could be installed");
        }
    }

    private static HoldfastStack installedOrConfigured() {
        final HoldfastStack given = installed;
        if (given != null) {
            return given;
        }
        final String file = System.getProperty(CONFIG_PROPERTY);
        if (file == null) {
            throw new IllegalStateException("no stack for " + HoldfastSelectorProvider.class.getName()
                + ": start with -javaagent:holdfast.jar=FILE, or name the configuration with -D"
                + CONFIG_PROPERTY + "=FILE");
        }
        final HoldfastStack started = HoldfastStack.start(StackConfig.load(Path.of(file)));
        installed = started;
        return started;
    }

    @Override
    HoldfastStack stack() {
        return stack;
    }

    @Override
    SelectorProvider kernel() {
        return kernel;
    }

    @Override
    AddressPolicy policy() {
        return policy;
    }

    @Override
    StackOptions options() {
        return options;
    }

    @Override
    public AbstractSelector openSelector() throws IOException {
        return new HybridSelector(this);
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException {
        return new HybridSocketChannel(this, (ProtocolFamily) null);
    }

    @Override
    public SocketChannel openSocketChannel(final ProtocolFamily family) throws IOException {
        return isInternet(family) ? new HybridSocketChannel(this, family) : kernel.openSocketChannel(family);
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        return new HybridServerSocketChannel(this, null);
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(final ProtocolFamily family) throws IOException {
        return isInternet(family)
            ? new HybridServerSocketChannel(this, family) : kernel.openServerSocketChannel(family);
    }

    private static boolean isInternet(final ProtocolFamily family) {
        Objects.requireNonNull(family, "family");
        return family == StandardProtocolFamily.INET || family == StandardProtocolFamily.INET6;
    }

    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
        return kernel.openDatagramChannel();
    }

    @Override
    public DatagramChannel openDatagramChannel(final ProtocolFamily family) throws IOException {
        return kernel.openDatagramChannel(family);
    }

    @Override
    public Pipe openPipe() throws IOException {
        return kernel.openPipe();
    }

    /** None: a channel handed down by inetd is the kernel's, and not for this provider to give out. */
    @Override
    public Channel inheritedChannel() {
        return null;
    }
}
