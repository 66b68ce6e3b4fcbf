package io.holdfast.nio.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import org.junit.jupiter.api.Test;

/** Binding, connecting, accepting, and the states that forbid them. */
class ConnectParityTest extends ParityTest {
    @Test
    void shouldConnectAndAcceptBlocking() throws Exception {
        final ServerSocketChannel listener = listen();
        final Pair pair = connect(listener);
        assertTrue(pair.client().isConnected());
        assertFalse(pair.client().isConnectionPending());
        assertTrue(pair.server().isConnected());
        assertTrue(pair.server().isBlocking());
        assertEquals(listener.getLocalAddress(), pair.client().getRemoteAddress());
        assertEquals(pair.client().getLocalAddress(), pair.server().getRemoteAddress());
        assertEquals(pair.client().getRemoteAddress(), pair.server().getLocalAddress());
    }

    @Test
    void shouldWaitInAcceptForAClient() throws Exception {
        final ServerSocketChannel listener = listen();
        final Background<SocketChannel> acceptor = Background.run(listener::accept);
        assertTrue(acceptor.isAlive());
        openClient().connect(listener.getLocalAddress());
        assertNotNull(track(acceptor.result()));
    }

    @Test
    void shouldReturnNullFromNonBlockingAccept() throws Exception {
        final ServerSocketChannel listener = listen();
        listener.configureBlocking(false);
        assertNull(listener.accept());
    }

    @Test
    void shouldAcceptInOrderOfArrivalBlockingChannelsFromANonBlockingListener() throws Exception {
        final ServerSocketChannel listener = listen();
        final SocketChannel first = openClient();
        final SocketChannel second = openClient();
        first.connect(listener.getLocalAddress());
        second.connect(listener.getLocalAddress());
        settle();
        listener.configureBlocking(false);
        final SocketChannel one = track(listener.accept());
        final SocketChannel two = track(listener.accept());
        assertEquals(first.getLocalAddress(), one.getRemoteAddress());
        assertEquals(second.getLocalAddress(), two.getRemoteAddress());
        assertTrue(one.isBlocking());
    }

    @Test
    void shouldFinishANonBlockingConnect() throws Exception {
        final ServerSocketChannel listener = listen();
        final SocketChannel client = openClient();
        client.configureBlocking(false);
        boolean connected = client.connect(listener.getLocalAddress());
        assertEquals(connected, client.isConnected());
        assertEquals(!connected, client.isConnectionPending());
        while (!connected) {
            connected = client.finishConnect();
        }
        assertTrue(client.isConnected());
        assertFalse(client.isConnectionPending());
        assertTrue(client.finishConnect(), "again, when connected");
        track(listener.accept());
    }

    @Test
    void shouldBlockInFinishConnectWhenBlocking() throws Exception {
        final ServerSocketChannel listener = listen();
        final SocketChannel client = openClient();
        client.configureBlocking(false);
        if (!client.connect(listener.getLocalAddress())) {
            client.configureBlocking(true);
            assertTrue(client.finishConnect());
        }
        assertTrue(client.isConnected());
    }

    @Test
    void shouldBeRefusedBlockingAndCloseTheChannel() throws Exception {
        final InetSocketAddress address = closedPort();
        final SocketChannel client = openClient();
        final ConnectException e = assertThrows(ConnectException.class, () -> client.connect(address));
        assertTrue(e.getMessage().contains("refused"), e.getMessage());
        assertFalse(client.isOpen());
    }

    @Test
    void shouldBeRefusedNonBlockingAndCloseTheChannel() throws Exception {
        final InetSocketAddress address = closedPort();
        final SocketChannel client = openClient();
        client.configureBlocking(false);
        assertThrows(ConnectException.class, () -> {
            if (!client.connect(address)) {
                while (!client.finishConnect()) {
                    settle();
                }
            }
        });
        assertFalse(client.isOpen());
    }

    @Test
    void shouldStayPendingWhileUnanswered() throws Exception {
        final InetSocketAddress address = unansweredPort();
        final SocketChannel client = openClient();
        client.configureBlocking(false);
        assertFalse(client.connect(address));
        assertTrue(client.isConnectionPending());
        assertFalse(client.isConnected());
        assertFalse(client.finishConnect());
        assertThrows(ConnectionPendingException.class, () -> client.connect(address));
        assertThrows(ConnectionPendingException.class, () -> client.bind(null));
        assertThrows(NotYetConnectedException.class, () -> client.read(ByteBuffer.allocate(1)));
        assertThrows(NotYetConnectedException.class, () -> client.write(ByteBuffer.allocate(1)));
        assertEquals(address, client.getRemoteAddress());
        assertNull(client.getLocalAddress(), "known once connected");
    }

    @Test
    void shouldRefuseAConnectedChannelASecondConnect() throws Exception {
        final Pair pair = connect();
        final SocketAddress address = pair.client().getRemoteAddress();
        assertThrows(AlreadyConnectedException.class, () -> pair.client().connect(address));
        assertThrows(AlreadyConnectedException.class, () -> pair.server().connect(address));
        assertThrows(AlreadyBoundException.class, () -> pair.client().bind(null));
    }

    @Test
    void shouldNotReadOrWriteBeforeConnected() throws Exception {
        final SocketChannel client = openClient();
        final ByteBuffer buffer = ByteBuffer.allocate(1);
        assertThrows(NotYetConnectedException.class, () -> client.read(buffer));
        assertThrows(NotYetConnectedException.class, () -> client.write(buffer));
        assertThrows(NotYetConnectedException.class, () -> client.read(new ByteBuffer[] {buffer}));
        assertThrows(NotYetConnectedException.class, () -> client.write(new ByteBuffer[] {buffer}));
        assertThrows(NotYetConnectedException.class, client::shutdownInput);
        assertThrows(NotYetConnectedException.class, client::shutdownOutput);
        assertThrows(NoConnectionPendingException.class, client::finishConnect);
        assertNull(client.getRemoteAddress());
        assertNull(client.getLocalAddress());
        assertTrue(client.isOpen());
    }

    @Test
    void shouldCheckAddresses() throws Exception {
        final SocketChannel client = openClient();
        assertThrows(UnresolvedAddressException.class,
            () -> client.connect(InetSocketAddress.createUnresolved("nowhere.invalid", 1)));
        assertThrows(UnsupportedAddressTypeException.class, () -> client.connect(new StrangeAddress()));
        assertThrows(NullPointerException.class, () -> client.connect(null));
        assertThrows(UnresolvedAddressException.class,
            () -> openClient().bind(InetSocketAddress.createUnresolved("nowhere.invalid", 1)));
        assertThrows(UnsupportedAddressTypeException.class, () -> openClient().bind(new StrangeAddress()));
        assertThrows(UnsupportedAddressTypeException.class, () -> openServer().bind(new StrangeAddress()));
    }

    @Test
    void shouldBindAClientToAnAddressAndAPort() throws Exception {
        final ServerSocketChannel listener = listen();
        final SocketChannel client = openClient();
        client.bind(new InetSocketAddress(net.clientAddress(), 0));
        final InetSocketAddress local = (InetSocketAddress) client.getLocalAddress();
        assertEquals(net.clientAddress(), local.getAddress());
        assertTrue(local.getPort() > 0);
        assertThrows(AlreadyBoundException.class, () -> client.bind(null));
        client.connect(listener.getLocalAddress());
        assertEquals(local, client.getLocalAddress());
        assertEquals(local, track(listener.accept()).getRemoteAddress());
    }

    @Test
    void shouldConnectFromAWildcardBinding() throws Exception {
        final ServerSocketChannel listener = listen();
        final SocketChannel client = openClient();
        client.bind(null);
        final int port = ((InetSocketAddress) client.getLocalAddress()).getPort();
        assertTrue(port > 0);
        client.connect(listener.getLocalAddress());
        assertEquals(new InetSocketAddress(net.clientAddress(), port), client.getLocalAddress());
        assertEquals(client.getLocalAddress(), track(listener.accept()).getRemoteAddress());
    }

    @Test
    void shouldRefuseToBindTwiceOrToAUsedPort() throws Exception {
        final ServerSocketChannel listener = listen();
        assertThrows(AlreadyBoundException.class, () -> listener.bind(null));
        final SocketAddress used = listener.getLocalAddress();
        final ServerSocketChannel other = openServer();
        assertThrows(BindException.class, () -> other.bind(used));
        assertTrue(other.isOpen());
        assertNull(other.getLocalAddress());
        other.bind(new InetSocketAddress(net.serverAddress(), 0));
        assertNotNull(other.getLocalAddress());
    }

    @Test
    void shouldNotAcceptBeforeBound() throws Exception {
        final ServerSocketChannel listener = openServer();
        assertNull(listener.getLocalAddress());
        assertThrows(NotYetBoundException.class, listener::accept);
    }

    @Test
    void shouldGiveThePortBackWhenTheListenerCloses() throws Exception {
        final ServerSocketChannel listener = listen();
        final SocketAddress address = listener.getLocalAddress();
        listener.close();
        final ServerSocketChannel again = openServer().bind(address);
        assertEquals(address, again.getLocalAddress());
        connect(again);
    }

    @Test
    void shouldRebindWhileAcceptedConnectionsLive() throws Exception {
        final ServerSocketChannel listener = listen();
        final SocketAddress address = listener.getLocalAddress();
        final Pair pair = connect(listener);
        listener.close();
        pair.server().close();
        final ServerSocketChannel again = openServer().bind(address);
        connect(again);
    }

    @Test
    void shouldThrowClosedChannelFromEverythingAfterClose() throws Exception {
        final SocketChannel client = openClient();
        client.close();
        client.close();
        final ByteBuffer buffer = ByteBuffer.allocate(1);
        final InetSocketAddress address = new InetSocketAddress(net.serverAddress(), 1);
        assertThrows(ClosedChannelException.class, () -> client.read(buffer));
        assertThrows(ClosedChannelException.class, () -> client.write(buffer));
        assertThrows(ClosedChannelException.class, () -> client.connect(address));
        assertThrows(ClosedChannelException.class, client::finishConnect);
        assertThrows(ClosedChannelException.class, () -> client.bind(null));
        assertThrows(ClosedChannelException.class, client::shutdownInput);
        assertThrows(ClosedChannelException.class, client::shutdownOutput);
        assertThrows(ClosedChannelException.class, client::getLocalAddress);
        assertThrows(ClosedChannelException.class, client::getRemoteAddress);
        assertThrows(ClosedChannelException.class, () -> client.configureBlocking(false));

        final ServerSocketChannel server = listen();
        server.close();
        assertThrows(ClosedChannelException.class, server::accept);
        assertThrows(ClosedChannelException.class, () -> server.bind(null));
        assertThrows(ClosedChannelException.class, server::getLocalAddress);
    }

    @Test
    void shouldStayConnectedInNameAfterClose() throws Exception {
        final Pair pair = connect();
        pair.client().close();
        assertFalse(pair.client().isConnectionPending());
        assertFalse(pair.client().isOpen());
        assertEquals(net.client(), pair.client().provider());
        assertEquals(net.server(), pair.server().provider());
    }

    @Test
    void shouldDropConnectionsThatNobodyAcceptedWhenTheListenerCloses() throws Exception {
        final ServerSocketChannel listener = listen();
        final SocketChannel client = openClient();
        client.connect(listener.getLocalAddress());
        settle();
        listener.close();
        final IOException e = assertThrows(IOException.class, () -> client.read(ByteBuffer.allocate(1)));
        assertTrue(e.getMessage().contains("reset"), e.getMessage());
    }

    private static final class StrangeAddress extends SocketAddress {
    }
}
