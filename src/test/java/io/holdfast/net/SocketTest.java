package io.holdfast.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocking sockets on both sides, the kernel's and Holdfast's alike. */
@ParameterizedClass(name = "{0}")
@EnumSource(SocketKind.class)
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SocketTest {
    @Parameter
    private SocketKind kind;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    @BeforeEach
    void open() {
        kind.ready();
    }

    @AfterEach
    void closeAll() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    private <C extends AutoCloseable> C track(final C closeable) {
        opened.push(closeable);
        return closeable;
    }

    private ServerSocket listen() throws IOException {
        return track(kind.servers.createServerSocket(0, 50, kind.address));
    }

    private Socket[] connect() throws IOException {
        final ServerSocket server = listen();
        final Socket client = track(kind.clients.createSocket(kind.address, server.getLocalPort()));
        return new Socket[] {client, track(server.accept())};
    }

    /** Runs it in a thread of its own, until that blocks. */
    private static <T> CompletableFuture<T> background(final Thread[] thread, final Callable<T> call) {
        final CompletableFuture<T> future = new CompletableFuture<>();
        thread[0] = new Thread(() -> {
            try {
                future.complete(call.call());
            } catch (final Throwable e) {
                future.completeExceptionally(e);
            }
        });
        thread[0].setDaemon(true);
        thread[0].start();
        Blocked.await(thread[0]);
        return future;
    }

    private static <T> CompletableFuture<T> background(final Callable<T> call) {
        return background(new Thread[1], call);
    }

    private static Throwable failure(final CompletableFuture<?> future) {
        return assertThrows(ExecutionException.class, () -> future.get(10, TimeUnit.SECONDS)).getCause();
    }

    private static byte[] bytes(final int length) {
        final byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void shouldConnectAndDescribeBothEnds() throws Exception {
        final Socket[] pair = connect();
        assertTrue(pair[0].isConnected());
        assertTrue(pair[1].isConnected());
        assertEquals(pair[0].getLocalSocketAddress(), pair[1].getRemoteSocketAddress());
        assertEquals(pair[0].getRemoteSocketAddress(), pair[1].getLocalSocketAddress());
        assertEquals(kind.address, pair[0].getInetAddress());
        assertTrue(pair[0].isBound());
    }

    @Test
    void shouldCarryBulkBothWaysAtOnce() throws Exception {
        final Socket[] pair = connect();
        final int length = 4 << 20;
        final CompletableFuture<Void> up = background(() -> {
            pair[0].getOutputStream().write(bytes(length));
            return null;
        });
        final CompletableFuture<byte[]> read = background(() -> pair[1].getInputStream().readNBytes(length));
        final CompletableFuture<Void> down = background(() -> {
            pair[1].getOutputStream().write(bytes(1 << 20));
            return null;
        });
        assertArrayEquals(bytes(1 << 20), pair[0].getInputStream().readNBytes(1 << 20));
        assertArrayEquals(bytes(length), read.get(10, TimeUnit.SECONDS));
        up.get(10, TimeUnit.SECONDS);
        down.get(10, TimeUnit.SECONDS);
    }

    @Test
    void shouldBeRefused() throws Exception {
        final ServerSocket server = listen();
        final int port = server.getLocalPort();
        server.close();
        final Socket socket = track(kind.clients.createSocket());
        final ConnectException e =
            assertThrows(ConnectException.class, () -> socket.connect(new InetSocketAddress(kind.address, port)));
        assertTrue(e.getMessage().contains("Connection refused"), e.getMessage());
    }

    @Test
    void shouldTimeOutAConnect() throws Exception {
        final ServerSocket server = track(kind.servers.createServerSocket(0, 1, kind.address));
        final InetSocketAddress address = new InetSocketAddress(kind.address, server.getLocalPort());
        assertThrows(SocketTimeoutException.class, () -> {
            for (int i = 0; i < 8; i++) {
                track(kind.clients.createSocket()).connect(address, 100);
            }
        });
    }

    @Test
    void shouldTimeOutAReadAndGoOn() throws Exception {
        final Socket[] pair = connect();
        pair[1].setSoTimeout(50);
        assertEquals(50, pair[1].getSoTimeout());
        final long start = System.nanoTime();
        assertThrows(SocketTimeoutException.class, () -> pair[1].getInputStream().read());
        assertTrue(System.nanoTime() - start >= 45_000_000L);
        pair[0].getOutputStream().write(7);
        assertEquals(7, pair[1].getInputStream().read());
    }

    @Test
    void shouldTimeOutAnAcceptAndGoOn() throws Exception {
        final ServerSocket server = listen();
        server.setSoTimeout(50);
        assertThrows(SocketTimeoutException.class, server::accept);
        track(kind.clients.createSocket(kind.address, server.getLocalPort()));
        assertTrue(track(server.accept()).isConnected());
    }

    @Test
    void shouldReadEndOfStreamAndHalfClose() throws Exception {
        final Socket[] pair = connect();
        pair[0].getOutputStream().write(new byte[] {1, 2, 3});
        pair[0].shutdownOutput();
        assertArrayEquals(new byte[] {1, 2, 3}, pair[1].getInputStream().readAllBytes());
        assertEquals(-1, pair[1].getInputStream().read());
        pair[1].getOutputStream().write(9);
        assertEquals(9, pair[0].getInputStream().read());
        assertThrows(SocketException.class, () -> pair[0].getOutputStream().write(1));
    }

    @Test
    void shouldReadEndOfStreamAfterShuttingItsInput() throws Exception {
        final Socket[] pair = connect();
        final InputStream in = pair[0].getInputStream();
        pair[0].shutdownInput();
        assertEquals(-1, in.read());
        assertTrue(pair[0].isInputShutdown());
    }

    @Test
    void shouldReportAReset() throws Exception {
        final Socket[] pair = connect();
        pair[0].setSoLinger(true, 0);
        pair[0].close();
        final SocketException e = assertThrows(SocketException.class, () -> pair[1].getInputStream().read());
        assertTrue(e.getMessage().contains("Connection reset"), e.getMessage());
    }

    @Test
    void shouldWakeAReaderThatIsClosed() throws Exception {
        final Socket[] pair = connect();
        final InputStream in = pair[1].getInputStream();
        final CompletableFuture<Integer> reader = background(in::read);
        pair[1].close();
        final Throwable e = failure(reader);
        assertInstanceOf(SocketException.class, e);
        assertEquals("Socket closed", e.getMessage());
    }

    @Test
    void shouldWakeAnAcceptorThatIsClosed() throws Exception {
        final ServerSocket server = listen();
        final CompletableFuture<Socket> acceptor = background(server::accept);
        server.close();
        final Throwable e = failure(acceptor);
        assertInstanceOf(SocketException.class, e);
        assertTrue(e.getMessage().contains("closed"), e.getMessage());
    }

    @Test
    void shouldWakeAWriterThatIsClosed() throws Exception {
        final Socket[] pair = connect();
        final CompletableFuture<Void> writer = background(() -> {
            while (true) {
                pair[0].getOutputStream().write(new byte[64 * 1024]);
            }
        });
        pair[0].close();
        assertInstanceOf(SocketException.class, failure(writer));
    }

    @Test
    void shouldNotBeDisturbedByAnInterrupt() throws Exception {
        final Socket[] pair = connect();
        final Thread[] thread = new Thread[1];
        final CompletableFuture<Boolean> reader = background(thread, () -> {
            final int b = pair[1].getInputStream().read();
            return b == 5 && Thread.currentThread().isInterrupted();
        });
        thread[0].interrupt();
        Blocked.await(thread[0]);
        assertFalse(reader.isDone());
        pair[0].getOutputStream().write(5);
        assertTrue(reader.get(10, TimeUnit.SECONDS), "the status is still set");
    }

    @Test
    void shouldSetOptions() throws Exception {
        final Socket[] pair = connect();
        final Socket socket = pair[1];
        socket.setTcpNoDelay(true);
        assertTrue(socket.getTcpNoDelay());
        socket.setKeepAlive(true);
        assertTrue(socket.getKeepAlive());
        assertEquals(-1, socket.getSoLinger());
        socket.setSoLinger(true, 4);
        assertEquals(4, socket.getSoLinger());
        socket.setSoLinger(false, 0);
        assertEquals(-1, socket.getSoLinger());
        socket.setReceiveBufferSize(64 * 1024);
        assertTrue(socket.getReceiveBufferSize() >= 64 * 1024);
        socket.setOption(StandardSocketOptions.TCP_NODELAY, false);
        assertFalse(socket.getOption(StandardSocketOptions.TCP_NODELAY));
        assertTrue(socket.supportedOptions().contains(StandardSocketOptions.SO_SNDBUF));
        socket.setOOBInline(false);
        assertFalse(socket.getOOBInline());
        final ServerSocket server = listen();
        server.setReceiveBufferSize(64 * 1024);
        assertTrue(server.getReceiveBufferSize() >= 64 * 1024);
        assertTrue(server.getReuseAddress());
    }

    @Test
    void shouldCountWhatIsAvailable() throws Exception {
        final Socket[] pair = connect();
        assertEquals(0, pair[1].getInputStream().available());
        pair[0].getOutputStream().write(new byte[9]);
        while (pair[1].getInputStream().available() < 9) {
            Thread.onSpinWait();
        }
        assertEquals(9, pair[1].getInputStream().read(new byte[20]));
    }

    @Test
    void shouldServeVirtualThreadsWhereThereAre() throws Exception {
        org.junit.jupiter.api.Assumptions.assumeTrue(Runtime.version().feature() >= 21);
        final ServerSocket server = listen();
        final CompletableFuture<byte[]> echoed = new CompletableFuture<>();
        virtual(() -> {
            try (Socket accepted = server.accept()) {
                accepted.getOutputStream().write(accepted.getInputStream().readNBytes(100_000));
            }
            return null;
        });
        virtual(() -> {
            try (Socket client = kind.clients.createSocket(kind.address, server.getLocalPort())) {
                client.getOutputStream().write(bytes(100_000));
                echoed.complete(client.getInputStream().readNBytes(100_000));
            } catch (final IOException e) {
                echoed.completeExceptionally(e);
            }
            return null;
        });
        assertArrayEquals(bytes(100_000), echoed.get(10, TimeUnit.SECONDS));
    }

    @Test
    void shouldCloseWhenAVirtualReaderIsInterrupted() throws Exception {
        org.junit.jupiter.api.Assumptions.assumeTrue(Runtime.version().feature() >= 21);
        final Socket[] pair = connect();
        final CompletableFuture<Integer> reader = new CompletableFuture<>();
        final Thread thread = virtual(() -> {
            try {
                reader.complete(pair[1].getInputStream().read());
            } catch (final IOException e) {
                reader.completeExceptionally(e);
            }
            return null;
        });
        Blocked.await(thread);
        thread.interrupt();
        final Throwable e = failure(reader);
        assertInstanceOf(SocketException.class, e);
        assertEquals("Closed by interrupt", e.getMessage());
        assertTrue(pair[1].isClosed() || kind == SocketKind.HOLDFAST);
    }

    /** {@code Thread.startVirtualThread}, which JDK 17 does not have. */
    private static Thread virtual(final Callable<?> task) throws ReflectiveOperationException {
        final Runnable run = () -> {
            try {
                task.call();
            } catch (final Exception e) {
                throw new IllegalStateException(e);
            }
        };
        return (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, run);
    }
}
