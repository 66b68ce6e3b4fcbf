package io.holdfast.nio.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

/** The {@code socket()} of both kinds of channel. */
class AdaptorParityTest extends ParityTest {
    @Test
    void shouldDescribeTheConnection() throws Exception {
        final Pair pair = connect();
        final Socket socket = pair.server().socket();
        assertSame(socket, pair.server().socket());
        assertSame(pair.server(), socket.getChannel());
        assertTrue(socket.isConnected());
        assertTrue(socket.isBound());
        assertFalse(socket.isClosed());
        final InetSocketAddress local = (InetSocketAddress) pair.server().getLocalAddress();
        final InetSocketAddress remote = (InetSocketAddress) pair.server().getRemoteAddress();
        assertEquals(local, socket.getLocalSocketAddress());
        assertEquals(remote, socket.getRemoteSocketAddress());
        assertEquals(local.getPort(), socket.getLocalPort());
        assertEquals(remote.getPort(), socket.getPort());
        assertEquals(local.getAddress(), socket.getLocalAddress());
        assertEquals(remote.getAddress(), socket.getInetAddress());
    }

    @Test
    void shouldDescribeAnUnconnectedSocket() throws Exception {
        final Socket socket = openClient().socket();
        assertFalse(socket.isConnected());
        assertFalse(socket.isBound());
        assertNull(socket.getInetAddress());
        assertNull(socket.getRemoteSocketAddress());
        assertEquals(0, socket.getPort());
        assertEquals(-1, socket.getLocalPort());
        assertThrows(SocketException.class, socket::getInputStream);
        assertThrows(SocketException.class, socket::getOutputStream);
        assertThrows(SocketException.class, socket::shutdownInput);
    }

    @Test
    void shouldReadAndWriteThroughStreams() throws Exception {
        final Pair pair = connect();
        final OutputStream out = pair.client().socket().getOutputStream();
        final InputStream in = pair.server().socket().getInputStream();
        out.write(bytes(1_000, 1));
        out.write(42);
        assertArrayEquals(bytes(1_000, 1), in.readNBytes(1_000));
        assertEquals(42, in.read());
        assertEquals(0, in.available());
        out.write(new byte[7]);
        while (in.available() < 7) {
            settle();
        }
        assertEquals(7, in.read(new byte[100]));
        assertEquals(0, in.read(new byte[0]));
        pair.client().socket().shutdownOutput();
        assertEquals(-1, in.read());
        assertEquals(-1, in.read(new byte[10]));
        assertTrue(pair.client().socket().isOutputShutdown());
        assertFalse(pair.client().socket().isInputShutdown());
    }

    @Test
    void shouldUseBothStreamsAtOnce() throws Exception {
        final Pair pair = connect();
        final InputStream in = pair.server().socket().getInputStream();
        final Background<Integer> reader = Background.run(in::read);
        assertTrue(reader.isAlive());
        pair.server().socket().getOutputStream().write(1);
        assertEquals(1, pair.client().socket().getInputStream().read());
        pair.client().socket().getOutputStream().write(2);
        assertEquals(2, reader.result());
    }

    @Test
    void shouldTimeOutAReadAndGoOn() throws Exception {
        final Pair pair = connect();
        final Socket socket = pair.server().socket();
        socket.setSoTimeout(50);
        assertEquals(50, socket.getSoTimeout());
        final InputStream in = socket.getInputStream();
        final long start = System.nanoTime();
        assertThrows(SocketTimeoutException.class, in::read);
        assertTrue(System.nanoTime() - start >= 45_000_000L);
        pair.client().socket().getOutputStream().write(9);
        assertEquals(9, in.read());
        socket.setSoTimeout(0);
        pair.client().socket().getOutputStream().write(8);
        assertEquals(8, in.read());
    }

    @Test
    void shouldTimeOutAnAcceptAndGoOn() throws Exception {
        final ServerSocketChannel listener = listen();
        final ServerSocket socket = listener.socket();
        socket.setSoTimeout(50);
        assertEquals(50, socket.getSoTimeout());
        assertThrows(SocketTimeoutException.class, socket::accept);
        openClient().connect(listener.getLocalAddress());
        final Socket accepted = track(socket.accept());
        assertNotNull(accepted.getChannel());
        assertTrue(accepted.isConnected());
    }

    @Test
    void shouldTimeOutAConnect() throws Exception {
        final InetSocketAddress address = unansweredPort();
        final SocketChannel client = openClient();
        assertThrows(SocketTimeoutException.class, () -> client.socket().connect(address, 60));
        assertFalse(client.isOpen());
    }

    @Test
    void shouldConnectWithATimeout() throws Exception {
        final ServerSocketChannel listener = listen();
        final SocketChannel client = openClient();
        client.socket().connect(listener.getLocalAddress(), 5_000);
        assertTrue(client.isConnected());
        track(listener.accept());
    }

    @Test
    void shouldRefuseBlockingCallsOfNonBlockingChannels() throws Exception {
        final ServerSocketChannel listener = listen();
        final Pair pair = connect(listener);
        pair.server().configureBlocking(false);
        final InputStream in = pair.server().socket().getInputStream();
        final OutputStream out = pair.server().socket().getOutputStream();
        assertThrows(IllegalBlockingModeException.class, in::read);
        assertThrows(IllegalBlockingModeException.class, () -> out.write(1));
        listener.configureBlocking(false);
        assertThrows(IllegalBlockingModeException.class, () -> listener.socket().accept());
        final SocketChannel client = openClient();
        client.configureBlocking(false);
        assertThrows(IllegalBlockingModeException.class, () -> client.socket().connect(listener.getLocalAddress()));
    }

    @Test
    void shouldSetOptions() throws Exception {
        final Pair pair = connect();
        final Socket socket = pair.server().socket();
        socket.setTcpNoDelay(true);
        assertTrue(socket.getTcpNoDelay());
        socket.setKeepAlive(true);
        assertTrue(socket.getKeepAlive());
        socket.setSoLinger(true, 3);
        assertEquals(3, socket.getSoLinger());
        socket.setSoLinger(false, 0);
        assertEquals(-1, socket.getSoLinger());
        socket.setReceiveBufferSize(64 * 1024);
        assertTrue(socket.getReceiveBufferSize() >= 64 * 1024);
        socket.setSendBufferSize(64 * 1024);
        assertTrue(socket.getSendBufferSize() >= 64 * 1024);
        socket.setTrafficClass(0x10);
        assertEquals(0x10, socket.getTrafficClass());
        socket.setReuseAddress(true);
        assertTrue(socket.getReuseAddress());
        assertEquals(pair.server().supportedOptions(), socket.supportedOptions());
        assertThrows(IllegalArgumentException.class, () -> socket.setSoTimeout(-1));
    }

    @Test
    void shouldBindAServerThroughItsSocket() throws Exception {
        final ServerSocketChannel listener = openServer();
        final ServerSocket socket = listener.socket();
        assertSame(listener, socket.getChannel());
        assertFalse(socket.isBound());
        assertEquals(-1, socket.getLocalPort());
        assertNull(socket.getInetAddress());
        assertNull(socket.getLocalSocketAddress());
        socket.bind(new InetSocketAddress(net.serverAddress(), 0));
        assertTrue(socket.isBound());
        assertEquals(listener.getLocalAddress(), socket.getLocalSocketAddress());
        assertEquals(net.serverAddress(), socket.getInetAddress());
        openClient().connect(socket.getLocalSocketAddress());
        assertNotNull(track(socket.accept()));
        socket.close();
        assertTrue(socket.isClosed());
        assertFalse(listener.isOpen());
    }

    @Test
    void shouldCloseTheChannelWithTheSocketAndItsStreams() throws Exception {
        final Pair pair = connect();
        pair.client().socket().close();
        assertFalse(pair.client().isOpen());
        assertTrue(pair.client().socket().isClosed());
        assertThrows(SocketException.class, () -> pair.client().socket().getInputStream());
        pair.server().socket().getInputStream().close();
        assertFalse(pair.server().isOpen());
    }

    @Test
    void shouldEndABlockedStreamReadWhenClosed() throws Exception {
        final Pair pair = connect();
        final InputStream in = pair.server().socket().getInputStream();
        final Background<Integer> reader = Background.run(in::read);
        pair.server().close();
        assertTrue(reader.failure() instanceof IOException, () -> "not an IOException");
    }

    @Test
    void shouldEndABlockedTimedStreamReadWhenClosed() throws Exception {
        final Pair pair = connect();
        pair.server().socket().setSoTimeout(60_000);
        final InputStream in = pair.server().socket().getInputStream();
        final Background<Integer> reader = Background.run(in::read);
        pair.server().close();
        assertTrue(reader.failure() instanceof IOException, () -> "not an IOException");
    }

    @Test
    void shouldCarryBulkThroughStreams() throws Exception {
        final Pair pair = connect();
        final int length = 4 << 20;
        final Background<byte[]> reader =
            Background.run(() -> pair.server().socket().getInputStream().readNBytes(length));
        pair.client().socket().getOutputStream().write(bytes(length, 5));
        assertArrayEquals(bytes(length, 5), reader.result());
    }

    @Test
    void shouldWriteInTimedMode() throws Exception {
        final Pair pair = connect();
        pair.client().socket().setSoTimeout(100);
        final int length = 4 << 20;
        final Background<byte[]> reader =
            Background.run(() -> pair.server().socket().getInputStream().readNBytes(length));
        pair.client().socket().getOutputStream().write(bytes(length, 6));
        assertArrayEquals(bytes(length, 6), reader.result());
        pair.server().close();
    }
}
