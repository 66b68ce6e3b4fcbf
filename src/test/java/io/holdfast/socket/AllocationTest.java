package io.holdfast.socket;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In the steady state nothing allocates, measured over both stacks together. */
final class AllocationTest {
    private static final int PORT = 9;
    private static final int WARM_UP_ROUNDS = 2_000;
    private static final int ROUNDS = 2_000;
    /** Room for what the measurement itself allocates, far below a byte a segment. */
    private static final long TOLERATED_BYTES = 4_096;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotAllocatePerSegmentOfABulkTransfer(final boolean offloads) throws IOException {
        try (TwoHosts hosts = new TwoHosts(offloads, c -> {
        })) {
            final ListenerSocket listener = hosts.listen(PORT, 1);
            final StreamSocket here = hosts.connect(PORT);
            final StreamSocket there = hosts.accept(listener);
            final ByteBuffer out = ByteBuffer.allocateDirect(64 * 1024);
            final ByteBuffer in = ByteBuffer.allocateDirect(256 * 1024);
            measure(() -> {
                out.clear();
                here.write(out);
                hosts.run(1);
                in.clear();
                there.read(in);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotAllocatePerSegmentOfAPingPong(final boolean offloads) throws IOException {
        try (TwoHosts hosts = new TwoHosts(offloads, c -> {
        })) {
            final ListenerSocket listener = hosts.listen(PORT, 1);
            final StreamSocket here = hosts.connect(PORT);
            final StreamSocket there = hosts.accept(listener);
            final ByteBuffer buffer = ByteBuffer.allocateDirect(1);
            measure(() -> {
                buffer.clear();
                here.write(buffer);
                hosts.run(1);
                buffer.clear();
                there.read(buffer);
                buffer.clear();
                there.write(buffer);
                hosts.run(1);
                buffer.clear();
                here.read(buffer);
            });
        }
    }

    private interface Round {
        void run() throws IOException;
    }

    private void measure(final Round round) throws IOException {
        for (int i = 0; i < WARM_UP_ROUNDS; i++) {
            round.run();
        }
        threads.getCurrentThreadAllocatedBytes();
        final long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUNDS; i++) {
            round.run();
        }
        final long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated <= TOLERATED_BYTES, allocated + " bytes in " + ROUNDS + " rounds");
    }
}
