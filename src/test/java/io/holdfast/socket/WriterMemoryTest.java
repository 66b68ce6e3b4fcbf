package io.holdfast.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.StackCounter;
import io.holdfast.link.memory.MemoryLink;
import io.holdfast.stack.StackConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A writer that finds no room is told apart from one that finds no memory. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class WriterMemoryTest {
    private static final int PORT = 9;
    private static final long WAIT_NS = 10_000_000_000L;
    private static final int BYTES = 48 << 20;

    @Test
    void shouldNotTakeAFullBufferForUsedUpMemory() throws Exception {
        final MemoryLink.Pair wire = TwoHosts.wire(true);
        try (HoldfastStack client = HoldfastStack.start(TwoHosts.config(TwoHosts.CLIENT, wire.left(), 1,
                StackConfig.Threading.SHARED, c -> c.tcp.sendBufferMaxBytes = 87_040));
            HoldfastStack server = HoldfastStack.start(
                TwoHosts.config(TwoHosts.SERVER, wire.right(), 2, StackConfig.Threading.SHARED, c -> {
                }))) {
            final ListenerSocket listener = server.openListener();
            listener.bind(TwoHosts.at(TwoHosts.SERVER, PORT));
            listener.listen(1);
            final StreamSocket writer = client.openStream();
            writer.connect(TwoHosts.at(TwoHosts.SERVER, PORT));
            writer.await(Readiness.CONNECT, WAIT_NS);
            writer.finishConnect();
            listener.await(Readiness.ACCEPT, WAIT_NS);
            final StreamSocket reader = listener.accept();
            final Thread reading = new Thread(() -> read(reader));
            reading.start();
            int refused = 0;
            final ByteBuffer piece = ByteBuffer.allocateDirect(5_000);
            for (int written = 0; written < BYTES;) {
                piece.clear();
                final int n = writer.write(piece);
                // Tries again at once: the shard makes room meanwhile, in some rounds just after the writer found none.
                refused += n == 0 ? 1 : 0;
                written += n;
            }
            writer.close();
            reading.join();
            assertTrue(refused > 0, "the buffer was never full");
            assertEquals(0, client.counters().get(StackCounter.WRITES_WITHOUT_MEMORY));
        }
    }

    private static void read(final StreamSocket socket) {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
        try {
            while (socket.read(buffer.clear()) >= 0) {
                socket.await(Readiness.READ, WAIT_NS);
            }
        } catch (final IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
