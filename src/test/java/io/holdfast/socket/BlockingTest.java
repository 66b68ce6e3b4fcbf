package io.holdfast.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.StackConfig;
import io.holdfast.link.memory.MemoryLink;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How waits end: data, time, interrupt, close by another thread, end of the stack; and who may wait. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class BlockingTest {
    private static final int PORT = 7;
    private static final long MS = 1_000_000;
    private static final long LONG_NS = 20_000 * MS;

    private HoldfastStack client;
    private HoldfastStack server;
    private ListenerSocket listener;
    private StreamSocket here;
    private StreamSocket there;

    @BeforeEach
    void connect() throws IOException {
        final MemoryLink.Pair wire = TwoHosts.wire(true);
        client = start(TwoHosts.CLIENT, wire.left(), 1);
        server = start(TwoHosts.SERVER, wire.right(), 2);
        listener = server.openListener();
        listener.bind(TwoHosts.at(TwoHosts.SERVER, PORT));
        listener.listen(10);
        here = client.openStream();
        here.connect(TwoHosts.at(TwoHosts.SERVER, PORT));
        here.await(Readiness.CONNECT, LONG_NS);
        assertTrue(here.finishConnect());
        listener.await(Readiness.ACCEPT, LONG_NS);
        there = listener.accept();
    }

    private static HoldfastStack start(final io.holdfast.wire.IpAddress address, final MemoryLink link, final long seed) {
        return HoldfastStack.start(TwoHosts.config(address, link, seed, StackConfig.Threading.BATON, c -> {
        }));
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    @Test
    void shouldEndAWaitByTimeout() {
        final long start = System.nanoTime();
        assertEquals(0, here.await(Readiness.READ, 20 * MS));
        assertTrue(System.nanoTime() - start >= 20 * MS);
    }

    @Test
    void shouldEndAWaitByInterrupt() throws Exception {
        final CompletableFuture<Integer> waited = new CompletableFuture<>();
        final Thread thread = new Thread(() -> {
            final int bits = here.await(Readiness.READ, LONG_NS);
            waited.complete(Thread.currentThread().isInterrupted() ? bits : -1);
        });
        thread.start();
        thread.interrupt();
        assertEquals(0, waited.get());
    }

    @Test
    void shouldEndAWaitByCloseOfAnotherThread() throws Exception {
        final CompletableFuture<Integer> waited = CompletableFuture.supplyAsync(() -> here.await(Readiness.READ, LONG_NS));
        final CompletableFuture<Integer> accepting =
            CompletableFuture.supplyAsync(() -> listener.await(Readiness.ACCEPT, LONG_NS));
        here.close();
        listener.close();
        assertEquals(Readiness.HANG_UP, waited.get());
        assertEquals(Readiness.HANG_UP, accepting.get());
        assertThrows(ClosedChannelException.class, () -> here.read(ByteBuffer.allocate(1)));
    }

    @Test
    void shouldEndAWaitByTheEndOfTheStack() throws Exception {
        final CompletableFuture<Integer> waited = CompletableFuture.supplyAsync(() -> here.await(Readiness.READ, LONG_NS));
        client.close();
        assertNotEquals(0, waited.get());
        assertNotEquals(0, there.await(Readiness.READ, LONG_NS));
        assertThrows(IOException.class, () -> there.read(ByteBuffer.allocate(1)));
    }

    @Test
    void shouldKeepAWakeUpForTheNextWait() {
        final Waiter waiter = client.newWaiter();
        waiter.wake();
        assertTrue(client.await(waiter, -1));
        assertFalse(client.await(waiter, 0));
    }

    @Test
    void shouldWaitForRoomToWrite() throws Exception {
        final CompletableFuture<Long> writing = CompletableFuture.supplyAsync(() -> {
            final ByteBuffer chunk = ByteBuffer.allocate(64 * 1024);
            long sent = 0;
            try {
                while (sent < 20 << 20) {
                    chunk.clear();
                    while (chunk.hasRemaining()) {
                        if (here.write(chunk) == 0) {
                            assertNotEquals(0, here.await(Readiness.WRITE, LONG_NS));
                        }
                    }
                    sent += chunk.capacity();
                }
                here.shutdownOutput();
            } catch (final IOException e) {
                throw new IllegalStateException(e);
            }
            return sent;
        });
        final ByteBuffer in = ByteBuffer.allocate(100_000);
        long received = 0;
        for (int n = 0; n >= 0; n = there.read(in.clear())) {
            received += n;
            if (n == 0) {
                assertNotEquals(0, there.await(Readiness.READ, LONG_NS));
            }
        }
        assertEquals(writing.get(), received);
    }

    @Test
    void shouldLetVirtualThreadsWait() throws Exception {
        final Method startVirtual;
        try {
            startVirtual = Thread.class.getMethod("startVirtualThread", Runnable.class);
        } catch (final NoSuchMethodException e) {
            Assumptions.abort("no virtual threads here");
            return;
        }
        final CompletableFuture<Integer> echoed = new CompletableFuture<>();
        startVirtual.invoke(null, (Runnable) () -> echo(there, 200));
        startVirtual.invoke(null, (Runnable) () -> echoed.complete(ask(here, 200)));
        assertEquals(200, echoed.get());
    }

    private static void echo(final StreamSocket socket, final int rounds) {
        final ByteBuffer buffer = ByteBuffer.allocate(1);
        try {
            for (int i = 0; i < rounds; i++) {
                while (socket.read(buffer.clear()) == 0) {
                    socket.await(Readiness.READ, LONG_NS);
                }
                socket.write(buffer.flip());
            }
        } catch (final IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int ask(final StreamSocket socket, final int rounds) {
        final ByteBuffer buffer = ByteBuffer.allocate(1);
        int answers = 0;
        try {
            for (int i = 0; i < rounds; i++) {
                socket.write(buffer.clear());
                while (socket.read(buffer.clear()) == 0) {
                    socket.await(Readiness.READ, LONG_NS);
                }
                answers++;
            }
        } catch (final IOException e) {
            throw new IllegalStateException(e);
        }
        return answers;
    }
}
