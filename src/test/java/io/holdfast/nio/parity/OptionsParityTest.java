package io.holdfast.nio.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;

/** Options of both kinds of channel: which there are, and that what is set is read back, before and after connecting. */
class OptionsParityTest extends ParityTest {
    /** Says which hardware queue a packet came through; a device without one has nothing to say. */
    private static final String HARDWARE_ONLY = "SO_INCOMING_NAPI_ID";

    @Test
    void shouldSupportTheOptionsOfTheKernelsChannels() throws Exception {
        try (SocketChannel stream = SocketChannel.open(); ServerSocketChannel listener = ServerSocketChannel.open()) {
            final Pair pair = connect();
            assertEquals(names(stream), names(pair.client()));
            assertEquals(names(stream), names(pair.server()));
            assertEquals(names(stream), names(openClient()));
            assertEquals(names(listener), names(listen()));
            assertEquals(names(listener), names(openServer()));
        }
    }

    @Test
    void shouldRoundTripBeforeAndAfterConnecting() throws Exception {
        final ServerSocketChannel listener = listen();
        final SocketChannel client = openClient();
        setAll(client);
        expectAll(client);
        client.connect(listener.getLocalAddress());
        expectAll(client);
        final SocketChannel server = track(listener.accept());
        setAll(server);
        expectAll(server);
        client.setOption(StandardSocketOptions.TCP_NODELAY, false);
        assertFalse(client.getOption(StandardSocketOptions.TCP_NODELAY));
        client.setOption(StandardSocketOptions.SO_LINGER, -1);
        server.setOption(StandardSocketOptions.SO_LINGER, -1);
        assertEquals(-1, client.getOption(StandardSocketOptions.SO_LINGER));
    }

    @Test
    void shouldHaveTheKernelsDefaults() throws Exception {
        final Pair pair = connect();
        for (final SocketChannel channel : new SocketChannel[] {pair.client(), pair.server(), openClient()}) {
            assertFalse(channel.getOption(StandardSocketOptions.TCP_NODELAY));
            assertFalse(channel.getOption(StandardSocketOptions.SO_KEEPALIVE));
            assertEquals(-1, channel.getOption(StandardSocketOptions.SO_LINGER));
            assertTrue(channel.getOption(StandardSocketOptions.SO_SNDBUF) > 0);
            assertTrue(channel.getOption(StandardSocketOptions.SO_RCVBUF) > 0);
            assertEquals(0, channel.getOption(StandardSocketOptions.IP_TOS));
        }
        assertFalse(openClient().getOption(StandardSocketOptions.SO_REUSEADDR));
        assertTrue(openServer().getOption(StandardSocketOptions.SO_REUSEADDR), "as servers on Linux want");
    }

    @Test
    void shouldAcceptBufferSizesOnAListener() throws Exception {
        final ServerSocketChannel listener = openServer();
        listener.setOption(StandardSocketOptions.SO_RCVBUF, 64 * 1024);
        listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        assertTrue(listener.getOption(StandardSocketOptions.SO_RCVBUF) >= 64 * 1024);
        listener.bind(new InetSocketAddress(net.serverAddress(), 0));
        assertTrue(listener.getOption(StandardSocketOptions.SO_RCVBUF) >= 64 * 1024);
        assertTrue(listener.getOption(StandardSocketOptions.SO_REUSEADDR));
        assertTrue(connect(listener).server().getOption(StandardSocketOptions.SO_RCVBUF) >= 64 * 1024, "inherited");
    }

    @Test
    void shouldRefuseUnknownOptionsAndBadValues() throws Exception {
        final SocketChannel undecided = openClient();
        final Pair pair = connect();
        for (final SocketChannel channel : new SocketChannel[] {undecided, pair.client(), pair.server()}) {
            assertThrows(UnsupportedOperationException.class,
                () -> channel.setOption(StandardSocketOptions.SO_BROADCAST, true));
            assertThrows(UnsupportedOperationException.class,
                () -> channel.getOption(StandardSocketOptions.IP_MULTICAST_TTL));
            assertThrows(IllegalArgumentException.class,
                () -> channel.setOption(StandardSocketOptions.SO_RCVBUF, -1));
            assertThrows(NullPointerException.class, () -> channel.setOption(null, true));
            assertThrows(NullPointerException.class, () -> channel.getOption(null));
        }
        assertThrows(UnsupportedOperationException.class,
            () -> openServer().setOption(StandardSocketOptions.TCP_NODELAY, true));
    }

    @Test
    void shouldThrowClosedChannelAfterClose() throws Exception {
        final Pair pair = connect();
        pair.client().close();
        assertThrows(ClosedChannelException.class,
            () -> pair.client().setOption(StandardSocketOptions.TCP_NODELAY, true));
        assertThrows(ClosedChannelException.class,
            () -> pair.client().getOption(StandardSocketOptions.TCP_NODELAY));
    }

    private static Set<String> names(final NetworkChannel channel) {
        final Set<String> names = channel.supportedOptions().stream().map(SocketOption::name)
            .collect(Collectors.toCollection(HashSet::new));
        names.remove(HARDWARE_ONLY);
        // A channel that may be the stack's does not list what the stack has not: sharing of ports.
        names.remove(StandardSocketOptions.SO_REUSEPORT.name());
        return names;
    }

    private static void setAll(final SocketChannel channel) throws Exception {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        channel.setOption(StandardSocketOptions.SO_LINGER, 5);
        channel.setOption(StandardSocketOptions.IP_TOS, 0x10);
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 30);
        channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 3);
        channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 7);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, 64 * 1024);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, 48 * 1024);
    }

    private static void expectAll(final SocketChannel channel) throws Exception {
        assertTrue(channel.getOption(StandardSocketOptions.TCP_NODELAY));
        assertTrue(channel.getOption(StandardSocketOptions.SO_KEEPALIVE));
        assertEquals(5, channel.getOption(StandardSocketOptions.SO_LINGER));
        assertEquals(0x10, channel.getOption(StandardSocketOptions.IP_TOS));
        assertTrue(channel.getOption(StandardSocketOptions.SO_REUSEADDR));
        assertEquals(30, channel.getOption(ExtendedSocketOptions.TCP_KEEPIDLE));
        assertEquals(3, channel.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL));
        assertEquals(7, channel.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT));
        assertTrue(channel.getOption(StandardSocketOptions.SO_SNDBUF) >= 64 * 1024);
        assertTrue(channel.getOption(StandardSocketOptions.SO_RCVBUF) >= 48 * 1024);
    }
}
