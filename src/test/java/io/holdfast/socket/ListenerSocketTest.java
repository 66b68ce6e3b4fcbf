package io.holdfast.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ListenerSocketTest {
    private static final int PORT = 80;

    private final TwoHosts hosts = new TwoHosts();

    @AfterEach
    void close() {
        hosts.close();
    }

    @Test
    void shouldListenOnAnyAddressAndAnyPort() throws IOException {
        final ListenerSocket listener = hosts.server.openListener();
        listener.listen(5);
        assertTrue(listener.localAddress().getAddress().isAnyLocalAddress());
        hosts.connect(listener.localAddress().getPort());
        assertNotNull(hosts.accept(listener));
    }

    @Test
    void shouldNotListenTwiceOnAPort() throws IOException {
        hosts.listen(PORT, 5);
        final ListenerSocket second = hosts.server.openListener();
        second.option(StandardSocketOptions.SO_REUSEADDR, true);
        assertEquals("Address already in use",
            assertThrows(BindException.class, () -> second.bind(TwoHosts.at(TwoHosts.SERVER, PORT))).getMessage());
    }

    @Test
    void shouldNotBindToAForeignAddress() {
        final ListenerSocket listener = hosts.server.openListener();
        assertEquals("Cannot assign requested address",
            assertThrows(BindException.class, () -> listener.bind(TwoHosts.at(TwoHosts.CLIENT, PORT))).getMessage());
    }

    @Test
    void shouldGiveThePortBackWhenClosed() throws IOException {
        final ListenerSocket first = hosts.listen(PORT, 5);
        first.close();
        assertThrows(ClosedChannelException.class, first::accept);
        hosts.listen(PORT, 5);
    }

    @Test
    void shouldKeepThePortForTimeWaitUnlessReused() throws IOException {
        final ListenerSocket first = hosts.listen(PORT, 5);
        hosts.connect(PORT);
        final StreamSocket there = hosts.accept(first);
        there.close();
        first.close();
        hosts.run(10);
        final ListenerSocket second = hosts.server.openListener();
        assertThrows(BindException.class, () -> second.bind(TwoHosts.at(TwoHosts.SERVER, PORT)));
        second.option(StandardSocketOptions.SO_REUSEADDR, true);
        second.bind(TwoHosts.at(TwoHosts.SERVER, PORT));
    }

    @Test
    void shouldHoldNoMoreThanItsBacklog() throws IOException {
        final ListenerSocket listener = hosts.listen(PORT, 2);
        final List<StreamSocket> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            final StreamSocket socket = hosts.client.openStream();
            socket.connect(TwoHosts.at(TwoHosts.SERVER, PORT));
            clients.add(socket);
        }
        hosts.run(500);
        int accepted = 0;
        while (listener.accept() != null) {
            accepted++;
        }
        assertTrue(accepted >= 2 && accepted <= 3, "accepted " + accepted);
        // The others' SYNs come again, and find room; those that hold a cookie bring it back with their first data.
        for (int round = 0; round < 20 && accepted < clients.size(); round++) {
            hosts.run(5_000);
            for (final StreamSocket client : clients) {
                if (client.finishConnect()) {
                    client.write(java.nio.ByteBuffer.allocate(1));
                }
            }
            while (listener.accept() != null) {
                accepted++;
            }
        }
        assertEquals(clients.size(), accepted);
    }

    @Test
    void shouldListItself() throws IOException {
        final ListenerSocket listener = hosts.listen(PORT, 5);
        hosts.connect(PORT);
        final SocketEntry entry = hosts.server.sockets().get(0);
        assertEquals("LISTEN", entry.state());
        assertEquals(1, entry.receiveQueue());
        assertEquals(new InetSocketAddress(TwoHosts.SERVER.toInetAddress(), PORT), entry.local());
        hosts.accept(listener);
        assertEquals("ESTABLISHED", hosts.server.sockets().get(1).state());
    }
}
