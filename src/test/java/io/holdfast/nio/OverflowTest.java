package io.holdfast.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.StackConfig;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.memory.MemoryLink;
import io.holdfast.net.HoldfastServerSocketFactory;
import io.holdfast.net.HoldfastSocketFactory;
import io.holdfast.os.ThreadStack;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.util.SeededRandom;
import io.holdfast.wire.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A program that runs out of stack in the middle of whatever it does with its sockets, and catches that, is served on: what it
 * did before is done, what was cut off is not begun, and nobody else notices. Everything that a program's thread does in Holdfast
 * is of this kind: a cycle of the shard ({@code Baton}); the buffers of a connection ({@code StreamSocket}: read, write, peek);
 * the queue of commands; the locks of a channel, of a selector and of a {@code java.net} socket; their closing.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class OverflowTest {
    private static final int PORT = 7;
    private static final int ROUNDS = 60;
    private static final int STACK_BYTES = 256 << 10;
    /** Of which the JVM keeps 96 KiB. */
    private static final int DEEP_BYTES = 140 << 10;
    /** How far rounds differ in where they begin, so that the end of the stack is come upon anywhere. */
    private static final int FIRST_DEPTHS = 40;
    private static final LinkCapabilities CLIENT = LinkCapabilities.plainEthernet(1_500, 0x02_00_00_00_00_01L);
    private static final LinkCapabilities SERVER = LinkCapabilities.plainEthernet(1_500, 0x02_00_00_00_00_02L);

    /** What is done at each depth. */
    private interface Step {
        void run() throws IOException;
    }

    private HoldfastStack client;
    private HoldfastStack server;
    /** Steps that came to their end. */
    private int done;

    @BeforeEach
    void start() {
        final MemoryLink.Pair wire = MemoryLink.pair(CLIENT, SERVER);
        client = start(wire.left(), "10.0.0.1", 1);
        server = start(wire.right(), "10.0.0.2", 2);
    }

    private static HoldfastStack start(final MemoryLink link, final String address, final long seed) {
        return HoldfastStack.start(new StackConfig().link(link).address(IpAddress.parse(address)).prefixLength(24)
            .random(new SeededRandom(seed)).memoryLimit(64 << 20));
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private static InetSocketAddress service() {
        return new InetSocketAddress(IpAddress.parse("10.0.0.2").toInetAddress(), PORT);
    }

    private void down(final int levels, final Step step) throws IOException {
        if (levels > 0) {
            down(levels - 1, step);
        } else {
            deeper(step);
        }
    }

    private void deeper(final Step step) throws IOException {
        step.run();
        done++;
        deeper(step);
    }

    /** Does the step at every depth, again and again; returns what {@code last} gives, of the same thread. */
    private <T> CompletableFuture<T> overflow(final Step step, final Callable<T> last) {
        final CompletableFuture<T> result = new CompletableFuture<>();
        final Thread thread = new Thread(null, () -> {
            try {
                for (int round = 0; round < ROUNDS; round++) {
                    try {
                        down(round % FIRST_DEPTHS, step);
                    } catch (final StackOverflowError e) {
                        // As a program does that lives with it.
                        Thread.onSpinWait();
                    }
                }
                result.complete(last.call());
            } catch (final Throwable e) {
                result.completeExceptionally(e);
            }
        }, "overflows", STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    private static void daemon(final Step work) {
        final Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (final IOException e) {
                // The test is over.
                Thread.onSpinWait();
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static boolean isDeep() {
        return ThreadStack.pointer() - ThreadStack.lowestAddress() < DEEP_BYTES;
    }

    private static long readAll(final InputStream in) throws IOException {
        long n = 0;
        for (int b = in.read(); b >= 0; b = in.read()) {
            assertEquals((byte) n, (byte) b, "byte " + n);
            n++;
        }
        return n;
    }

    private void serveOn() throws Exception {
        try (ServerSocket listener = new HoldfastServerSocketFactory(server).createServerSocket(PORT + 9, 5, service().getAddress());
            Socket here = new HoldfastSocketFactory(client).createSocket(service().getAddress(), PORT + 9);
            Socket there = listener.accept()) {
            there.getOutputStream().write(new byte[100_000]);
            there.shutdownOutput();
            assertEquals(100_000, here.getInputStream().readAllBytes().length);
        }
    }

    @Test
    void shouldWriteWhatWasWrittenToASocket() throws Exception {
        try (ServerSocket listener = new HoldfastServerSocketFactory(server).createServerSocket(PORT, 5, service().getAddress());
            Socket here = new HoldfastSocketFactory(client).createSocket(service().getAddress(), PORT);
            Socket there = listener.accept()) {
            final OutputStream out = there.getOutputStream();
            final CompletableFuture<Integer> written = overflow(() -> out.write((byte) done), () -> {
                there.close();
                return done;
            });
            assertEquals(readAll(here.getInputStream()), (long) written.get());
            assertTrue(written.get() > ROUNDS, () -> "only " + done);
        }
        serveOn();
    }

    @Test
    void shouldReadEachByteOfASocketOnce() throws Exception {
        try (ServerSocket listener = new HoldfastServerSocketFactory(server).createServerSocket(PORT, 5, service().getAddress());
            Socket here = new HoldfastSocketFactory(client).createSocket(service().getAddress(), PORT);
            Socket there = listener.accept()) {
            final CompletableFuture<Integer> read = overflow(() -> {
                final int b = there.getInputStream().read();
                assertEquals((byte) done, (byte) b);
            }, () -> done);
            final byte[] some = new byte[256];
            for (int i = 0; i < some.length; i++) {
                some[i] = (byte) i;
            }
            daemon(() -> {
                while (!read.isDone()) {
                    here.getOutputStream().write(some);
                }
            });
            assertTrue(read.get() > ROUNDS, () -> "only " + done);
        }
        serveOn();
    }

    @Test
    void shouldWriteWhatWasWrittenToAChannel() throws Exception {
        final HoldfastSelectorProvider there = new HoldfastSelectorProvider(server);
        try (ServerSocketChannel listener = there.openServerSocketChannel().bind(service());
            Socket here = new HoldfastSocketFactory(client).createSocket(service().getAddress(), PORT)) {
            final SocketChannel channel = listener.accept();
            final ByteBuffer one = ByteBuffer.allocateDirect(1);
            final CompletableFuture<Integer> written = overflow(() -> {
                one.clear().put(0, (byte) done);
                channel.write(one);
            }, () -> {
                channel.close();
                return done;
            });
            assertEquals(readAll(here.getInputStream()), (long) written.get());
        }
        serveOn();
    }

    @Test
    void shouldKeepASelectorInOrder() throws Exception {
        final HoldfastSelectorProvider there = new HoldfastSelectorProvider(server);
        final Selector selector = there.openSelector();
        final ServerSocketChannel listener = there.openServerSocketChannel().bind(service());
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        overflow(() -> {
            selector.wakeup();
            selector.select(1_000);
            selector.selectNow();
            final ServerSocketChannel passing = there.openServerSocketChannel();
            passing.configureBlocking(false);
            final SelectionKey key = passing.register(selector, 0);
            key.cancel();
            passing.close();
        }, () -> 0).get();
        final CompletableFuture<Integer> selecting = new CompletableFuture<>();
        daemon(() -> selecting.complete(selector.select()));
        try (Socket here = new HoldfastSocketFactory(client).createSocket(service().getAddress(), PORT)) {
            assertEquals(1, selecting.get());
            listener.accept().close();
            assertEquals(-1, here.getInputStream().read());
        }
        selector.close();
        listener.close();
        serveOn();
    }

    private static boolean hasEstablished(final HoldfastStack stack) {
        return stack.sockets().stream().anyMatch(socket -> socket.state().equals("ESTABLISHED"));
    }

    /** A channel can be closed once only, so that this must not come to nothing. */
    @Test
    void shouldCloseWhatIsClosedAnywhere() throws Exception {
        final HoldfastSelectorProvider there = new HoldfastSelectorProvider(server);
        final HoldfastSelectorProvider here = new HoldfastSelectorProvider(client);
        try (ServerSocketChannel listener = there.openServerSocketChannel().bind(service(), 100)) {
            daemon(() -> {
                while (true) {
                    try (SocketChannel accepted = listener.accept()) {
                        accepted.read(ByteBuffer.allocate(1));
                    }
                }
            });
            final int[] opened = new int[1];
            overflow(() -> {
                if (isDeep()) {
                    final SocketChannel channel = here.openSocketChannel();
                    try {
                        channel.connect(service());
                        opened[0]++;
                    } finally {
                        channel.close();
                    }
                }
            }, () -> 0).get();
            serveOn();
            assertTrue(opened[0] > 0, "none was opened");
            final long endNs = System.nanoTime() + 10_000_000_000L;
            while (hasEstablished(client) || hasEstablished(server)) {
                assertTrue(System.nanoTime() < endNs, () -> client.sockets() + " and " + server.sockets());
                Thread.onSpinWait();
            }
        }
    }
}
