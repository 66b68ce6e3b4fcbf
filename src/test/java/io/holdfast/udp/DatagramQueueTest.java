package io.holdfast.udp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

final class DatagramQueueTest {
    private final Datagram datagram = new Datagram();

    @Property(tries = 50)
    void shouldBehaveLikeAQueueOfCopies(@ForAll final long seed) {
        final Random random = new Random(seed);
        final DatagramQueue queue = new DatagramQueue(1 << random.nextInt(20));
        final Deque<byte[]> model = new ArrayDeque<>();
        final ByteBuffer target = ByteBuffer.allocate(70_000);
        for (int step = 0; step < 300; step++) {
            if (random.nextInt(3) > 0) {
                final byte[] bytes = new byte[random.nextInt(random.nextBoolean() ? 65_508 : 100)];
                random.nextBytes(bytes);
                final boolean taken =
                    queue.offer(step, 2, step & 0xFFFF, 4, 5, new UnsafeBuffer(bytes), 0, bytes.length);
                assertTrue(taken || !model.isEmpty());
                if (taken) {
                    model.add(bytes);
                }
            } else {
                target.clear();
                assertEquals(!model.isEmpty(), queue.poll(target, datagram));
                if (!model.isEmpty()) {
                    final byte[] expected = model.remove();
                    assertEquals(expected.length, datagram.length);
                    assertArrayEquals(expected, Arrays.copyOf(target.array(), expected.length));
                    assertEquals(datagram.sourcePort, (int) datagram.sourceHi & 0xFFFF);
                    assertEquals(5, datagram.destinationLo);
                }
            }
            assertEquals(model.isEmpty(), queue.isEmpty());
        }
    }

    @Test
    void shouldHandOverBetweenThreads() throws InterruptedException {
        final int count = 200_000;
        final DatagramQueue queue = new DatagramQueue(UdpSocket.DEFAULT_RECEIVE_BUFFER_BYTES);
        final Thread producer = new Thread(() -> {
            final UnsafeBuffer bytes = new UnsafeBuffer(new byte[1000]);
            for (int i = 0; i < count; ) {
                bytes.putInt(0, i);
                bytes.putInt(i % 990 + 4, i);
                if (queue.offer(0, i, 0, 0, 0, bytes, 0, i % 990 + 8)) {
                    i++;
                } else {
                    Thread.yield();
                }
            }
        });
        producer.start();
        final ByteBuffer target = ByteBuffer.allocate(1000).order(java.nio.ByteOrder.nativeOrder());
        for (int i = 0; i < count; ) {
            target.clear();
            if (!queue.poll(target, datagram)) {
                Thread.yield();
                continue;
            }
            assertEquals(i % 990 + 8, datagram.length);
            assertEquals(i, datagram.sourceLo);
            assertEquals(i, target.getInt(i % 990 + 4));
            i++;
        }
        producer.join();
        assertFalse(queue.poll(target, datagram));
    }
}
