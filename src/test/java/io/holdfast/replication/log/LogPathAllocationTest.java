package io.holdfast.replication.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.holdfast.counters.Counters;
import io.holdfast.tcp.TcbProgress;
import java.lang.management.ManagementFactory;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** From the ring to the backup's handler and back: nothing is allocated for a record of a connection that is open. */
final class LogPathAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 20_000;

    private final Counters counters = new Counters();
    private final LogWriter writer = new LogWriter(LogWriter.MIN_CAPACITY_BYTES, counters);
    private final HistoryTester primary = new HistoryTester(4, 4, null);
    private final HistoryTester backup = new HistoryTester(4, 4, null);
    private final LogSender sender = new LogSender(writer, primary.history, counters);
    private final CountingHandler handler = new CountingHandler();
    private final LogReceiver receiver = new LogReceiver(1, backup.history, handler, counters);
    private final UnsafeBuffer bytes = new UnsafeBuffer(BufferUtil.allocateDirectAligned(4_096, 8));
    private final UnsafeBuffer message = new UnsafeBuffer(BufferUtil.allocateDirectAligned(1 << 20, 8));
    private final long[] addresses = {bytes.addressOffset()};
    private final int[] lengths = {1_448};
    private final byte[] blob = new byte[8];
    private final TcbProgress progress = new TcbProgress();
    private long offset;
    private long time;

    @Test
    void shouldAllocateNothingForARecord() {
        progress.connectionId = 1;
        progress.state = 1;
        sender.attach(1, 0);
        writer.opened(1, 1, bytes, 0, 200);
        carry();
        run(5_000);
        final long thread = Thread.currentThread().getId();
        final long before = THREADS.getThreadAllocatedBytes(thread);
        run(ROUNDS);
        final long allocated = THREADS.getThreadAllocatedBytes(thread) - before;
        // A few objects a segment, of which this makes two hundred; one object a round would be 320,000.
        assertTrue(allocated < 100_000, allocated + " bytes");
        assertTrue(sender.inSync());
        assertEquals(writer.lastSequence(), sender.committedSequence());
        // The mark is one more.
        assertEquals(writer.lastSequence() + 1, handler.records);
        assertTrue(primary.overLimit.isEmpty() && backup.overLimit.isEmpty());
    }

    private void run(final int rounds) {
        for (int i = 0; i < rounds; i++) {
            writer.input(1, offset, addresses, lengths, 1);
            writer.output(1, offset, addresses, lengths, 1);
            offset += 1_448;
            progress.sndUna = offset;
            writer.progress(progress);
            if (i % 20 == 0) {
                writer.checkpoint(1, offset, offset, blob);
            }
            carry();
        }
    }

    private void carry() {
        while (writer.ring().size() > 0) {
            sender.drain(100);
        }
        int length;
        while ((length = sender.fill(message, 0, message.capacity(), time++)) > 0) {
            receiver.onBatch(message, 0, length, time);
        }
        length = receiver.ack(message, 0);
        sender.onAck(message, 0, length, time);
    }
}
