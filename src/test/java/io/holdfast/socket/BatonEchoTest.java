package io.holdfast.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.config.StackConfig;
import io.holdfast.link.memory.MemoryLink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real threads that block, on stacks that run in real time, in every threading mode that has threads. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class BatonEchoTest {
    private static final int PORT = 7;
    private static final int ROUNDS = 2_000;
    private static final long WAIT_NS = 10_000_000_000L;

    @ParameterizedTest
    @EnumSource(value = StackConfig.Threading.class, mode = EnumSource.Mode.EXCLUDE, names = "INVOKER")
    void shouldEchoBetweenBlockingThreads(final StackConfig.Threading threading) throws Exception {
        final MemoryLink.Pair wire = TwoHosts.wire(true);
        final ExecutorService threads = Executors.newCachedThreadPool();
        try (HoldfastStack client = HoldfastStack.start(TwoHosts.config(TwoHosts.CLIENT, wire.left(), 1, threading, c -> {
            }));
            HoldfastStack server = HoldfastStack.start(TwoHosts.config(TwoHosts.SERVER, wire.right(), 2, threading, c -> {
            }))) {
            final ListenerSocket listener = server.openListener();
            listener.bind(TwoHosts.at(TwoHosts.SERVER, PORT));
            listener.listen(10);
            final Future<?> serving = threads.submit(() -> serve(listener, 3, threads));
            final List<Future<Integer>> asking = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                asking.add(threads.submit(() -> ask(client)));
            }
            for (final Future<Integer> one : asking) {
                assertEquals(ROUNDS, one.get(50, TimeUnit.SECONDS));
            }
            serving.get(10, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
    }

    private static Void serve(final ListenerSocket listener, final int connections, final ExecutorService threads)
        throws IOException {
        for (int i = 0; i < connections; i++) {
            listener.await(Readiness.ACCEPT, WAIT_NS);
            final StreamSocket socket = listener.accept();
            threads.submit(() -> {
                final ByteBuffer buffer = ByteBuffer.allocate(64);
                while (true) {
                    buffer.clear();
                    final int n = read(socket, buffer);
                    if (n < 0) {
                        socket.close();
                        return null;
                    }
                    socket.write(buffer.flip());
                }
            });
        }
        return null;
    }

    private static int ask(final HoldfastStack stack) throws IOException {
        final StreamSocket socket = stack.openStream();
        socket.connect(TwoHosts.at(TwoHosts.SERVER, PORT));
        socket.await(Readiness.CONNECT, WAIT_NS);
        socket.finishConnect();
        final ByteBuffer buffer = ByteBuffer.allocate(64);
        int answered = 0;
        for (int i = 0; i < ROUNDS; i++) {
            buffer.clear().limit(8);
            buffer.putLong(0, i);
            socket.write(buffer);
            buffer.clear().limit(8);
            while (buffer.hasRemaining()) {
                if (read(socket, buffer) < 0) {
                    throw new IOException("ended early");
                }
            }
            assertEquals(i, buffer.getLong(0));
            answered++;
        }
        socket.close();
        return answered;
    }

    private static int read(final StreamSocket socket, final ByteBuffer buffer) throws IOException {
        while (true) {
            final int n = socket.read(buffer);
            if (n != 0) {
                return n;
            }
            if (socket.await(Readiness.READ, WAIT_NS) == 0) {
                throw new IOException("waited in vain");
            }
        }
    }
}
