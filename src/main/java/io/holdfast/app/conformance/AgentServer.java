package io.holdfast.app.conformance;

import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Listens on a unix stream socket; each accepted connection gets a session, and a thread, of its own. */
public final class AgentServer implements AutoCloseable {
    /** Sessions at a time; further connections are closed at once. */
    static final int MAX_SESSIONS = 256;

    private final Path path;
    private final PrintStream errors;
    private final ServerSocketChannel server;
    private final Set<AgentConnection> connections = ConcurrentHashMap.newKeySet();

    /**
     * Binds; a socket that an earlier agent left behind at the path is replaced.
     *
     * @param errors where the ends of connections are reported that did not end by themselves
     * @throws IOException if the path cannot be bound
     */
    public AgentServer(final Path path, final PrintStream errors) throws IOException {
        this.path = path;
        this.errors = errors;
        final UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
        final SelectorProvider kernel = kernel();
        removeStale(kernel, address);
        server = kernel.openServerSocketChannel(StandardProtocolFamily.UNIX);
        try {
            server.bind(address);
        } catch (final IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** Accepts until closed. */
    public void run() throws IOException {
        int number = 0;
        try {
            while (true) {
                final SocketChannel channel = server.accept();
                number++;
                if (connections.size() >= MAX_SESSIONS) {
                    errors.println("conformance-agent: more than " + MAX_SESSIONS + " sessions: connection refused");
                    channel.close();
                } else {
                    serve(channel, "session " + number);
                }
            }
        } catch (final ClosedChannelException e) {
            // Closed: the way to end this loop.
        }
    }

    private void serve(final SocketChannel channel, final String name) {
        final AgentConnection[] self = new AgentConnection[1];
        final AgentConnection connection = new AgentConnection(name, channel, errors, () -> connections.remove(self[0]));
        self[0] = connection;
        connections.add(connection);
        final Thread thread = new Thread(connection, "conformance-" + name.replace(' ', '-'));
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        connections.forEach(AgentConnection::closeChannel);
        Files.deleteIfExists(path);
    }

    /** The JDK's own provider, also where the stack's is the system-wide one. */
    private static SelectorProvider kernel() {
        final SelectorProvider standard = SelectorProvider.provider();
        if (standard.getClass().getName().startsWith("sun.nio.ch.")) {
            return standard;
        }
        try {
            return (SelectorProvider) Class.forName("sun.nio.ch.DefaultSelectorProvider").getMethod("get").invoke(null);
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException("no kernel provider: start with --add-exports java.base/sun.nio.ch=ALL-UNNAMED",
                e);
        }
    }

    private static void removeStale(final SelectorProvider kernel, final UnixDomainSocketAddress address)
        throws IOException {
        if (!Files.exists(address.getPath()) || Files.isRegularFile(address.getPath())
            || Files.isDirectory(address.getPath())) {
            return;
        }
        try (SocketChannel probe = kernel.openSocketChannel(StandardProtocolFamily.UNIX)) {
            probe.connect(address);
        } catch (final IOException e) {
            Files.deleteIfExists(address.getPath());
        }
    }
}
