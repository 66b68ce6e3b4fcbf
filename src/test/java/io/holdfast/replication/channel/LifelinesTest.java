package io.holdfast.replication.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.ChannelCounter;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lifelines beside the connections: who may hold one, and what their end means. */
final class LifelinesTest {
    private static final List<String> HELD = List.of("up REPLICATION", "lifeline REPLICATION held");

    private static final int CROWD = 100;

    @TempDir
    private java.nio.file.Path directory;
    private Nodes nodes;

    @BeforeEach
    void makeKeys() throws IOException {
        nodes = new Nodes(directory);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldHoldOneEachWay(final boolean tls) {
        try (Node a = new Node(nodes.a(tls).lifelines(true)); Node b = new Node(nodes.b(tls).lifelines(true))) {
            Nodes.until("both hold", () -> a.events.size() == 2 && b.events.size() == 2, a, b);
            assertEquals(HELD, a.events);
            assertEquals(HELD, b.events);
            b.channels.drop(0, Path.REPLICATION, "for a test");
            Nodes.until("both hold again", () -> a.events.size() == 5 && b.events.size() == 5, a, b);
            assertEquals(HELD, a.events.subList(3, 5));
            assertEquals(HELD, b.events.subList(3, 5));
            assertEquals(0, a.count(ChannelCounter.LIFELINES_CUT) + b.count(ChannelCounter.LIFELINES_CUT));
            assertEquals(0, a.count(ChannelCounter.LIFELINES_FAILED) + b.count(ChannelCounter.LIFELINES_FAILED));
        }
    }

    /** Many strangers at both ports: what is up stays up, and a path that is made anew gets its lifelines. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldHoldThemInACrowd(final boolean tls) throws IOException {
        final List<Socket> crowd = new ArrayList<>();
        try (Node a = new Node(nodes.a(tls).lifelines(true)); Node b = new Node(nodes.b(tls).lifelines(true))) {
            Nodes.until("both hold", () -> a.events.size() == 2 && b.events.size() == 2, a, b);
            for (int i = 0; i < CROWD; i++) {
                crowd.add(new Socket(nodes.addressOfB.getAddress(), nodes.addressOfB.getPort()));
                crowd.add(new Socket(nodes.addressOfA.getAddress(), nodes.addressOfA.getPort()));
                a.channels.poll(0);
                b.channels.poll(0);
            }
            assertEquals(HELD, a.events);
            assertEquals(HELD, b.events);
            b.channels.drop(0, Path.REPLICATION, "for a test");
            Nodes.until("both hold again", () -> a.isUp() && b.isUp() && last(a).endsWith("held") && last(b).endsWith("held"), a, b);
        } finally {
            for (final Socket one : crowd) {
                one.close();
            }
        }
    }

    private static String last(final Node node) {
        return node.events.get(node.events.size() - 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldHoldNoneWhereOneSideWantsNone(final boolean tls) {
        try (Node a = new Node(nodes.a(tls).lifelines(true)); Node b = new Node(nodes.b(tls))) {
            Nodes.untilUp(a, b);
            a.send(Path.REPLICATION, new byte[1]);
            b.send(Path.REPLICATION, new byte[1]);
            Nodes.until("both have heard", () -> !a.received().isEmpty() && !b.received().isEmpty(), a, b);
            assertEquals(List.of("up REPLICATION"), a.events);
            assertEquals(List.of("up REPLICATION"), b.events);
        }
    }

    @Test
    void shouldTellOfTheCutAfterTheLastWordsAndKeepThePath() throws IOException {
        try (Node b = new Node(nodes.b(false).peerNode("a").lifelines(true)); RawPeer peer = new RawPeer(nodes.addressOfB)) {
            final Socket line = greetAndHold(b, peer);
            peer.frame(new byte[] {7});
            line.close();
            Nodes.until("the cut is told", () -> b.events.size() == 3, b);
            assertEquals("lifeline REPLICATION cut", b.events.get(2));
            assertEquals(1, b.received().size());
            assertTrue(b.isUp());
        }
    }

    @Test
    void shouldTakeAResetForACut() throws IOException {
        try (Node b = new Node(nodes.b(false).peerNode("a").lifelines(true)); RawPeer peer = new RawPeer(nodes.addressOfB)) {
            final Socket line = greetAndHold(b, peer);
            line.setSoLinger(true, 0);
            line.close();
            Nodes.until("the cut is told", () -> b.events.size() == 3, b);
            assertEquals("lifeline REPLICATION cut", b.events.get(2));
        }
    }

    @Test
    void shouldLetGoOfItWithThePath() throws IOException {
        try (Node b = new Node(nodes.b(false).peerNode("a").lifelines(true)); RawPeer peer = new RawPeer(nodes.addressOfB)) {
            final Socket line = greetAndHold(b, peer);
            b.channels.drop(0, Path.REPLICATION, "for a test");
            assertEquals(-1, line.getInputStream().read());
            line.close();
            assertEquals("down REPLICATION: for a test", b.events.get(2));
            assertEquals(0, b.count(ChannelCounter.LIFELINES_CUT));
        }
    }

    /** Also with the token of a connection that is gone. */
    @Test
    void shouldRefuseThoseThatNobodyAskedFor() throws IOException {
        try (Node b = new Node(nodes.b(false).peerNode("a").lifelines(true))) {
            final byte[] old;
            try (RawPeer first = new RawPeer(nodes.addressOfB)) {
                old = greet(b, first);
            }
            Nodes.until("it is down", () -> !b.isUp(), b);
            try (RawPeer peer = new RawPeer(nodes.addressOfB)) {
                final byte[] token = greet(b, peer);
                final byte[] almost = token.clone();
                almost[15] ^= 1;
                refuse(b, LifelineToken.of(old), 1);
                refuse(b, LifelineToken.of(almost), 2);
                refuse(b, LifelineToken.of(new byte[16]), 3);
                refuse(b, Arrays.copyOf(LifelineToken.of(token), 21), 4);
                assertTrue(b.isUp());
                assertEquals(0, b.count(ChannelCounter.LIFELINES));
            }
        }
    }

    /** Whoever asks for none gets none, not even with the token that stands for it. */
    @Test
    void shouldRefuseAllWhenTurnedOff() throws IOException {
        try (Node b = new Node(nodes.b(false).peerNode("a")); RawPeer peer = new RawPeer(nodes.addressOfB)) {
            assertArrayEquals(new byte[16], greet(b, peer));
            refuse(b, LifelineToken.of(new byte[16]), 1);
        }
    }

    private Socket greetAndHold(final Node b, final RawPeer peer) throws IOException {
        final byte[] token = greet(b, peer);
        final Socket line = speak(LifelineToken.of(token));
        Nodes.until("it is held", () -> b.events.equals(HELD), b);
        return line;
    }

    /** Returns the token of the answer. */
    private static byte[] greet(final Node b, final RawPeer peer) throws IOException {
        final long ups = b.count(ChannelCounter.UP);
        peer.greet();
        Nodes.until("it is up", () -> b.count(ChannelCounter.UP) == ups + 1, b);
        final byte[] hello = peer.read();
        return Arrays.copyOfRange(hello, hello.length - 16, hello.length);
    }

    private Socket speak(final byte[] words) throws IOException {
        final Socket line = new Socket(nodes.addressOfB.getAddress(), nodes.addressOfB.getPort());
        line.getOutputStream().write(words);
        return line;
    }

    private void refuse(final Node b, final byte[] words, final int count) throws IOException {
        try (Socket line = speak(words)) {
            Nodes.until("it is refused", () -> b.count(ChannelCounter.REFUSED_LIFELINE) == count, b);
        }
    }
}
