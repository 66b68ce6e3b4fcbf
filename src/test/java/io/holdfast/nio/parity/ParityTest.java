package io.holdfast.nio.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the parity tests share: a network, channels that are closed when the test ends, and threads that block. */
@ParameterizedClass(name = "{0}")
@EnumSource(NetworkKind.class)
@Timeout(30)
abstract class ParityTest {
    @Parameter
    NetworkKind kind;

    Network net;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /** Both ends of one connection. */
    record Pair(SocketChannel client, SocketChannel server) {
    }

    @BeforeEach
    void openNetwork() {
        net = kind.network();
    }

    @AfterEach
    void closeAll() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    <C extends AutoCloseable> C track(final C closeable) {
        opened.push(closeable);
        return closeable;
    }

    ServerSocketChannel listen() throws IOException {
        return listen(50);
    }

    ServerSocketChannel listen(final int backlog) throws IOException {
        return openServer().bind(new InetSocketAddress(net.serverAddress(), 0), backlog);
    }

    ServerSocketChannel openServer() throws IOException {
        return track(net.server().openServerSocketChannel());
    }

    SocketChannel openClient() throws IOException {
        return track(net.client().openSocketChannel());
    }

    Selector openServerSelector() throws IOException {
        return track(net.server().openSelector());
    }

    Selector openClientSelector() throws IOException {
        return track(net.client().openSelector());
    }

    Pair connect() throws IOException {
        return connect(listen());
    }

    Pair connect(final ServerSocketChannel listener) throws IOException {
        final SocketChannel client = openClient();
        client.connect(listener.getLocalAddress());
        final SocketChannel server = track(listener.accept());
        assertNotNull(server);
        return new Pair(client, server);
    }

    /** Where nobody listens. */
    InetSocketAddress closedPort() throws IOException {
        final ServerSocketChannel listener = listen();
        final InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
        listener.close();
        return address;
    }

    /** Where a SYN is not answered: a listener whose accept queue is full. */
    InetSocketAddress unansweredPort() throws IOException {
        final ServerSocketChannel listener = listen(1);
        final InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
        int unfinished = 0;
        for (int i = 0; i < 8 && unfinished < 2; i++) {
            final SocketChannel filler = openClient();
            filler.configureBlocking(false);
            filler.connect(address);
            settle();
            if (!filler.finishConnect()) {
                unfinished++;
            }
        }
        assertEquals(2, unfinished, "the accept queue never filled");
        return address;
    }

    /**
     * Gives other threads time to block. What a test asserts must hold however short this turns out to be; only which
     * way it is reached depends on it. (A thread in the kernel's accept or read cannot be seen to be there.)
     */
    static void settle() {
        final long end = System.nanoTime() + 40_000_000L;
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    static byte[] bytes(final int length, final long seed) {
        final byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static void writeFully(final SocketChannel channel, final byte[] bytes) throws IOException {
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    static byte[] readFully(final SocketChannel channel, final int length) throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            final int n = channel.read(buffer);
            assertEquals(true, n >= 0, "end of stream after " + buffer.position());
        }
        return buffer.array();
    }

    /**
     * Writes until nothing more is taken; returns the number of bytes. A last window smaller than a segment is filled
     * only when the sender's override timer runs out (RFC 1122 4.2.3.4), so this waits longer than that.
     */
    static long fill(final SocketChannel channel) throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        long total = 0;
        int idle = 0;
        while (idle < 12) {
            buffer.clear();
            final int n = channel.write(buffer);
            total += n;
            if (n == 0) {
                idle++;
                settle();
            } else {
                idle = 0;
            }
        }
        return total;
    }

    static void closeQuietly(final Channel channel) {
        try {
            channel.close();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }
}
