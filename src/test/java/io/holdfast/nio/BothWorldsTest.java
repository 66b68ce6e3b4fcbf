package io.holdfast.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.StackConfig;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.memory.MemoryLink;
import io.holdfast.socket.AddressPolicy.Side;
import io.holdfast.socket.AddressPolicy;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.util.SeededRandom;
import io.holdfast.wire.IpAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A listener at the wildcard is reached at the stack's address and at the kernel's, as one: blocking, with a time limit, by a
 * selector, from its adaptor; at a port of its choice or any; closed while clients wait.
 */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class BothWorldsTest {
    private static HoldfastStack here;
    private static HoldfastStack there;
    private static HoldfastSelectorProvider servers;
    private static HoldfastSelectorProvider clients;

    @BeforeAll
    static void start() {
        final MemoryLink.Pair wire = MemoryLink.pair(caps(0x02_00_00_00_00_01L), caps(0x02_00_00_00_00_02L));
        here = stack(wire.left(), 1);
        there = stack(wire.right(), 2);
        servers = new HoldfastSelectorProvider(here);
        clients = new HoldfastSelectorProvider(there, new AddressPolicy(Side.STACK, Side.STACK));
    }

    @AfterAll
    static void stop() {
        here.close();
        there.close();
    }

    private static LinkCapabilities caps(final long mac) {
        return new LinkCapabilities(true, 1_500, mac, true, true, 65_549);
    }

    private static HoldfastStack stack(final MemoryLink link, final int host) {
        return HoldfastStack.start(new StackConfig().link(link).address(IpAddress.ofV4(0x0A4D_0000 | host)).prefixLength(24)
            .random(new SeededRandom(host)));
    }

    private static ServerSocketChannel listen() throws IOException {
        return servers.openServerSocketChannel().bind(null);
    }

    private static int port(final ServerSocketChannel server) throws IOException {
        return ((InetSocketAddress) server.getLocalAddress()).getPort();
    }

    private static SocketChannel byStack(final int port) throws IOException {
        final SocketChannel client = clients.openSocketChannel();
        client.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {10, 77, 0, 1}), port));
        return client;
    }

    private static SocketChannel byKernel(final int port) throws IOException {
        return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private static void requireTalk(final SocketChannel server, final SocketChannel client) throws IOException {
        client.write(ByteBuffer.wrap(new byte[] {7}));
        final ByteBuffer read = ByteBuffer.allocate(1);
        server.configureBlocking(true);
        assertEquals(1, server.read(read));
        assertEquals(7, read.get(0));
    }

    @Test
    void shouldAcceptFromBothSidesBlocking() throws Exception {
        try (ServerSocketChannel server = listen();
            SocketChannel kernel = byKernel(port(server));
            SocketChannel accepted = server.accept()) {
            requireTalk(accepted, kernel);
            try (SocketChannel stack = byStack(port(server)); SocketChannel second = server.accept()) {
                requireTalk(second, stack);
                assertTrue(second.getLocalAddress().toString().contains("10.77.0.1"), second.toString());
                assertTrue(accepted.getLocalAddress().toString().contains("127.0.0.1"), accepted.toString());
            }
        }
    }

    @Test
    void shouldSelectFromBothSides() throws Exception {
        try (ServerSocketChannel server = listen(); Selector selector = servers.openSelector()) {
            server.configureBlocking(false);
            final SelectionKey key = server.register(selector, SelectionKey.OP_ACCEPT);
            assertNull(server.accept());
            for (int i = 0; i < 3; i++) {
                try (SocketChannel client = i % 2 == 0 ? byKernel(port(server)) : byStack(port(server))) {
                    assertEquals(1, selector.select());
                    assertTrue(key.isAcceptable());
                    selector.selectedKeys().clear();
                    try (SocketChannel accepted = server.accept()) {
                        requireTalk(accepted, client);
                        assertNull(server.accept());
                    }
                    assertEquals(0, selector.selectNow());
                }
            }
        }
    }

    @Test
    void shouldAcceptThroughTheAdaptorWithinItsTime() throws Exception {
        try (ServerSocketChannel server = listen(); ServerSocket adaptor = server.socket()) {
            adaptor.setSoTimeout(20);
            assertThrows(SocketTimeoutException.class, adaptor::accept);
            try (SocketChannel client = byKernel(port(server)); var accepted = adaptor.accept()) {
                requireTalk(accepted.getChannel(), client);
            }
        }
    }

    @Test
    void shouldKeepClientsInTheBacklogUntilTheyAreTaken() throws Exception {
        try (ServerSocketChannel server = listen()) {
            final SocketChannel[] waiting = new SocketChannel[10];
            for (int i = 0; i < waiting.length; i++) {
                waiting[i] = byKernel(port(server));
            }
            for (final SocketChannel client : waiting) {
                try (SocketChannel accepted = server.accept()) {
                    assertNotNull(accepted);
                }
                client.close();
            }
            assertEquals(10, here.kernelSides().get(0).accepted());
        }
        assertTrue(here.kernelSides().isEmpty());
    }

    @Test
    void shouldCloseBothSides() throws Exception {
        final ServerSocketChannel server = listen();
        final int port = port(server);
        final SocketChannel waiting = byKernel(port);
        final CompletableFuture<Void> acceptor = CompletableFuture.runAsync(() -> assertThrows(ClosedChannelException.class, () -> {
            while (true) {
                server.accept();
            }
        }));
        server.close();
        acceptor.join();
        assertThrows(ConnectException.class, () -> byKernel(port));
        waiting.close();
    }

    @Test
    void shouldRefuseAPortThatTheKernelHasInUse() throws Exception {
        try (ServerSocket other = new ServerSocket(0); ServerSocketChannel server = servers.openServerSocketChannel()) {
            final int port = other.getLocalPort();
            assertThrows(BindException.class, () -> server.bind(new InetSocketAddress(port)));
            assertFalse(here.sockets().stream().anyMatch(socket -> socket.local().getPort() == port));
        }
    }

    @Test
    void shouldTakeASideForAPort() throws Exception {
        final int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        final HoldfastSelectorProvider chosen = new HoldfastSelectorProvider(here,
            AddressPolicy.of(Map.of("listen.wildcard." + port, "stack", "listen.wildcard", "kernel")));
        try (ServerSocketChannel onStack = chosen.openServerSocketChannel().bind(new InetSocketAddress(port));
            ServerSocketChannel onKernel = chosen.openServerSocketChannel().bind(null)) {
            assertThrows(ConnectException.class, () -> byKernel(port));
            byStack(port).close();
            byKernel(port(onKernel)).close();
            assertThrows(ConnectException.class, () -> byStack(port(onKernel)));
        }
    }
}
