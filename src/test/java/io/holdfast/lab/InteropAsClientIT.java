package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.lab.client.HttpTransfers;
import io.holdfast.lab.server.JdkHttpServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Holdfast as the client of the kernel's sockets: an unmodified program, over a path that loses, reorders and repeats. */
@Tag("network")
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class InteropAsClientIT {
    private static final String HOST = "10.77.0.1";
    private static final String PLAIN = "http://" + HOST + ":8081";
    private static final String SECURE = "https://" + ServerCertificate.NAME + ":8443";
    private static final String KERNEL = "http://" + HOST + ":8080";
    private static final long LIMIT_S = 60;

    private static Lab lab;
    private static TestFile big;

    @BeforeAll
    static void start() throws Exception {
        lab = Lab.up("c");
        big = TestFile.create(lab.root().resolve("big"), 1L << 20, 4);
    }

    @AfterAll
    static void stop() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void shouldTransferWithTheKernel() throws Exception {
        final LabProcess server = lab.javaClient(JdkHttpServer.class, HOST, "8080", lab.root().toString()).awaitLine("listening");
        final String all = " HTTP_1_1 " + big.sha256() + " 200 " + big.sha256() + " " + big.size();
        assertEquals("channel" + all + "\nsocket" + all, transfers(List.of(),
            "channel", KERNEL + "/file/big", KERNEL + "/sha256/x", "socket", KERNEL + "/file/big", KERNEL + "/sha256/x"));
        server.end();
    }

    @Test
    void shouldTransferWithNginx() throws Exception {
        Lab.assumeHas("nginx", "nginx");
        final ServerCertificate certificate = ServerCertificate.create(lab.directory());
        lab.start("client", List.of("nginx", "-p", lab.directory().toString(), "-c", nginx(certificate).toString(), "-e", "stderr"))
            .awaitLine("event method");
        final Path hosts = Files.writeString(lab.directory().resolve("hosts"), HOST + " " + ServerCertificate.NAME + "\n");
        final List<String> names = List.of("plain", "secure", "blocking", "blocking-secure");
        for (final String name : names) {
            Files.deleteIfExists(lab.root().resolve(name));
        }
        final String got = big.sha256() + " 201";
        assertEquals("channel HTTP_1_1 " + got + "\nchannel HTTP_2 " + got + "\nsocket HTTP_1_1 " + got + "\nsocket HTTP_1_1 " + got,
            transfers(List.of("-Djdk.net.hosts.file=" + hosts, "-Djavax.net.ssl.trustStore=" + certificate.store(),
                "-Djavax.net.ssl.trustStorePassword=" + ServerCertificate.PASSWORD),
                "channel", PLAIN + "/big", PLAIN + "/plain", "channel", SECURE + "/big", SECURE + "/secure",
                "socket", PLAIN + "/big", PLAIN + "/blocking", "socket", SECURE + "/big", SECURE + "/blocking-secure"));
        for (final String name : names) {
            assertEquals(big.sha256(), TestFile.hash(lab.root().resolve(name)), name);
        }
    }

    /** In the foreground, one process, and nothing outside of the directory. */
    private static Path nginx(final ServerCertificate certificate) throws IOException {
        final StringBuilder temporary = new StringBuilder();
        for (final String what : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
            temporary.append(what).append("_temp_path ").append(lab.directory().resolve("nginx-" + what)).append(";\n");
        }
        return Files.writeString(lab.directory().resolve("nginx.conf"), """
            daemon off;
            master_process off;
            pid %1$s/nginx.pid;
            error_log stderr notice;
            events {}
            http {
                access_log off;
                %2$s
                sendfile on;
                client_max_body_size 100m;
                server {
                    listen %3$s:8081;
                    listen %3$s:8443 ssl http2;
                    ssl_certificate %4$s;
                    ssl_certificate_key %5$s;
                    root %6$s;
                    dav_methods PUT;
                }
            }
            """.formatted(lab.directory(), temporary, HOST, certificate.certificate(), certificate.key(), lab.root()));
    }

    /** The program's report on its transfers, a line each. */
    private static String transfers(final List<String> options, final String... transfers) throws Exception {
        final String[] arguments = new String[transfers.length + 1];
        arguments[0] = big.path().toString();
        System.arraycopy(transfers, 0, arguments, 1, transfers.length);
        final List<String> all = new ArrayList<>(options);
        all.add("-Dholdfast.connect.outgoing=stack");
        final LabProcess client = lab.withAgent(Lab.FAULTS, all, HttpTransfers.class, arguments);
        final int status = client.await(LIMIT_S);
        assertEquals(0, status, client.output());
        return client.output().lines().filter(line -> line.matches("(channel|socket) .*")).collect(Collectors.joining("\n"));
    }
}
