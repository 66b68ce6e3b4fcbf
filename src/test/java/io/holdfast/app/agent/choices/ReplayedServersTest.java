package io.holdfast.app.agent.choices;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.app.agent.ChoicePremain;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Unmodified servers in three JVMs: one records its choices, one plays them, one has only its own. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReplayedServersTest {
    /** These are loaded before the advice where the choices are played, after it where they are recorded. */
    private static final String EARLY = "sun.net.httpserver.ExchangeImpl;sun.security.rsa.RSACore$BlindingParameters;"
        + EveryChoice.class.getName();

    @TempDir
    private static Path directory;

    @BeforeAll
    static void runTheServers() throws Exception {
        makeKeys(ReplayedServers.RSA, "RSA");
        makeKeys(ReplayedServers.EC, "EC");
        final Path agent = directory.resolve("agent.jar");
        writeAgent(agent);
        servers("record", "-javaagent:" + agent);
        servers("play", "-javaagent:" + agent + "=" + EARLY);
        servers("local", "-javaagent:" + agent);
    }

    private static void makeKeys(final int port, final String algorithm) throws Exception {
        run(directory.resolve("keytool.log"), "keytool", "-genkeypair", "-alias", "holdfast", "-keyalg", algorithm, "-dname",
            "CN=holdfast", "-validity", "2", "-storetype", "PKCS12", "-keystore",
            directory.resolve(port + ".p12").toString(), "-storepass", ReplayedServers.PASSWORD);
    }

    private static void servers(final String mode, final String agent) throws Exception {
        run(directory.resolve(mode + ".log"), "java", "-Xmx256m", agent, "-cp", System.getProperty("java.class.path"),
            ReplayedServers.class.getName(), mode, directory.toString());
    }

    private static void run(final Path log, final String tool, final String... arguments) throws Exception {
        final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", tool).toString()));
        command.addAll(List.of(arguments));
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            assertTrue(process.waitFor(90, TimeUnit.SECONDS), () -> tool + " does not end: " + text(log));
            assertEquals(0, process.exitValue(), () -> tool + " failed: " + text(log));
        } finally {
            process.destroyForcibly();
        }
    }

    /** Nothing but a manifest: the classes come from the class path. */
    private static void writeAgent(final Path file) throws Exception {
        final Manifest manifest = new Manifest();
        final Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Premain-Class", ChoicePremain.class.getName());
        attributes.putValue("Can-Redefine-Classes", "true");
        attributes.putValue("Can-Retransform-Classes", "true");
        try (OutputStream out = Files.newOutputStream(file)) {
            new JarOutputStream(out, manifest).close();
        }
    }

    private static String text(final Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (final java.io.IOException e) {
            return e.toString();
        }
    }

    private static byte[] answers(final String mode, final int port) throws Exception {
        return Files.readAllBytes(directory.resolve(mode + "-" + port));
    }

    @Test
    void shouldAnswerByteForByteAsTheRecordedServer() throws Exception {
        for (final int port : Arrays.copyOf(ReplayedServers.PORTS, 2)) {
            assertArrayEquals(answers("record", port), answers("play", port), () -> "over HTTP, of port " + port + ":\n"
                + text(directory.resolve("record-" + port)) + "\n" + text(directory.resolve("play-" + port)));
        }
    }

    @Test
    void shouldEncryptByteForByteAsTheRecordedServer() throws Exception {
        for (final int port : Arrays.copyOfRange(ReplayedServers.PORTS, 2, ReplayedServers.PORTS.length)) {
            assertTrue(answers("record", port).length > 1_500);
            assertArrayEquals(answers("record", port), answers("play", port), "over TLS, of port " + port);
        }
    }

    @Test
    void shouldDateTheAnswersByTheRecordedClock() throws Exception {
        final String date = text(directory.resolve("play-" + ReplayedServers.PORTS[0]))
            .replaceAll("(?s).*?\nDate: ([^\r]*)\r.*", "$1");
        final Instant written = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        final Duration ago = Duration.between(written, Instant.now()).minusMillis(ChoiceTape.SLOW_MS);
        assertTrue(!ago.isNegative() && ago.compareTo(Duration.ofMinutes(10)) < 0, "written " + written);
    }

    @Test
    void shouldDifferWhereNobodyChooses() throws Exception {
        for (final int port : ReplayedServers.PORTS) {
            assertFalse(Arrays.equals(answers("record", port), answers("local", port)), "of port " + port);
        }
    }

    @Test
    void shouldTellHowManyPlacesWereRewritten() {
        assertTrue(text(directory.resolve("play.log")).matches(
                "(?s).*choices that follow the primary: clock,random,waits \\((2[0-9]|3[0-9]|4[0-9]) places in \\d+ classes so far\\).*"),
            text(directory.resolve("play.log")));
        assertFalse(text(directory.resolve("play.log")).contains("do not follow"), text(directory.resolve("play.log")));
    }
}
