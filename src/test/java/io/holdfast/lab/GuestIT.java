package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.lab.guest.HelloServer;
import io.holdfast.lab.guest.RetransformingAgent;
import io.holdfast.lab.guest.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The agent inside programs that it must not disturb. What each kind covers:
 * <ul>
 * <li>libraries of the program's that Holdfast has too, in other versions: slf4j with Logback or Log4j 2 behind it, Agrona, the
 * Disruptor, ASM, picocli, HdrHistogram, jnr-ffi; asked of fat jars, whose class loader prefers what the system's loader sees;
 * <li>what a program configures in {@code main} and an agent may have settled before: {@link Snapshot} lists it;
 * <li>other agents that retransform the same classes, before ours or after it: one that only looks, OpenTelemetry's, JaCoCo's;
 * <li>modules of the JDK that a program of modules, or its runtime image, does without.
 * </ul>
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class GuestIT extends GuestLab {
    private static final String ADVISED = "java.net.SocketImpl;java.net.Socket;java.net.ServerSocket;"
        + "java.nio.channels.spi.SelectorProvider;java.nio.channels.SocketChannel;java.lang.Runtime;java.net.NetworkInterface";
    private static final List<String> OPENS = List.of("--add-opens", "java.base/java.net=ALL-UNNAMED");

    @BeforeAll
    static void start() throws Exception {
        lab = Lab.up("g");
    }

    private void run(final List<String> options, final String... program) throws Exception {
        guest = lab.start("a", lab.agentCommand("", options, program));
    }

    private static void requireHello() throws Exception {
        assertEquals("hello\n", lab.shell(20, "curl -sf http://" + Lab.SERVICE + ":8080/"));
        assertEquals("hello\n", lab.shell(20, "nc -w 5 " + Lab.SERVICE + " 8081 </dev/null"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"boot-logback", "boot-log4j2"})
    void shouldServeFatJarsWithTheirOwnLibraries(final String name) throws Exception {
        run(List.of("-Dlog4j2.contextSelector=org.apache.logging.log4j.core.async.AsyncLoggerContextSelector"), "-jar",
            Guests.fatJar(name).toString());
        guest.awaitLine("Started App in");
        final String libraries = lab.shell(20, "curl -sf http://" + Lab.SERVICE + ":8080/").replaceAll("from \\S*BOOT-INF/", "from ");
        guest.awaitLine("asked for the libraries");
        final boolean logback = name.equals("boot-logback");
        assertEquals("logs by " + (logback ? "ch.qos.logback.classic.LoggerContext" : "org.apache.logging.slf4j.Log4jLoggerFactory") + "\n"
            + "org.slf4j.LoggerFactory from lib/slf4j-api-2.0.16.jar!/\n"
            + "org.agrona.DirectBuffer from " + (logback ? "lib/agrona-1.21.2.jar!/" : "nowhere") + "\n"
            + "com.lmax.disruptor.RingBuffer from " + (logback ? "nowhere" : "lib/disruptor-3.4.4.jar!/") + "\n"
            + "org.objectweb.asm.ClassReader from " + (logback ? "lib/asm-9.2.jar!/" : "nowhere") + "\n"
            + "picocli.CommandLine from " + (logback ? "lib/picocli-4.0.0.jar!/" : "nowhere") + "\n"
            + "jnr.ffi.Runtime from nowhere\n"
            + "org.HdrHistogram.Histogram from nowhere\n", libraries);
    }

    @Test
    void shouldBringNothingIntoTheProgramsClassPath() throws Exception {
        final List<String> seen = Guests.agentEntries().stream().filter(name -> !name.endsWith("/"))
            .filter(name -> !name.startsWith("holdfast/") && !name.startsWith("io/holdfast/app/launch/")).collect(Collectors.toList());
        assertEquals(List.of("META-INF/MANIFEST.MF"), seen);
        assertEquals(List.of(), Guests.agentEntries().stream().filter(name -> name.startsWith("holdfast/") && name.endsWith(".class")).toList());
        assertEquals(List.of(), Guests.agentEntries().stream().filter(name -> name.matches("holdfast/META-INF/versions/.*classdata")).toList(),
            "the inner class loader knows no versions");
    }

    /** The program alone configures its slf4j and slf4j-simple; two writers would spoil its log file. */
    @Test
    void shouldNotTakeThePropertiesOfTheProgramsLibraries() throws Exception {
        final Path log = lab.directory().resolve("program.log");
        run(List.of("-Dorg.slf4j.simpleLogger.logFile=" + log, "-Dslf4j.provider=none.Such"), "-cp", Lab.GUEST_CLASS_PATH,
            HelloServer.class.getName(), Lab.SERVICE, "8080");
        guest.awaitLine("listening");
        assertFalse(Files.exists(log));
        assertFalse(guest.output().contains("SLF4J"), guest.output());
    }

    @Test
    void shouldLeaveWhatAProgramConfigures() throws Exception {
        run(OPENS, "-cp", Lab.GUEST_CLASS_PATH, Snapshot.class.getName());
        assertEquals(0, guest.await(30), guest.output());
        final List<String> command = new ArrayList<>(Lab.java());
        command.addAll(OPENS);
        command.addAll(List.of("-Xmx512m", "-cp", Lab.GUEST_CLASS_PATH, Snapshot.class.getName()));
        final LabProcess plain = lab.start("a", command);
        assertEquals(0, plain.await(30), plain.output());
        final String expected = told(plain.output());
        assertTrue(expected.contains("log manager = " + Snapshot.Manager.class.getName()), expected);
        assertTrue(expected.contains("common pool = 7"), expected);
        assertEquals(expected, told(guest.output()));
        assertTrue(guest.output().contains("mine a line"), guest.output());
    }

    private static String told(final String output) {
        return output.lines().filter(line -> line.startsWith("# ")).collect(Collectors.joining("\n"));
    }

    // --- other agents ---

    private static String other(final String name) throws IOException {
        return switch (name) {
            case "retransforming" -> "-javaagent:"
                + Guests.agentJar(lab.directory().resolve("retransforming.jar"), RetransformingAgent.class) + "=" + ADVISED;
            case "jacoco" -> "-javaagent:" + Guests.otherAgent("org.jacoco.agent") + "=destfile=" + lab.directory().resolve("jacoco.exec")
                + ",inclbootstrapclasses=false";
            default -> "-javaagent:" + Guests.otherAgent("opentelemetry-javaagent");
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"retransforming", "jacoco", "opentelemetry"})
    void shouldServeWithOtherAgentsBeforeAndAfter(final String name) throws Exception {
        for (final boolean before : new boolean[] {true, false}) {
            final List<String> command = new ArrayList<>(lab.agentCommand("", List.of("-Dotel.traces.exporter=none",
                "-Dotel.metrics.exporter=none", "-Dotel.logs.exporter=none"), "-cp", Lab.GUEST_CLASS_PATH,
                HelloServer.class.getName(), "wildcard", "8080"));
            int ours = 0;
            while (!command.get(ours).startsWith("-javaagent")) {
                ours++;
            }
            command.add(before ? ours : ours + 1, other(name));
            guest = lab.start("a", command);
            guest.awaitLine("listening");
            requireHello();
            assertFalse(guest.output().contains("cannot be put on the stack"), guest.output());
            guest.end();
        }
    }

    // --- modules ---

    @Test
    void shouldServeAProgramOfFewModules() throws Exception {
        run(List.of(), "-p", Guests.helloModule(lab.directory()).toString(), "-m", "hello/io.holdfast.lab.guest.HelloServer", Lab.SERVICE, "8080");
        guest.awaitLine("listening");
        requireHello();
    }

    @Test
    void shouldServeFromASmallRuntimeImage() throws Exception {
        final List<String> command = new ArrayList<>(lab.agentCommand("", List.of(), "-p", Guests.helloModule(lab.directory()).toString(), "-m",
            "hello/io.holdfast.lab.guest.HelloServer", Lab.SERVICE, "8080"));
        command.set(0, Guests.image(lab.directory(), "jdk.httpserver,java.instrument").toString());
        guest = lab.start("a", command);
        guest.awaitLine("listening");
        requireHello();
    }
}
