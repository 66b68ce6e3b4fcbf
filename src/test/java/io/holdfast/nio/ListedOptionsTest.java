package io.holdfast.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.StackConfig;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.memory.MemoryLink;
import io.holdfast.net.HoldfastServerSocketFactory;
import io.holdfast.net.HoldfastSocketFactory;
import io.holdfast.socket.AddressPolicy.Side;
import io.holdfast.socket.AddressPolicy;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.socket.NativeOptions;
import io.holdfast.util.SeededRandom;
import io.holdfast.wire.IpAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketOption;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every option that a channel or socket of the stack lists can be set to something else than it is, and is that from then on,
 * also on the connections of the listener that it was set on. What it does is tested where that is: {@link #KNOWN} says where; an
 * option that is listed and not known fails. What the kernel lists and the stack has not, sharing of ports, is not listed.
 *
 * <p>Of the kind, a call that a program uses to look whether its client is alive and that must not end in an error: urgent data,
 * of channels' sockets and of {@code java.net}'s, before and behind ordinary data, with {@code SO_OOBINLINE} read back (here, and
 * {@code conformance/scripts/options/urgent-out.pkt} for the wire); a second bind where ports are not shared (here).
 */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class ListedOptionsTest {
    /** A value that is nobody's default, and where the effect of the option is tested; empty: it is there to be read. */
    private record Known(Object value, String effect) {
    }

    private static final Map<String, Known> KNOWN = new HashMap<>();

    static {
        KNOWN.put("SO_SNDBUF", new Known(65_536, "data/write-into-full-buffer.pkt"));
        KNOWN.put("SO_RCVBUF", new Known(65_536, "window/probe-of-peer.pkt"));
        KNOWN.put("SO_KEEPALIVE", new Known(true, "keepalive/data-postpones.pkt"));
        KNOWN.put("SO_REUSEADDR", new Known(true, "src/test/java/io/holdfast/socket/ListenerSocketTest.java"));
        KNOWN.put("SO_LINGER", new Known(3, "close/linger-waits.pkt"));
        KNOWN.put("TCP_NODELAY", new Known(true, "window/update-opens.pkt"));
        KNOWN.put("IP_TOS", new Known(0x20, "src/test/java/io/holdfast/ip/IpLayerSendTest.java"));
        KNOWN.put("TCP_KEEPIDLE", new Known(77, "keepalive/data-postpones.pkt"));
        KNOWN.put("TCP_KEEPINTERVAL", new Known(7, "keepalive/answered.pkt"));
        KNOWN.put("TCP_KEEPCOUNT", new Known(5, "keepalive/option-values.pkt"));
        KNOWN.put("TCP_QUICKACK", new Known(false, "data/quickack-option.pkt"));
        KNOWN.put("SO_OOBINLINE", new Known(true, ""));
        KNOWN.put("TCP_CORK", new Known(true, "close/fin-piggybacks.pkt"));
        KNOWN.put("TCP_MAXSEG", new Known(600, "options/maxseg.pkt"));
        KNOWN.put("TCP_USER_TIMEOUT", new Known(7_000, "options/user-timeout.pkt"));
        KNOWN.put("TCP_LINGER2", new Known(9, "close/fin-wait-2-timeout.pkt"));
        KNOWN.put("TCP_SYNCNT", new Known(3, "handshake/syn-give-up.pkt"));
        KNOWN.put("TCP_CONGESTION", new Known("reno", "congestion/name.pkt"));
        KNOWN.put("IP_TTL", new Known(9, "src/test/java/io/holdfast/ip/IpLayerSendTest.java"));
    }

    private static HoldfastStack here;
    private static HoldfastStack there;
    private static HoldfastSelectorProvider servers;
    private static HoldfastSelectorProvider clients;

    @BeforeAll
    static void start() throws Exception {
        final MemoryLink.Pair wire = MemoryLink.pair(caps(0x02_00_00_00_00_01L), caps(0x02_00_00_00_00_02L));
        here = stack(wire.left(), 1);
        there = stack(wire.right(), 2);
        final AddressPolicy policy = new AddressPolicy(Side.STACK, Side.STACK);
        servers = new HoldfastSelectorProvider(here, policy);
        clients = new HoldfastSelectorProvider(there, policy);
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

    private static InetSocketAddress of(final int port) throws Exception {
        return new InetSocketAddress(java.net.InetAddress.getByAddress(new byte[] {10, 77, 0, 1}), port);
    }

    private static void requireKnown(final Set<SocketOption<?>> listed) {
        final Set<String> unknown = new TreeSet<>(listed.stream().map(SocketOption::name).collect(Collectors.toSet()));
        assertTrue(unknown.size() > 2, () -> "only " + unknown);
        assertFalse(unknown.contains("SO_REUSEPORT"), "sharing of ports is listed, but not there");
        unknown.removeAll(KNOWN.keySet());
        assertEquals(Set.of(), unknown, "listed, and nothing says what they do");
    }

    @SuppressWarnings("unchecked")
    private static <T> T other(final SocketOption<T> option) {
        return (T) KNOWN.get(option.name()).value();
    }

    private static <T> void requireSettable(final NetworkChannel channel, final SocketOption<T> option) throws Exception {
        channel.setOption(option, other(option));
        assertEquals(other(option), channel.getOption(option), option.name());
    }

    @Test
    void shouldSetEveryOptionThatAChannelLists() throws Exception {
        try (ServerSocketChannel server = servers.openServerSocketChannel()) {
            for (final boolean bound : new boolean[] {false, true}) {
                requireKnown(server.supportedOptions());
                for (final SocketOption<?> option : server.supportedOptions()) {
                    requireSettable(server, option);
                }
                if (!bound) {
                    server.bind(of(0));
                }
            }
            try (SocketChannel client = clients.openSocketChannel()) {
                requireKnown(client.supportedOptions());
                client.connect(server.getLocalAddress());
                requireKnown(client.supportedOptions());
                for (final SocketOption<?> option : client.supportedOptions()) {
                    requireSettable(client, option);
                }
                try (SocketChannel accepted = server.accept()) {
                    for (final SocketOption<?> option : server.supportedOptions()) {
                        assertEquals(other(option), accepted.getOption(option), "inherited " + option.name());
                    }
                }
            }
        }
    }

    @Test
    void shouldSetEveryOptionThatASocketLists() throws Exception {
        try (ServerSocket server = new HoldfastServerSocketFactory(here).createServerSocket();
            Socket client = new HoldfastSocketFactory(there).createSocket()) {
            requireKnownNames(server.supportedOptions());
            requireKnown(client.supportedOptions());
            for (final SocketOption<?> option : server.supportedOptions()) {
                set(server, option);
            }
            server.bind(of(0));
            client.connect(server.getLocalSocketAddress());
            for (final SocketOption<?> option : client.supportedOptions()) {
                set(client, option);
            }
        }
    }

    /** A server socket's list is short. */
    private static void requireKnownNames(final Set<SocketOption<?>> listed) {
        for (final SocketOption<?> option : listed) {
            assertTrue(KNOWN.containsKey(option.name()), option.name());
        }
    }

    private static <T> void set(final ServerSocket socket, final SocketOption<T> option) throws Exception {
        socket.setOption(option, other(option));
        assertEquals(other(option), socket.getOption(option), option.name());
    }

    private static <T> void set(final Socket socket, final SocketOption<T> option) throws Exception {
        socket.setOption(option, other(option));
        assertEquals(other(option), socket.getOption(option), option.name());
    }

    @Test
    void shouldSendUrgentDataInTheStream() throws Exception {
        try (ServerSocketChannel server = servers.openServerSocketChannel().bind(of(0));
            SocketChannel channel = clients.openSocketChannel()) {
            channel.connect(server.getLocalAddress());
            try (Socket socket = channel.socket(); Socket accepted = server.accept().socket()) {
                assertFalse(accepted.getOOBInline());
                accepted.setOOBInline(true);
                assertTrue(accepted.getOOBInline());
                for (int i = 0; i < 10; i++) {
                    accepted.sendUrgentData(0xFF);
                }
                accepted.getOutputStream().write(1);
                for (int i = 0; i < 10; i++) {
                    assertEquals(0xFF, socket.getInputStream().read());
                }
                assertEquals(1, socket.getInputStream().read());
            }
        }
        try (ServerSocket server = new HoldfastServerSocketFactory(here).createServerSocket();
            Socket client = new HoldfastSocketFactory(there).createSocket()) {
            server.bind(of(0));
            client.connect(server.getLocalSocketAddress());
            try (Socket accepted = server.accept()) {
                accepted.setOOBInline(true);
                assertTrue(accepted.getOOBInline());
                accepted.sendUrgentData(0xFF);
                assertEquals(0xFF, client.getInputStream().read());
            }
        }
    }

    @Test
    void shouldNameTestsThatAreThere() {
        KNOWN.forEach((name, known) -> assertTrue(known.effect().isEmpty() || Files.exists(Path.of("conformance/scripts", known.effect()))
            || Files.exists(Path.of(known.effect())), () -> name + ": " + known.effect()));
    }

    @Test
    void shouldKnowTheStacksOwnOptionsToo() {
        assertEquals("SO_OOBINLINE", NativeOptions.SO_OOBINLINE.name());
        requireKnown(io.holdfast.socket.StreamSocket.supportedOptions());
    }
}
