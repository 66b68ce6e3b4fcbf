package io.holdfast.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.buffer.ChunkPool;
import io.holdfast.config.StackConfig;
import io.holdfast.counters.StackCounter;
import io.holdfast.link.memory.MemoryLink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A writer that finds no room is told apart from one that finds no memory. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class WriterMemoryTest {
    private static final int PORT = 9;
    private static final long WAIT_NS = 10_000_000_000L;
    private static final int BYTES = 48 << 20;
    private static final int WRITERS = 100;

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

    @Test
    void shouldTellNoMoreWritersOfMemoryThanThereIsMemoryFor() throws Exception {
        try (TwoHosts hosts = new TwoHosts(true, WriterMemoryTest::littleMemoryForTheServer)) {
            final ListenerSocket listener = hosts.listen(PORT, WRITERS);
            final List<StreamSocket> readers = new ArrayList<>();
            final List<Writer> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                readers.add(hosts.connect(PORT));
                writers.add(new Writer(hosts.accept(listener)));
            }
            int useful = 0;
            int inVain = 0;
            final ByteBuffer sink = ByteBuffer.allocateDirect(1 << 16);
            while (writers.stream().anyMatch(writer -> writer.left > 0)) {
                for (final Writer writer : writers) {
                    if (writer.told && writer.left > 0) {
                        if (writer.write()) {
                            useful++;
                        } else {
                            inVain++;
                        }
                    }
                }
                hosts.run(5);
                for (final StreamSocket reader : readers) {
                    while (reader.read(sink.clear()) > 0) {
                        // Whatever is there.
                    }
                }
            }
            assertTrue(hosts.server.counters().get(StackCounter.WRITES_WITHOUT_MEMORY) > 0, "memory was never short");
            // Who comes first takes more than it was told of, so some come in vain; but not all, each time.
            assertTrue(inVain < 2 * useful, useful + " writes took something, " + inVain + " nothing");
        }
    }

    private static void littleMemoryForTheServer(final StackConfig config) {
        if (config.addresses().contains(TwoHosts.SERVER)) {
            config.memoryLimit(1 << 20);
        }
    }

    /** Writes when it is told that it may, until it may not. */
    private static final class Writer {
        private final StreamSocket socket;
        private final ByteBuffer piece = ByteBuffer.allocateDirect(2 * ChunkPool.CHUNK_BYTES);
        private int left = 1 << 18;
        private boolean told = true;

        Writer(final StreamSocket socket) {
            this.socket = socket;
            socket.readinessListener(bits -> told |= (bits & Readiness.WRITE) != 0);
        }

        /** False if it took nothing. */
        boolean write() throws IOException {
            told = false;
            final int before = left;
            int taken;
            do {
                taken = socket.write(piece.clear().limit(Math.min(left, piece.capacity())));
                left -= taken;
            } while (taken > 0 && left > 0);
            return left < before;
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
