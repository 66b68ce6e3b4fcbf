package io.holdfast.app.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The samples over the kernel's sockets on loopback; over the stack they run in the lab. */
@Timeout(30)
final class EventLoopTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Test
    void shouldEchoMoreThanAConnectionHolds() throws Exception {
        final byte[] sent = new byte[16 << 20];
        new Random(1).nextBytes(sent);
        try (EventLoop loop = EventLoop.echo(SelectorProvider.provider(), ANY_PORT); Socket socket = connect(loop)) {
            final Thread writer = new Thread(() -> {
                try {
                    socket.getOutputStream().write(sent);
                    socket.shutdownOutput();
                } catch (final IOException e) {
                    // the comparison will fail
                }
            });
            writer.start();
            Thread.yield();
            assertArrayEquals(sent, socket.getInputStream().readAllBytes());
            writer.join();
        }
    }

    @Test
    void shouldEchoOnManyConnections() throws Exception {
        final List<Socket> sockets = new ArrayList<>();
        try (EventLoop loop = EventLoop.echo(SelectorProvider.provider(), ANY_PORT)) {
            for (int i = 0; i < 200; i++) {
                sockets.add(connect(loop));
            }
            for (int i = 0; i < sockets.size(); i++) {
                sockets.get(i).getOutputStream().write(i);
            }
            for (int i = 0; i < sockets.size(); i++) {
                assertEquals(i & 0xFF, sockets.get(i).getInputStream().read());
            }
        } finally {
            for (final Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void shouldDiscardAndEndWithTheClient() throws Exception {
        try (EventLoop loop = EventLoop.discard(SelectorProvider.provider(), ANY_PORT); Socket socket = connect(loop)) {
            socket.getOutputStream().write(new byte[1 << 20]);
            socket.shutdownOutput();
            assertEquals(-1, socket.getInputStream().read());
        }
    }

    @Test
    void shouldGenerateTheRotatingPattern() throws Exception {
        try (EventLoop loop = EventLoop.chargen(SelectorProvider.provider(), ANY_PORT); Socket socket = connect(loop)) {
            final InputStream in = socket.getInputStream();
            for (int line = 0; line < 40_000; line++) {
                final byte[] bytes = in.readNBytes(74);
                assertEquals((byte) (' ' + line % 95), bytes[0]);
                assertEquals((byte) (' ' + (line + 71) % 95), bytes[71]);
                assertEquals('\r', bytes[72]);
                assertEquals('\n', bytes[73]);
            }
        }
    }

    private static Socket connect(final EventLoop loop) throws IOException {
        return new Socket(loop.address().getAddress(), loop.address().getPort());
    }
}
