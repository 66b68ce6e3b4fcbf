package io.holdfast.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.conformance.run.Agent;
import io.holdfast.conformance.run.Differences;
import io.holdfast.conformance.run.Outcome;
import io.holdfast.conformance.run.Scripts;
import io.holdfast.conformance.run.Side;
import io.holdfast.conformance.run.Suite;
import io.holdfast.conformance.script.Script;
import io.holdfast.conformance.script.ScriptParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every script on the stack, in virtual time; and that the runner finds out when one does not hold. */
final class ScriptsTest {
    private static final Path CONFORMANCE = Path.of("conformance");
    private static final int MIN_SCRIPTS = 250;

    private static Agent agent;
    private static Differences differences;

    @BeforeAll
    static void start() throws IOException {
        differences = new Differences(CONFORMANCE.resolve("DIFFERENCES.md"));
        agent = Agent.start(Side.HOLDFAST, Path.of("."));
    }

    @AfterAll
    static void stop() throws IOException {
        agent.close();
    }

    @TestFactory
    Stream<DynamicNode> shouldHoldOnHoldfast() throws Exception {
        final List<Script> scripts = Scripts.read(CONFORMANCE.resolve("scripts"), List.of());
        assertTrue(scripts.size() >= MIN_SCRIPTS, scripts.size() + " scripts");
        final Map<String, List<Outcome>> topics = run(scripts).stream()
            .collect(Collectors.groupingBy(o -> o.script().name().replaceFirst("/.*", "")));
        return topics.keySet().stream().sorted().map(topic -> DynamicContainer.dynamicContainer(topic, topics.get(topic).stream()
            .map(o -> DynamicTest.dynamicTest(o.script().name(), () -> assertTrue(o.asExpected(), o::report)))));
    }

    @Test
    void shouldDeclareDifferencesOfScriptsThereAre() throws IOException {
        final Set<String> names = Scripts.read(CONFORMANCE.resolve("scripts"), List.of()).stream().map(Script::name)
            .collect(Collectors.toSet());
        differences.all().keySet().forEach(name -> assertTrue(names.contains(name), name));
    }

    @Test
    void shouldSayInEveryScriptWhatItIsAbout() throws IOException {
        Scripts.read(CONFORMANCE.resolve("scripts"), List.of())
            .forEach(script -> assertFalse(script.summary().isBlank(), script.name()));
    }

    @Test
    void shouldFindAWrongNumber() throws Exception {
        assertFails("+0 > . 1:1(0) ack 102", "acknowledgement");
    }

    @Test
    void shouldFindAWrongFlag() throws Exception {
        assertFails("+0 > P. 1:1(0) ack 101", "flags");
    }

    @Test
    void shouldFindAnOptionTooFew() throws Exception {
        assertFails("+0 > . 1:1(0) ack 101 <nop,nop,sack 1:2>", "options");
    }

    @Test
    void shouldFindAWrongTime() throws Exception {
        assertFails("+.1 > . 1:1(0) ack 101", "too early");
    }

    @Test
    void shouldFindAPacketTooMany() throws Exception {
        assertFails("+.1 read(4, ..., 100) = 100", "one packet too many");
    }

    @Test
    void shouldFindAMissingPacket() throws Exception {
        assertFails("+0 > . 1:1(0) ack 101\n+.1 > . 1:1(0) ack 101", "no packet until");
    }

    @Test
    void shouldFindAWrongResult() throws Exception {
        assertFails("+0 > . 1:1(0) ack 101\n+0 read(4, ..., 100) = 99", "result of read");
    }

    @Test
    void shouldFindAWrongValueInTcpInfo() throws Exception {
        assertFails("+0 > . 1:1(0) ack 101\n+0 %{ assert tcpi_snd_cwnd == 11 }%", "TCP_INFO");
    }

    @Test
    void shouldFindACallThatDoesNotReturn() throws Exception {
        assertFails("+0 > . 1:1(0) ack 101\n+0 read(4, ..., 100) = 100\n+0...1.0 read(4, ..., 100) = 100", "does not return");
    }

    /** A connection on which 100 bytes have come, and then what is given: which is not what happens. */
    private static void assertFails(final String rest, final String why) throws Exception {
        final String text = Files.readString(CONFORMANCE.resolve("scripts/handshake/passive-mss-only.pkt"))
            + "+.1 < P. 1:101(100) ack 1 win 32792\n" + rest;
        final Outcome outcome = run(List.of(ScriptParser.parse(text, "made/up.pkt"))).get(0);
        assertFalse(outcome.passed(), rest);
        assertTrue(outcome.failure().contains(why), outcome.failure());
        assertEquals(1, outcome.failure().split("expected ", -1).length - 1, outcome.failure());
    }

    private static List<Outcome> run(final List<Script> scripts) throws InterruptedException {
        return new Suite(Side.HOLDFAST, agent.path(), differences, new PrintStream(new ByteArrayOutputStream())).run(scripts);
    }
}
