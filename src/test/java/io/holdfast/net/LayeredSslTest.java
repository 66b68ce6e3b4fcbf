package io.holdfast.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS of the JDK's over sockets of the stack. */
class LayeredSslTest {
    private static final String PASSWORD = "changeit";
    /** The common pool may have one thread only, and here two block. */
    private static final Executor THREADS = task -> new Thread(task).start();

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldCarryTlsOverStackSockets(@TempDir final Path directory) throws Exception {
        final SocketKind kind = SocketKind.HOLDFAST.ready();
        final SSLContext context = context(directory);
        final byte[] sent = new byte[1 << 20];
        new Random(1).nextBytes(sent);
        try (ServerSocket server = kind.servers.createServerSocket(0, 5, kind.address)) {
            final CompletableFuture<Void> served = CompletableFuture.runAsync(() -> echo(server, context, sent.length),
                THREADS);
            try (Socket plain = kind.clients.createSocket(kind.address, server.getLocalPort());
                SSLSocket client = (SSLSocket) context.getSocketFactory().createSocket(plain, "holdfast", 443, true)) {
                client.startHandshake();
                assertEquals("CN=holdfast", client.getSession().getPeerPrincipal().getName());
                final CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                    try {
                        client.getOutputStream().write(sent);
                    } catch (final java.io.IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                }, THREADS);
                assertArrayEquals(sent, client.getInputStream().readNBytes(sent.length));
                writer.get(10, TimeUnit.SECONDS);
            }
            served.get(10, TimeUnit.SECONDS);
        }
    }

    private static void echo(final ServerSocket server, final SSLContext context, final int length) {
        try (Socket accepted = server.accept();
            SSLSocket ssl = (SSLSocket) context.getSocketFactory().createSocket(accepted, (InputStream) null, true)) {
            final byte[] buffer = new byte[16 * 1024];
            for (int total = 0; total < length;) {
                final int n = ssl.getInputStream().read(buffer);
                ssl.getOutputStream().write(buffer, 0, n);
                total += n;
            }
        } catch (final java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static SSLContext context(final Path directory) throws Exception {
        final Path file = directory.resolve("keys.p12");
        final Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair", "-alias", "holdfast", "-keyalg", "EC", "-dname", "CN=holdfast", "-validity", "2",
            "-storetype", "PKCS12", "-keystore", file.toString(), "-storepass", PASSWORD)
            .redirectErrorStream(true).redirectOutput(directory.resolve("keytool.log").toFile()).start();
        assertEquals(0, keytool.waitFor(), () -> "keytool failed, see " + directory);
        final KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        final KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        final TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        final KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("holdfast", store.getCertificate("holdfast"));
        trust.init(trusted);
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
