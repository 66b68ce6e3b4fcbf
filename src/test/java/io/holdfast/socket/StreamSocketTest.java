package io.holdfast.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StreamSocketTest {
    private static final int PORT = 7;

    private final TwoHosts hosts = new TwoHosts();

    @AfterEach
    void close() {
        hosts.close();
    }

    @Test
    void shouldEcho() throws IOException {
        final ListenerSocket listener = hosts.listen(PORT, 5);
        final StreamSocket here = hosts.connect(PORT);
        final StreamSocket there = hosts.accept(listener);
        assertEquals(5, here.write(bytes("hello")));
        hosts.runUntil(100, () -> there.available() == 5);
        assertEquals(Readiness.READ | Readiness.WRITE, there.readiness());
        assertEquals("hello", text(there));
        assertEquals(0, there.read(ByteBuffer.allocate(1)));
        there.write(bytes("world"));
        hosts.runUntil(100, () -> here.available() == 5);
        assertEquals("world", text(here));
    }

    @Test
    void shouldKnowItsEnds() throws IOException {
        final ListenerSocket listener = hosts.listen(PORT, 5);
        final StreamSocket here = hosts.connect(PORT);
        final StreamSocket there = hosts.accept(listener);
        assertEquals(TwoHosts.at(TwoHosts.SERVER, PORT), here.remoteAddress());
        assertEquals(TwoHosts.CLIENT.toInetAddress(), here.localAddress().getAddress());
        assertTrue(here.localAddress().getPort() >= 32_768);
        assertEquals(here.localAddress(), there.remoteAddress());
        assertEquals(here.remoteAddress(), there.localAddress());
    }

    @Test
    void shouldReadTheEndAfterThePeersFin() throws IOException {
        final ListenerSocket listener = hosts.listen(PORT, 5);
        final StreamSocket here = hosts.connect(PORT);
        final StreamSocket there = hosts.accept(listener);
        here.write(bytes("last words"));
        here.shutdownOutput();
        hosts.runUntil(100, () -> (there.readiness() & Readiness.PEER_CLOSED) != 0);
        assertEquals("last words", text(there));
        assertEquals(-1, there.read(ByteBuffer.allocate(1)));
        there.write(bytes("answer"));
        hosts.runUntil(100, () -> here.available() == 6);
        assertEquals("answer", text(here));
        assertThrows(IOException.class, () -> here.write(bytes("more")));
    }

    @Test
    void shouldForgetTheConnectionAfterBothClosed() throws IOException {
        final ListenerSocket listener = hosts.listen(PORT, 5);
        final StreamSocket here = hosts.connect(PORT);
        final StreamSocket there = hosts.accept(listener);
        here.close();
        hosts.runUntil(100, () -> (there.readiness() & Readiness.PEER_CLOSED) != 0);
        there.close();
        hosts.run(100);
        assertEquals(1, hosts.server.sockets().size());
        assertEquals("TIME_WAIT", hosts.client.sockets().get(0).state());
        hosts.run(61_000);
        assertTrue(hosts.client.sockets().isEmpty());
        assertThrows(ClosedChannelException.class, () -> here.read(ByteBuffer.allocate(1)));
    }

    @Test
    void shouldBeRefusedWhereNobodyListens() throws IOException {
        final StreamSocket socket = hosts.client.openStream();
        assertFalse(socket.connect(TwoHosts.at(TwoHosts.SERVER, 9)));
        hosts.runUntil(1_000, () -> (socket.readiness() & Readiness.CONNECT) != 0);
        final ConnectException e = assertThrows(ConnectException.class, socket::finishConnect);
        assertEquals("Connection refused", e.getMessage());
    }

    @Test
    void shouldTimeOutWhereNobodyIs() throws IOException {
        final StreamSocket socket = hosts.client.openStream();
        socket.connect(TwoHosts.at(io.holdfast.wire.IpAddress.parse("10.0.0.77"), 9));
        hosts.runUntil(200_000, () -> (socket.readiness() & Readiness.CONNECT) != 0);
        assertThrows(SocketException.class, socket::finishConnect);
    }

    @Test
    void shouldResetWhatIsLeftUnread() throws IOException {
        final ListenerSocket listener = hosts.listen(PORT, 5);
        final StreamSocket here = hosts.connect(PORT);
        final StreamSocket there = hosts.accept(listener);
        here.write(bytes("never read"));
        hosts.run(10);
        there.close();
        hosts.runUntil(100, () -> (here.readiness() & Readiness.ERROR) != 0);
        final SocketException reading = assertThrows(SocketException.class, () -> here.read(ByteBuffer.allocate(1)));
        assertEquals("Connection reset", reading.getMessage());
        assertEquals("Connection reset by peer",
            assertThrows(IOException.class, () -> here.write(bytes("x"))).getMessage());
        assertEquals("Broken pipe", assertThrows(IOException.class, () -> here.write(bytes("x"))).getMessage());
    }

    @Test
    void shouldTellTheListenerOfReadiness() throws IOException {
        final ListenerSocket listener = hosts.listen(PORT, 5);
        final StringBuilder told = new StringBuilder();
        listener.readinessListener(ready -> told.append("accept ").append(ready).append(';'));
        final StreamSocket here = hosts.connect(PORT);
        final StreamSocket there = hosts.accept(listener);
        assertNotNull(there);
        assertNull(listener.accept());
        there.readinessListener(ready -> told.append(ready & Readiness.READ).append(';'));
        here.write(bytes("x"));
        hosts.run(10);
        assertEquals("accept " + Readiness.ACCEPT + ";" + Readiness.READ + ";", told.toString());
    }

    @Test
    void shouldMoveMoreThanTheBuffersHold() throws IOException {
        final ListenerSocket listener = hosts.listen(PORT, 5);
        final StreamSocket here = hosts.connect(PORT);
        final StreamSocket there = hosts.accept(listener);
        final int total = 8 << 20;
        final ByteBuffer out = ByteBuffer.allocateDirect(64 * 1024);
        final ByteBuffer in = ByteBuffer.allocateDirect(64 * 1024);
        int sent = 0;
        int received = 0;
        int stuck = 0;
        while (received < total) {
            int moved = 0;
            out.clear().limit(Math.min(out.capacity(), total - sent));
            for (int i = 0; i < out.limit(); i++) {
                out.put(i, (byte) ((sent + i) * 31 >>> 3));
            }
            final int wrote = here.write(out);
            sent += wrote;
            moved += wrote;
            hosts.run(1);
            in.clear();
            final int n = there.read(in);
            for (int i = 0; i < n; i++) {
                assertEquals((byte) ((received + i) * 31 >>> 3), in.get(i), "byte " + (received + i));
            }
            received += n;
            moved += n;
            stuck = moved == 0 ? stuck + 1 : 0;
            assertTrue(stuck < 5_000, "stuck at " + sent + " sent, " + received + " received");
        }
        assertEquals(total, received);
    }

    private static ByteBuffer bytes(final String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(final StreamSocket socket) throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocate(100);
        socket.read(buffer);
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }
}
