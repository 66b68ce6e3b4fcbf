package io.holdfast.replication.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.app.keys.KeyFiles;
import io.holdfast.counters.ChannelCounter;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever does not belong is refused and counted, while two hosts that do talk to each other undisturbed. */
final class ChannelIntrudersTest {
    @TempDir
    private java.nio.file.Path directory;
    private Nodes nodes;

    private interface Intrusion {
        void begin() throws IOException;
    }

    @BeforeEach
    void makeKeys() throws IOException {
        nodes = new Nodes(directory.resolve("keys"));
    }

    @Test
    void shouldRefuseAnotherCluster() throws IOException {
        intrudeWith(true, nodes.intruder(true).cluster("other"), ChannelCounter.REFUSED_CLUSTER);
        intrudeWith(false, nodes.intruder(false).cluster("other"), ChannelCounter.REFUSED_CLUSTER);
    }

    @Test
    void shouldRefuseItsOwnNameAndNamesThatAreNotExpected() throws IOException {
        intrudeWith(true, nodes.intruder(true).node("b"), ChannelCounter.REFUSED_NODE);
        intrudeWith(true, nodes.intruder(true).node("aa"), ChannelCounter.REFUSED_NODE);
    }

    @Test
    void shouldRefuseTheOtherPath() throws IOException {
        intrudeRaw(ChannelCounter.REFUSED_PATH, RawPeer.hello(RawPeer.MAGIC, 2, 2, "lab", "a"));
    }

    @Test
    void shouldRefuseOtherVersionsAndOtherProtocols() throws IOException {
        intrudeRaw(ChannelCounter.REFUSED_VERSION, RawPeer.hello(RawPeer.MAGIC, 3, 1, "lab", "a"));
        intrudeRaw(ChannelCounter.REFUSED_HELLO, RawPeer.hello(RawPeer.MAGIC + 1, 2, 1, "lab", "a"));
        intrudeRaw(ChannelCounter.REFUSED_HELLO, RawPeer.hello(RawPeer.MAGIC, 2, 1, "", "a"));
        intrudeRaw(ChannelCounter.REFUSED_HELLO, new byte[] {1});
    }

    @Test
    void shouldRefuseACertificateThatItDoesNotTrust() throws IOException {
        final java.nio.file.Path stranger = directory.resolve("stranger");
        KeyFiles.write("lab", List.of("a"), stranger);
        intrudeWith(true, nodes.intruder(true).certificate(stranger.resolve("a.crt")).key(stranger.resolve("a.key")),
            ChannelCounter.REFUSED_TLS);
    }

    @Test
    void shouldNotDialAHostWhoseCertificateItDoesNotTrust() throws IOException {
        final java.nio.file.Path stranger = directory.resolve("stranger");
        KeyFiles.write("lab", List.of("b"), stranger);
        try (Node a = new Node(nodes.a(true)); Node b = new Node(nodes.b(true)
                .certificate(stranger.resolve("b.crt")).key(stranger.resolve("b.key")).peerNode("a"))) {
            Nodes.until("it is refused", () -> a.count(ChannelCounter.REFUSED_TLS) > 2, a, b);
            assertEquals(List.of(), a.events);
            assertEquals(List.of(), b.events);
        }
    }

    @Test
    void shouldRefuseAPeerInTheClear() throws IOException {
        intrudeWith(true, nodes.intruder(false), ChannelCounter.REFUSED_TLS);
        intrudeWith(false, nodes.intruder(true), ChannelCounter.REFUSED_LENGTH);
    }

    @Test
    void shouldRefuseGarbage() throws IOException {
        final byte[] garbage = new byte[100_000];
        new Random(1).nextBytes(garbage);
        for (final boolean tls : new boolean[] {true, false}) {
            final List<Socket> sockets = new ArrayList<>();
            intrude(tls, () -> {
                final Socket socket = new Socket(nodes.addressOfB.getAddress(), nodes.addressOfB.getPort());
                sockets.add(socket);
                socket.getOutputStream().write(garbage);
            }, tls ? ChannelCounter.REFUSED_TLS : ChannelCounter.REFUSED_LENGTH);
            sockets.get(0).close();
        }
    }

    @Test
    void shouldRefuseFramesOfImpossibleLengthAfterTheGreeting() throws IOException {
        for (final int length : new int[] {0, Channels.MAX_MESSAGE_BYTES + 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            try (Node b = new Node(nodes.b(false).peerNode("a")); RawPeer peer = new RawPeer(nodes.addressOfB)) {
                peer.greet();
                peer.frame(new byte[] {7});
                peer.length(length);
                Nodes.until("it is refused", () -> b.count(ChannelCounter.REFUSED_LENGTH) == 1, b);
                assertEquals(1, b.received().size());
                assertEquals(2, b.events.size(), b.events.toString());
                assertTrue(b.events.get(1).startsWith("down REPLICATION: a frame of "), b.events.toString());
                try (Node a = new Node(nodes.a(false))) {
                    Nodes.until("the next is up", () -> a.isUp() && b.isUp(), a, b);
                }
            }
        }
    }

    @Test
    void shouldRefuseMessagesBeforeTheGreetingWasAgreedTo() throws IOException {
        try (Node b = new Node(nodes.b(false).peerNode("a")); RawPeer peer = new RawPeer(nodes.addressOfB)) {
            peer.frame(RawPeer.hello(RawPeer.MAGIC, 2, 1, "lab", "a"));
            peer.frame(new byte[] {1, 2, 3});
            Nodes.until("it is refused", () -> b.count(ChannelCounter.REFUSED_HELLO) == 1, b);
            assertEquals(List.of(), b.events);
        }
    }

    @Test
    void shouldCloseStrangersThatSayNothing() throws IOException {
        try (Node b = new Node(nodes.b(false).peerNode("a").helloTimeoutMs(20)); RawPeer peer = new RawPeer(nodes.addressOfB)) {
            Nodes.until("it is closed", () -> b.count(ChannelCounter.REFUSED_LATE) == 1, b);
            assertEquals(-1, peer.socket.getInputStream().read());
            assertEquals(List.of(), b.events);
        }
    }

    @Test
    void shouldLetThePeerInThroughACrowdOfSilentStrangers() throws IOException {
        final List<RawPeer> crowd = new ArrayList<>();
        try (Node b = new Node(nodes.b(true))) {
            for (int i = 0; i < 3 * PathListener.MAX_NEWCOMERS; i++) {
                crowd.add(new RawPeer(nodes.addressOfB));
            }
            Nodes.until("they wait", () -> b.count(ChannelCounter.ACCEPTED) == crowd.size(), b);
            assertEquals(2 * PathListener.MAX_NEWCOMERS, b.count(ChannelCounter.REFUSED_CROWD));
            try (Node a = new Node(nodes.a(true))) {
                Nodes.untilUp(a, b);
            }
        } finally {
            for (final RawPeer one : crowd) {
                one.close();
            }
        }
    }

    private void intrudeRaw(final ChannelCounter expected, final byte[] hello) throws IOException {
        final List<RawPeer> peers = new ArrayList<>();
        intrude(false, () -> {
            final RawPeer peer = new RawPeer(nodes.addressOfB);
            peers.add(peer);
            peer.frame(hello);
        }, expected);
        assertEquals(-1, peers.get(0).socket.getInputStream().read());
        peers.get(0).close();
    }

    private void intrudeWith(final boolean tls, final ChannelConfig config, final ChannelCounter expected) throws IOException {
        final List<Node> intruders = new ArrayList<>();
        try {
            intrude(tls, () -> intruders.add(new Node(config)), expected, intruders);
            assertEquals(List.of(), intruders.get(0).events);
        } finally {
            intruders.forEach(Node::close);
        }
    }

    private void intrude(final boolean tls, final Intrusion intrusion, final ChannelCounter expected) throws IOException {
        intrude(tls, intrusion, expected, new ArrayList<>());
    }

    /** Two hosts talk; the intruder comes and is refused; they still talk, on the same connection; a new one of theirs works. */
    private void intrude(
        final boolean tls, final Intrusion intrusion, final ChannelCounter expected, final List<Node> intruders)
        throws IOException {
        try (Node a = new Node(nodes.a(tls)); Node b = new Node(nodes.b(tls).peerNode("a"))) {
            Nodes.untilUp(a, b);
            assertEquals(0, b.count(expected));
            intrusion.begin();
            final Node[] all = intruders.isEmpty() ? new Node[] {a, b} : new Node[] {a, b, intruders.get(0)};
            Nodes.until("the intruder is refused: " + expected, () -> b.count(expected) > 0, all);
            talk(a, b);
            assertEquals(List.of("up REPLICATION"), a.events);
            assertEquals(List.of("up REPLICATION"), b.events);
            a.channels.drop(0, Path.REPLICATION, "for the test");
            Nodes.until("it is up again", () -> b.count(ChannelCounter.UP) == 2 && a.isUp(), all);
            talk(a, b);
        }
    }

    private static void talk(final Node a, final Node b) {
        a.received().clear();
        b.received().clear();
        assertTrue(a.send(Path.REPLICATION, new byte[] {1, 2}));
        assertTrue(b.send(Path.REPLICATION, new byte[] {3}));
        Nodes.until("they talk", () -> a.received().size() == 1 && b.received().size() == 1, a, b);
        assertArrayEquals(new byte[] {1, 2}, b.received().get(0));
        assertArrayEquals(new byte[] {3}, a.received().get(0));
    }
}
