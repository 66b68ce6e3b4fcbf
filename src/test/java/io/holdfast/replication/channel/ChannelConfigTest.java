package io.holdfast.replication.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.ChannelCounter;
import io.holdfast.util.LoopbackPorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong is said, with the setting's name and the file's. */
final class ChannelConfigTest {
    @TempDir
    private java.nio.file.Path directory;
    private Nodes nodes;

    @BeforeEach
    void makeKeys() throws IOException {
        nodes = new Nodes(directory);
    }

    @Test
    void shouldNameMissingSettings() {
        assertRefused("replication.cluster: is missing", nodes.a(true).cluster(null));
        assertRefused("replication.node: is missing", nodes.a(true).node(null));
        assertRefused("replication.listen: is missing", nodes.a(true).listen(Path.REPLICATION, null));
        assertRefused("replication.peer: is missing", nodes.a(true).peer(Path.REPLICATION, null));
        assertRefused("replication.service_peer: is missing", nodes.a(true).listen(Path.SERVICE, nodes.addressOfA));
        assertRefused("replication.service_listen: is missing", nodes.a(true).peer(Path.SERVICE, nodes.addressOfA));
        assertRefused("replication.certificate: is missing", nodes.a(true).certificate(null));
        assertRefused("replication.key: is missing", nodes.a(true).key(null));
        assertRefused("replication.trust: is missing", nodes.a(true).trust(null));
    }

    @Test
    void shouldNameImpossibleSettings() throws IOException {
        assertRefused("replication.cluster: 1 to 64 letters", nodes.a(true).cluster("a b"));
        assertRefused("replication.node: 1 to 64 letters", nodes.a(true).node(""));
        assertRefused("replication.node: the peer has the same name, 'a'", nodes.a(true).peerNode("a"));
        assertRefused("replication.peer: is no host's address", nodes.a(true).peer(Path.REPLICATION, new InetSocketAddress(1)));
        assertRefused("replication.peer: is our own address", nodes.a(true).peer(Path.REPLICATION, nodes.addressOfA));
        assertRefused("replication.listen: has no port",
            nodes.a(true).listen(Path.REPLICATION, new InetSocketAddress(nodes.addressOfA.getAddress(), 0)));
        try (java.net.ServerSocket taken = new java.net.ServerSocket()) {
            taken.bind(nodes.addressOfA);
            assertRefused("replication.listen: cannot listen on ", nodes.a(true));
        }
    }

    @Test
    void shouldNameFilesThatAreOfNoUse() throws IOException {
        final java.nio.file.Path none = directory.resolve("none");
        assertRefused("replication.certificate: " + none + " does not exist", nodes.a(true).certificate(none));
        assertRefused("replication.key: " + none + " does not exist", nodes.a(true).key(none));
        assertRefused("replication.trust: " + none + " does not exist", nodes.a(true).trust(none));
        assertRefused("replication.trust: " + directory + " cannot be read", nodes.a(true).trust(directory));
        final java.nio.file.Path key = directory.resolve("a.key");
        final java.nio.file.Path certificate = directory.resolve("a.crt");
        assertRefused("replication.certificate: " + key + " holds no certificate", nodes.a(true).certificate(key));
        assertRefused("replication.trust: " + key + " holds no certificate", nodes.a(true).trust(key));
        assertRefused("replication.key: " + certificate + " holds no private key", nodes.a(true).key(certificate));
        final java.nio.file.Path broken = directory.resolve("broken");
        Files.writeString(broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertRefused("replication.certificate: " + broken + " holds a certificate that cannot be read",
            nodes.a(true).certificate(broken));
        Files.writeString(broken, "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
        assertRefused("replication.key: " + broken + " holds a key in the form 'EC PRIVATE KEY', not PKCS#8",
            nodes.a(true).key(broken));
    }

    @Test
    void shouldSayThatKeyAndCertificateDoNotFit() throws IOException, NoSuchAlgorithmException {
        final java.nio.file.Path other = directory.resolve("b.key");
        assertRefused("replication.key: " + other + " is not the key of replication.certificate", nodes.a(true).key(other));
        final KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        final java.nio.file.Path rsa = directory.resolve("rsa.key");
        Files.writeString(rsa, "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(generator.generateKeyPair().getPrivate().getEncoded())
            + "\n-----END PRIVATE KEY-----\n");
        assertRefused("replication.key: " + rsa + " is not the key of replication.certificate, which needs one of EC",
            nodes.a(true).key(rsa));
    }

    /** A failed start leaves nothing behind: the address can be used at once. */
    @Test
    void shouldFreeWhatItHadWhenItCannotStart() throws IOException {
        final InetSocketAddress service = LoopbackPorts.next();
        final ChannelConfig config = nodes.a(false).listen(Path.SERVICE, service).peer(Path.SERVICE, LoopbackPorts.next());
        try (java.net.ServerSocket taken = new java.net.ServerSocket()) {
            taken.bind(service);
            assertRefused("replication.service_listen: cannot listen on ", config);
        }
        new Node(config).close();
        assertEquals(0, config.counters().get(ChannelCounter.DIALLED));
    }

    private static void assertRefused(final String beginning, final ChannelConfig config) {
        final IllegalArgumentException e =
            assertThrows(IllegalArgumentException.class, () -> new Node(config).close());
        assertTrue(e.getMessage().startsWith(beginning), e.getMessage());
    }
}
