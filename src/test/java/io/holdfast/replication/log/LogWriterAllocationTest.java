package io.holdfast.replication.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.holdfast.counters.Counters;
import io.holdfast.replay.EventKind;
import io.holdfast.tcp.TcbProgress;
import java.lang.management.ManagementFactory;
import org.agrona.BufferUtil;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** What is written, and read back, for each segment allocates nothing. */
final class LogWriterAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final LogWriter writer = new LogWriter(LogWriter.MIN_CAPACITY_BYTES, new Counters());
    private final RecordDecoder decoder = new RecordDecoder();
    private final CountingHandler handler = new CountingHandler();
    private final UnsafeBuffer bytes = new UnsafeBuffer(BufferUtil.allocateDirectAligned(4_096, 8));
    private final long[] addresses = {bytes.addressOffset(), bytes.addressOffset() + 1_000};
    private final int[] lengths = {1_000, 448};
    private final byte[] blob = new byte[32];
    private final TcbProgress progress = new TcbProgress();
    private final MessageHandler reader =
        (type, buffer, index, length) -> decoder.decode(buffer, index, length, 1, handler);

    @Test
    void shouldAllocateNothingForARecord() {
        progress.connectionId = 1;
        progress.state = 1;
        run(2_000);
        final long thread = Thread.currentThread().getId();
        final long before = THREADS.getThreadAllocatedBytes(thread);
        run(20_000);
        final long allocated = THREADS.getThreadAllocatedBytes(thread) - before;
        // The question itself may take a few bytes; one object a round would be 320,000.
        assertEquals(0, allocated / 20_000, "bytes a round, of " + allocated);
        assertEquals(writer.lastSequence(), handler.records);
    }

    private void run(final int rounds) {
        for (int i = 0; i < rounds; i++) {
            writer.opened(1, 1, bytes, 0, 200);
            writer.accepted(1, 1);
            writer.input(1, i, addresses, lengths, 2);
            writer.event(1, 2, EventKind.READ, 1_448);
            writer.output(1, i, addresses, lengths, 2);
            writer.progress(progress);
            writer.choice(1, 1, i, blob);
            writer.checkpoint(1, i, i, blob);
            writer.closed(1);
            while (writer.ring().size() > 0) {
                writer.ring().read(reader);
            }
        }
    }
}
