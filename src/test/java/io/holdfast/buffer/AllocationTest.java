package io.holdfast.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.holdfast.timer.TimerHandler;
import io.holdfast.timer.TimerQueue;
import io.holdfast.util.SipHash;
import io.holdfast.wire.TcpCodec;
import io.holdfast.wire.TcpSegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** The lowest floors allocate nothing for a segment once they are warm. */
final class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final StreamBuffer buffer = new StreamBuffer(new ChunkPool(4 << 20), 1 << 20);
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(20_000);
    private final UnsafeBuffer payload = new UnsafeBuffer(bytes);
    private final UnsafeBuffer header = new UnsafeBuffer(ByteBuffer.allocateDirect(64));
    private final TcpSegment segment = new TcpSegment();
    private final TimerQueue timers = new TimerQueue(100);
    private final long[] addresses = new long[8];
    private final int[] lengths = new int[8];
    private long time;
    private final TimerHandler rearm = (id, nowNs) -> timers.schedule(id, nowNs + 50);

    @Test
    void shouldAllocateNothingForASegment() {
        run(2_000);
        final long thread = Thread.currentThread().getId();
        final long before = THREADS.getThreadAllocatedBytes(thread);
        run(20_000);
        final long allocated = THREADS.getThreadAllocatedBytes(thread) - before;
        // The question itself may take a few bytes; one object a segment would be 320,000.
        assertEquals(0, allocated / 20_000, "bytes a segment, of " + allocated);
    }

    private void run(final int segments) {
        for (int i = 0; i < segments; i++) {
            segment.clear();
            segment.flags = TcpSegment.ACK;
            segment.timestamps = true;
            segment.sackCount = 2;
            final int length = TcpCodec.encode(header, 0, segment);
            TcpCodec.decode(header, 0, length, segment);
            final long tail = buffer.tail();
            final int n = 1 + (int) (SipHash.hash(1, 2, i) & 0x3FFF);
            buffer.put(tail + n, payload, 0, n);
            buffer.put(tail, payload, 0, n);
            buffer.publish(tail + 2L * n);
            buffer.parts(tail, n, addresses, lengths, 0);
            buffer.append(bytes.clear());
            while (buffer.read(bytes.clear()) > 0) {
                timers.schedule(i % 100, ++time + 70);
            }
            timers.poll(time, rearm, 10);
        }
    }
}
