package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.lab.server.BlockingHttpServer;
import io.holdfast.lab.server.Iperf3Server;
import io.holdfast.lab.server.JettyHttpServer;
import io.holdfast.lab.server.SftpFileServer;
import io.holdfast.lab.server.Together;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that others wrote, of unmodified servers on Holdfast, over a path that loses, reorders and repeats. The other way
 * around: {@link InteropAsClientIT}.
 */
@Tag("network")
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class InteropIT {
    private static final String URL = "http://" + Lab.SERVICE + ":8080";
    private static final String SECURE_PORT = "8443";
    private static final String BLOCKING_SECURE_PORT = "8444";
    private static final String SSH_PORT = "2222";
    private static final int SERVERS = 5;

    private static Lab lab;
    private static ServerCertificate certificate;
    private static Path sshKey;
    private static TestFile big;
    private static LabProcess server;

    @BeforeAll
    static void start() throws Exception {
        lab = Lab.up("i");
        big = TestFile.create(lab.root().resolve("big"), 2L << 20, 3);
        certificate = ServerCertificate.create(lab.directory());
        sshKey = lab.directory().resolve("ssh_key");
        if (Lab.has("ssh-keygen")) {
            lab.shell(20, "rm -f " + sshKey + "* && ssh-keygen -q -t ecdsa -N '' -f " + sshKey);
        }
        server = lab.withAgent(Lab.FAULTS, List.of(), Together.class,
            JettyHttpServer.class.getName(), Lab.SERVICE, "8080", lab.root().toString(), "+",
            JettyHttpServer.class.getName(), Lab.SERVICE, SECURE_PORT, lab.root().toString(), certificate.store().toString(),
            ServerCertificate.PASSWORD, "+",
            BlockingHttpServer.class.getName(), Lab.SERVICE, BLOCKING_SECURE_PORT, lab.root().toString(),
            certificate.store().toString(), ServerCertificate.PASSWORD, "+",
            SftpFileServer.class.getName(), Lab.SERVICE, SSH_PORT, lab.root().toString(), sshKey.toString(), "+",
            Iperf3Server.class.getName(), Lab.SERVICE, "5201").awaitLines("listening", SERVERS);
    }

    @AfterAll
    static void stop() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    @AfterEach
    void shouldStillRun() throws Exception {
        assertTrue(server == null || server.isAlive(), () -> "the servers have ended");
    }

    /** One plain connection, one after the other. */
    @Test
    void shouldServeCurl() throws Exception {
        Lab.assumeHas("curl", "curl");
        assertEquals(big.sha256(), lab.sha256(60, "curl -sf --http1.1 " + URL + "/file/big"));
        assertEquals(uploaded(), lab.shell(60, "curl -sf --http1.1 -T " + big.path() + " " + URL + "/sha256/big"));
    }

    /** Two downloads and an upload at a time, streams of one connection of HTTP/2 over TLS. */
    @Test
    void shouldServeCurlOverHttp2() throws Exception {
        Lab.assumeHas("curl", "curl");
        final String url = "https://" + ServerCertificate.NAME + ":" + SECURE_PORT;
        final String output = lab.shell(60, "d=$(mktemp -d) && trap 'rm -rf $d' EXIT && curl -sf --http2 --cacert "
            + certificate.certificate() + " --resolve " + ServerCertificate.NAME + ":" + SECURE_PORT + ":" + Lab.SERVICE
            + " --no-progress-meter -Z -w '%{http_version} %{num_connects}\\n' -T " + big.path() + " -o $d/1 " + url + "/sha256/big -o $d/2 "
            + url + "/file/big -o $d/3 " + url + "/file/big | sort && sha256sum <$d/2 && sha256sum <$d/3 && cat $d/1");
        assertEquals("2 0\n2 0\n2 1\n" + (big.sha256() + "  -\n").repeat(2) + uploaded(), output);
    }

    /** The JDK's blocking TLS sockets; it would notice a byte that is not right. */
    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void shouldServeOpenssl(final String version) throws Exception {
        Lab.assumeHas("openssl", "openssl");
        final String client = "openssl s_client " + version + " -quiet -verify_quiet -verify_return_error -servername "
            + ServerCertificate.NAME + " -verify_hostname " + ServerCertificate.NAME + " -CAfile " + certificate.certificate() + " -connect " + Lab.SERVICE + ":" + BLOCKING_SECURE_PORT;
        assertEquals(big.sha256(), lab.sha256(60, "printf 'GET /file/big HTTP/1.1\\r\\nConnection: close\\r\\n\\r\\n' | " + client
            + " | tail -c " + big.size()));
        final String answer = lab.shell(60, "{ printf 'PUT /up HTTP/1.1\\r\\nContent-Length: " + big.size()
            + "\\r\\nConnection: close\\r\\n\\r\\n'; cat " + big.path() + "; } | " + client);
        assertTrue(answer.endsWith("\r\n\r\n" + big.size() + "\n"), answer);
    }

    @Test
    void shouldServeSftp() throws Exception {
        final Path here = lab.directory().resolve("fetched");
        final Path there = lab.root().resolve("put");
        Files.deleteIfExists(here);
        Files.deleteIfExists(there);
        lab.shell(60, "printf 'get big " + here + "\\nput " + big.path() + " put\\n' | sftp -q -b - " + login("-P") + " x@" + Lab.SERVICE);
        assertEquals(big.sha256(), TestFile.hash(here));
        assertEquals(big.sha256(), TestFile.hash(there));
    }

    @Test
    void shouldServeSsh() throws Exception {
        assertEquals(big.sha256() + "  -\n", lab.shell(60, "ssh -q " + login("-p") + " x@" + Lab.SERVICE + " sha256sum <" + big.path()));
    }

    /** Options of ssh and sftp, which differ in the one for the port. */
    private static String login(final String port) {
        Lab.assumeHas("ssh-keygen", "openssh-client");
        return port + " " + SSH_PORT + " -i " + sshKey + " -F /dev/null -o BatchMode=yes -o IdentitiesOnly=yes"
            + " -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null";
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " -R", " -P 3", " -P 3 -R"})
    void shouldServeIperf3(final String options) throws Exception {
        Lab.assumeHas("iperf3", "iperf3");
        final long bytes = 3L << 20;
        final String report = lab.shell(60, "iperf3 --json -l 64K -n " + bytes + " -c " + Lab.SERVICE + options);
        final long sent = sum(report, "sum_sent");
        final long received = sum(report, "sum_received");
        assertTrue(bytes <= received && received <= sent, report);
    }

    private static long sum(final String report, final String name) {
        final Matcher matcher = Pattern.compile("\"" + name + "\":\\s*\\{[^}]*\"bytes\":\\s*(\\d+)").matcher(report);
        assertTrue(matcher.find(), report);
        return Long.parseLong(matcher.group(1));
    }

    @Test
    void shouldServeWget() throws Exception {
        Lab.assumeHas("wget", "wget");
        assertEquals(big.sha256(), lab.sha256(60, "wget -q -O - " + URL + "/file/big"));
    }

    @Test
    void shouldLetWgetResume() throws Exception {
        Lab.assumeHas("wget", "wget");
        assertEquals(big.sha256(), lab.sha256(60, "d=$(mktemp -d) && trap 'rm -rf $d' EXIT && head -c 700001 " + big.path()
            + " >$d/big && wget -q -c -O $d/big " + URL + "/file/big && cat $d/big"));
    }

    @Test
    void shouldServeFfmpeg() throws Exception {
        Lab.assumeHas("ffmpeg", "ffmpeg");
        final Path clip = lab.root().resolve("clip.wav");
        lab.shell(30, "ffmpeg -v error -y -f lavfi -i sine=duration=8:sample_rate=44100 " + clip);
        final String decode = "ffmpeg -v error -i %s -f md5 -";
        final String local = lab.shell(30, decode.formatted(clip));
        assertTrue(local.startsWith("MD5="), local);
        assertEquals(local, lab.shell(60, decode.formatted(URL + "/file/clip.wav")));
    }

    @Test
    void shouldServeARequestByHand() throws Exception {
        final String answer = lab.shell(20, "exec 3<>/dev/tcp/" + Lab.SERVICE + "/8080 && printf 'GET /file/big HTTP/1.1\\r\\nHost: x\\r\\n"
            + "Range: bytes=0-9\\r\\nConnection: close\\r\\n\\r\\n' >&3 && tr -d '\\0' <&3 | head -1");
        assertTrue(answer.startsWith("HTTP/1.1 206"), answer);
    }

    /** The server's answer to an upload that arrived unchanged. */
    private static String uploaded() {
        return big.sha256() + " " + big.size() + "\n";
    }
}
