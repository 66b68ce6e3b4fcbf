package io.holdfast.replication.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.holdfast.counters.ChannelCounter;
import io.holdfast.util.LoopbackPorts;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages between two hosts that trust each other. */
final class ChannelsTest {
    private static final int[] BOUNDARIES =
        {1, 2, 3, 4, 1_447, 1_448, 1_449, 16_383, 16_384, 16_385, 65_536, 1 << 20, Channels.MAX_MESSAGE_BYTES};

    @TempDir
    private java.nio.file.Path directory;
    private Nodes nodes;

    @BeforeEach
    void makeKeys() throws IOException {
        nodes = new Nodes(directory);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldCarryMessagesOfAnySizeBothWaysInOrder(final boolean tls) {
        try (Node a = new Node(nodes.a(tls)); Node b = new Node(nodes.b(tls))) {
            final Random random = new Random(74_01);
            final List<byte[]> fromA = messages(random);
            final List<byte[]> fromB = messages(random);
            a.toFill.get(Path.REPLICATION).addAll(fromA);
            b.toFill.get(Path.REPLICATION).addAll(fromB);
            Nodes.until("all messages have arrived",
                () -> a.received().size() == fromB.size() && b.received().size() == fromA.size(), a, b);
            assertSame(fromA, b.received());
            assertSame(fromB, a.received());
            assertEquals(List.of("up REPLICATION"), a.events);
            assertEquals(List.of("up REPLICATION"), b.events);
            assertEquals(fromA.size(), a.count(ChannelCounter.MESSAGES_OUT));
            assertEquals(fromA.size(), b.count(ChannelCounter.MESSAGES_IN));
            assertEquals(fromA.stream().mapToLong(m -> m.length).sum(), b.count(ChannelCounter.BYTES_IN));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldSendControlMessagesAheadOfBulk(final boolean tls) {
        try (Node a = new Node(nodes.a(tls)); Node b = new Node(nodes.b(tls))) {
            Nodes.untilUp(a, b);
            for (int i = 0; i < 50; i++) {
                a.toFill.get(Path.REPLICATION).add(filled((byte) 2, 100_000));
            }
            assertTrue(a.send(Path.REPLICATION, filled((byte) 1, 100)));
            assertTrue(a.send(Path.REPLICATION, filled((byte) 3, Channels.MAX_CONTROL_BYTES)));
            Nodes.until("all messages have arrived", () -> b.received().size() == 52, a, b);
            assertArrayEquals(filled((byte) 1, 100), b.received().get(0));
            assertArrayEquals(filled((byte) 3, Channels.MAX_CONTROL_BYTES), b.received().get(1));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldSendWhatIsQueuedWithoutAPollAndWithoutAskingTheHandler(final boolean tls) {
        try (Node a = new Node(nodes.a(tls)); Node b = new Node(nodes.b(tls))) {
            Nodes.untilUp(a, b);
            b.toFill.get(Path.REPLICATION).add(filled((byte) 2, 100_000));
            final int fills = b.fills;
            assertTrue(b.send(Path.REPLICATION, filled((byte) 1, 100)));
            b.channels.sendQueued();
            Nodes.until("the message has arrived", () -> a.received().size() == 1, a);
            assertArrayEquals(filled((byte) 1, 100), a.received().get(0));
            assertEquals(fills, b.fills);
            Nodes.until("the rest has arrived", () -> a.received().size() == 2, a, b);
        }
    }

    @Test
    void shouldKeepThePathsApart() {
        final var serviceOfA = LoopbackPorts.next();
        final var serviceOfB = LoopbackPorts.next();
        try (Node a = new Node(nodes.a(true).listen(Path.SERVICE, serviceOfA).peer(Path.SERVICE, serviceOfB));
            Node b = new Node(nodes.b(true).listen(Path.SERVICE, serviceOfB).peer(Path.SERVICE, serviceOfA))) {
            Nodes.untilUp(a, b);
            assertTrue(a.send(Path.SERVICE, filled((byte) 1, 10)));
            assertTrue(a.send(Path.REPLICATION, filled((byte) 2, 20)));
            Nodes.until("both have arrived",
                () -> b.received().size() == 1 && b.received.get(Path.SERVICE).size() == 1, a, b);
            assertEquals(20, b.received().get(0).length);
            assertEquals(10, b.received.get(Path.SERVICE).get(0).length);
            a.channels.drop(0, Path.SERVICE, "for the test");
            assertEquals("down SERVICE: for the test", a.events.get(a.events.size() - 1));
            assertFalse(a.channels.isUp(0, Path.SERVICE));
            assertTrue(a.channels.isUp(0, Path.REPLICATION));
            Nodes.until("it is up again", () -> a.count(ChannelCounter.UP) == 3 && b.count(ChannelCounter.UP) == 3, a, b);
            assertTrue(b.events.contains("down SERVICE: closed by the peer"), b.events.toString());
        }
    }

    @Test
    void shouldLearnThePeersNameAndDialFromTheSmallerOneOnly() {
        try (Node a = new Node(nodes.a(false)); Node b = new Node(nodes.b(false))) {
            assertNull(a.channels.peerNode(0));
            Nodes.untilUp(a, b);
            assertEquals("b", a.channels.peerNode(0));
            assertEquals("a", b.channels.peerNode(0));
            final long dialledByB = b.count(ChannelCounter.DIALLED);
            a.channels.drop(0, Path.REPLICATION, "for the test");
            Nodes.until("it is up again", () -> b.count(ChannelCounter.UP) == 2 && a.isUp(), a, b);
            assertEquals(dialledByB, b.count(ChannelCounter.DIALLED));
        }
    }

    @Test
    void shouldNotDialWithTheLargerNameIfThePeersIsConfigured() {
        try (Node a = new Node(nodes.a(false).peerNode("b")); Node b = new Node(nodes.b(false).peerNode("a"))) {
            Nodes.untilUp(a, b);
            assertEquals(0, b.count(ChannelCounter.DIALLED));
            assertEquals(0, a.count(ChannelCounter.WRONG_SIDE));
        }
    }

    @Test
    void shouldTakeNothingForAPathThatIsDown() {
        try (Node a = new Node(nodes.a(false))) {
            a.channels.poll(0);
            assertFalse(a.isUp());
            assertFalse(a.send(Path.REPLICATION, new byte[1]));
            assertFalse(a.send(Path.SERVICE, new byte[1]));
            assertFalse(a.channels.isUp(0, Path.SERVICE));
            assertEquals(0, a.fills);
        }
    }

    @Test
    void shouldRefuseControlMessagesOfImpossibleLength() {
        try (Node a = new Node(nodes.a(false))) {
            assertThrows(IllegalArgumentException.class, () -> a.send(Path.REPLICATION, new byte[0]));
            assertThrows(IllegalArgumentException.class,
                () -> a.send(Path.REPLICATION, new byte[Channels.MAX_CONTROL_BYTES + 1]));
        }
    }

    /** Whatever the interleaving: each of many wake-ups is answered by a look at what the handler has. */
    @ParameterizedTest
    @ValueSource(longs = {0, 20_000})
    void shouldWakeUpFromAnotherThread(final long spinNs) throws InterruptedException {
        try (Node a = new Node(nodes.a(false).spinNs(spinNs))) {
            final int rounds = 5_000;
            final CountDownLatch done = new CountDownLatch(1);
            final int[] published = {0};
            final java.util.concurrent.atomic.AtomicInteger seen = new java.util.concurrent.atomic.AtomicInteger();
            final java.util.concurrent.atomic.AtomicInteger available = new java.util.concurrent.atomic.AtomicInteger();
            final Thread producer = new Thread(() -> {
                for (int i = 1; i <= rounds; i++) {
                    available.lazySet(i);
                    a.channels.wakeUp();
                    published[0] = i;
                    while (seen.get() < i && !Thread.currentThread().isInterrupted()) {
                        // Not a spin: where both share a processor, each of the rounds would take a time slice.
                        Thread.yield();
                    }
                }
                done.countDown();
            });
            producer.start();
            final long start = System.nanoTime();
            while (done.getCount() > 0) {
                final long before = System.nanoTime();
                a.channels.poll(20_000_000_000L);
                if (System.nanoTime() - before > 10_000_000_000L || System.nanoTime() - start > 60_000_000_000L) {
                    producer.interrupt();
                    throw new AssertionError("a wake-up was lost: " + published[0]);
                }
                seen.set(available.get());
            }
            producer.join();
            assertEquals(rounds, available.get());
        }
    }

    @Test
    void shouldAllocateNothingForBulkInTheClear() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final byte[] message = filled((byte) 2, 60_000);
        try (Node a = new Node(nodes.a(false)); Node b = new Node(nodes.b(false))) {
            b.keepMessages = false;
            Nodes.untilUp(a, b);
            final int rounds = 2_000;
            long before = 0;
            for (int i = 0; i < 2 * rounds; i++) {
                if (i == rounds) {
                    before = threads.getCurrentThreadAllocatedBytes();
                }
                a.toFill.get(Path.REPLICATION).add(message);
                a.channels.poll(0);
                b.channels.poll(0);
            }
            final long perMessage = (threads.getCurrentThreadAllocatedBytes() - before) / rounds;
            assertTrue(perMessage < 16, perMessage + " bytes allocated a message");
            Nodes.until("all have arrived", () -> b.count(ChannelCounter.MESSAGES_IN) == 2 * rounds, a, b);
        }
    }

    private static List<byte[]> messages(final Random random) {
        final List<byte[]> messages = new ArrayList<>();
        for (final int length : BOUNDARIES) {
            messages.add(random(random, length));
        }
        for (int i = 0; i < 300; i++) {
            messages.add(random(random, 1 + random.nextInt(1 << random.nextInt(18))));
        }
        for (int i = 0; i < 20; i++) {
            messages.add(random(random, 1 + random.nextInt(Channels.MAX_MESSAGE_BYTES)));
        }
        return messages;
    }

    private static byte[] random(final Random random, final int length) {
        final byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    static byte[] filled(final byte value, final int length) {
        final byte[] bytes = new byte[length];
        java.util.Arrays.fill(bytes, value);
        return bytes;
    }

    private static void assertSame(final List<byte[]> expected, final List<byte[]> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i), "message " + i);
        }
    }
}
