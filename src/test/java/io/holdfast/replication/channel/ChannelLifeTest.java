package io.holdfast.replication.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.ChannelCounter;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that come, go, come back, stop reading, and fall silent. */
final class ChannelLifeTest {
    @TempDir
    private java.nio.file.Path directory;
    private Nodes nodes;

    @BeforeEach
    void makeKeys() throws IOException {
        nodes = new Nodes(directory);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldSeeThePeerGoAndComeBack(final boolean tls) {
        try (Node a = new Node(nodes.a(tls))) {
            for (int life = 1; life <= 3; life++) {
                final int up = life;
                try (Node b = new Node(nodes.b(tls))) {
                    Nodes.until("both are up", () -> a.count(ChannelCounter.UP) == up && b.isUp(), a, b);
                    b.send(Path.REPLICATION, new byte[] {(byte) life});
                    b.channels.poll(0);
                }
                Nodes.until("a sees it", () -> a.count(ChannelCounter.DOWN) == up, a);
                // What had been sent before the end is not lost.
                assertArrayEquals(new byte[] {(byte) life}, a.received().get(life - 1));
                assertEquals("down REPLICATION: closed by the peer", a.events.get(2 * life - 1));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTellAPeerThatLeavesFromOneThatDied(final boolean tls) {
        try (Node a = new Node(nodes.a(tls))) {
            try (Node b = new Node(nodes.b(tls))) {
                Nodes.until("both are up", () -> a.isUp() && b.isUp(), a, b);
                b.channels.drop(0, Path.REPLICATION, "silent for too long");
                Nodes.until("a sees it", () -> a.losses.size() == 1, a);
                assertEquals(List.of(PathLoss.LEFT_BY_PEER), a.losses);
                Nodes.until("both are up again", () -> a.isUp() && b.isUp(), a, b);
            }
            // As the kernel closes what a killed process leaves.
            Nodes.until("a sees it", () -> a.losses.size() == 2, a);
            assertEquals(PathLoss.CLOSED_BY_PEER, a.losses.get(1));
        }
    }

    @Test
    void shouldHearThatNobodyListensAnyMoreAlthoughItIsThePeersTurnToDial() {
        try (Node b = new Node(nodes.b(false))) {
            try (Node a = new Node(nodes.a(false))) {
                Nodes.until("both are up", () -> a.isUp() && b.isUp(), a, b);
                b.channels.drop(0, Path.REPLICATION, "silent for too long");
            }
            Nodes.until("b hears it", () -> b.losses.contains(PathLoss.REFUSED), b);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTakeTheDialledSideBackWhenItRestarts(final boolean tls) {
        try (Node b = new Node(nodes.b(tls))) {
            for (int life = 1; life <= 2; life++) {
                final int up = life;
                try (Node a = new Node(nodes.a(tls))) {
                    Nodes.until("both are up", () -> b.count(ChannelCounter.UP) == up && a.isUp(), a, b);
                }
                Nodes.until("b sees it", () -> b.count(ChannelCounter.DOWN) == up, b);
            }
        }
    }

    @Test
    void shouldReadThePeersLastWordsAlthoughItCannotBeWrittenTo() throws IOException {
        try (Node b = new Node(nodes.b(false).peerNode("a")); RawPeer peer = new RawPeer(nodes.addressOfB)) {
            peer.greet();
            Nodes.until("it is up", b::isUp, b);
            // In one piece, for the kernel to send it all before the reset throws away what was not sent.
            final ByteBuffer frames = ByteBuffer.allocate(100 * 1_004).order(ByteOrder.LITTLE_ENDIAN);
            while (frames.hasRemaining()) {
                frames.putInt(1_000).position(frames.position() + 1_000);
            }
            peer.write(frames.array());
            peer.reset();
            // The first write to a connection that was reset fails before anything was read.
            assertTrue(b.send(Path.REPLICATION, new byte[1]));
            Nodes.until("it is down", () -> !b.isUp(), b);
            assertEquals(100, b.received().size());
            assertEquals(2, b.events.size(), b.events.toString());
        }
    }

    @Test
    void shouldReplaceAConnectionByANewerOneOfThePeer() throws IOException {
        try (Node b = new Node(nodes.b(false).peerNode("a")); RawPeer old = new RawPeer(nodes.addressOfB)) {
            old.greet();
            Nodes.until("it is up", b::isUp, b);
            try (RawPeer next = new RawPeer(nodes.addressOfB)) {
                next.greet();
                next.frame(new byte[] {9});
                Nodes.until("the message is there", () -> b.received().size() == 1, b);
                assertEquals(List.of("up REPLICATION", "down REPLICATION: replaced by a newer connection of the peer",
                    "up REPLICATION"), b.events);
                assertEquals(1, b.count(ChannelCounter.REPLACED));
                old.read(); // The greeting's answer.
                assertEquals(Connection.FAREWELL, Integer.reverseBytes(old.in.readInt()));
                assertEquals(-1, old.in.read());
            }
        }
    }

    /** As on a cut link: no answer at all to the first packet. When there are answers again, the next dialling gets one. */
    @Test
    void shouldGiveUpDiallingSoonAndDialAgain() throws IOException {
        final List<SocketChannel> crowd = new ArrayList<>();
        try (Node a = new Node(nodes.a(false).connectTimeoutMs(20))) {
            try (ServerSocket full = new ServerSocket()) {
                full.bind(nodes.addressOfB, 1);
                for (int i = 0; i < 4; i++) {
                    final SocketChannel one = SocketChannel.open();
                    one.configureBlocking(false);
                    one.connect(nodes.addressOfB);
                    crowd.add(one);
                }
                // The first may still have found a place in the listener's queue.
                Nodes.until("dialling has failed", () -> a.count(ChannelCounter.DIAL_FAILED) >= 3, a);
                assertEquals(List.of(), a.events);
            }
            try (Node b = new Node(nodes.b(false))) {
                Nodes.untilUp(a, b);
            }
        } finally {
            for (final SocketChannel one : crowd) {
                one.close();
            }
        }
    }

    @Test
    void shouldGiveUpASilentPeer() throws IOException {
        try (Node b = new Node(nodes.b(false).peerNode("a").silenceMs(40)); RawPeer peer = new RawPeer(nodes.addressOfB)) {
            peer.greet();
            Nodes.until("it is up and down", () -> b.count(ChannelCounter.SILENT) == 1, b);
            assertEquals(List.of("up REPLICATION", "down REPLICATION: silent for 40 ms"), b.events);
        }
    }

    @Test
    void shouldKeepAnIdlePathUp() {
        try (Node a = new Node(nodes.a(true).silenceMs(300)); Node b = new Node(nodes.b(true).silenceMs(300))) {
            Nodes.untilUp(a, b);
            final long start = System.nanoTime();
            Nodes.until("three times the silence is over",
                () -> System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(900), a, b);
            assertEquals(0, a.count(ChannelCounter.SILENT) + b.count(ChannelCounter.SILENT));
            assertTrue(a.isUp() && b.isUp());
            assertEquals(0, a.count(ChannelCounter.MESSAGES_IN));
        }
    }

    @Test
    void shouldNeverBlockOnAPeerThatDoesNotRead() throws IOException {
        try (Node b = new Node(nodes.b(false).peerNode("a").silenceMs(0)); RawPeer peer = new RawPeer(nodes.addressOfB)) {
            peer.greet();
            Nodes.until("it is up", b::isUp, b);
            final int messages = 200;
            for (int i = 0; i < messages; i++) {
                b.toFill.get(Path.REPLICATION).add(ChannelsTest.filled((byte) i, 200_000));
            }
            Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
                int idle = 0;
                while (idle < 100) {
                    idle = b.channels.poll(0) == 0 ? idle + 1 : 0;
                }
            });
            assertTrue(b.toFill.get(Path.REPLICATION).size() > 10, "the kernel took everything");
            int queued = 0;
            while (b.send(Path.REPLICATION, ChannelsTest.filled((byte) 100, 10_000))) {
                queued++;
                b.channels.poll(0);
                assertTrue(queued < 1_000, "the queue has no end");
            }
            assertEquals(1, b.count(ChannelCounter.QUEUE_FULL));
            assertTrue(b.isUp());
            // It reads again, in its own thread because it blocks; nothing is missing or out of order.
            final Thread reader = new Thread(() -> readAll(peer, messages));
            final int[] failures = {0};
            reader.setUncaughtExceptionHandler((thread, error) -> failures[0]++);
            reader.start();
            Nodes.until("all was read", () -> !reader.isAlive(), b);
            assertEquals(0, failures[0]);
            assertFalse(b.events.size() > 1, b.events.toString());
        }
    }

    private static void readAll(final RawPeer peer, final int messages) {
        try {
            peer.read(); // The greeting's answer.
            int next = 0;
            while (next < messages) {
                final byte[] message = peer.read();
                if (message.length == 200_000) {
                    assertEquals((byte) next++, message[message.length - 1]);
                }
            }
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }
}
