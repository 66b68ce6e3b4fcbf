package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The demo's judge: content with a transfer that nothing happens to, and not with one whose unprotected server dies. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class DemoIT {
    @BeforeAll
    static void needTools() {
        DemoRun.needTools();
    }

    @Test
    void shouldFindTransfersIntact() throws Exception {
        final DemoRun demo = demo("intact", "--fault", "none", "--direction", "both", "--size", "8M", "--check");
        assertEquals(0, demo.status(), demo.output());
        assertTrue(demo.output().contains("VERDICT: intact"), demo.output());
        assertTrue(demo.output().contains("2 of 2 streams intact"), demo.output());
        assertTrue(demo.holdsOnTheWire(), demo.output());
        assertTrue(Files.readString(demo.out().resolve("timeline.svg")).endsWith("</svg>\n"));
    }

    @Test
    void shouldSeeThatAnUnprotectedServerDied() throws Exception {
        final DemoRun demo = demo("killed", "--fault", "kill", "--size", "32M", "--rate", "16M", "--patience", "2");
        assertEquals(1, demo.status(), demo.output());
        assertTrue(demo.output().contains("VERDICT: NOT INTACT"), demo.output());
        assertTrue(demo.output().contains("0 of 1 streams intact"), demo.output());
        assertTrue(demo.output().contains("of 1 connections that a fault hit"), demo.output());
    }

    @ParameterizedTest
    @CsvSource({"hot, kill, download", "hot, kill, upload"})
    void shouldCarryTransfersThroughTheFault(final String mode, final String fault, final String direction)
        throws Exception {
        final DemoRun demo = DemoRun.of(mode, mode + "-" + fault + "-" + direction, "--fault", fault, "--direction", direction,
            "--size", "32M", "--rate", "16M", "--plain");
        assertEquals(0, demo.status(), demo.output());
        assertTrue(demo.output().contains("1 of 1 streams intact, 0 resets"), demo.output());
        assertTrue(demo.holdsOnTheWire(), demo.output());
    }

    /** The checker of the wire must be able to fail on what it finds good: output that left before it was stored. */
    @Test
    void shouldSeeOutputThatLeavesTooEarly() throws Exception {
        final DemoRun demo = DemoRun.of("hot", "early", "--fault", "none", "--direction", "upload", "--size", "8M", "--plain",
            "--keep");
        assertEquals(0, demo.status(), demo.output());
        final Path captures = demo.captures();
        final List<String> good = DemoRun.checkWire(captures, captures.resolve("port-a.pcap"));
        final Path early = captures.resolve("early.pcap");
        CaptureFiles.shift(captures.resolve("port-a.pcap"), early, -20_000_000);
        // Whichever host leads: the pair may have switched over before the transfer began.
        CaptureFiles.shift(captures.resolve("port-b.pcap"), captures.resolve("early-b.pcap"), -20_000_000);
        Files.move(captures.resolve("early-b.pcap"), captures.resolve("port-b.pcap"), StandardCopyOption.REPLACE_EXISTING);
        final List<String> bad = DemoRun.checkWire(captures, early);
        CaptureFiles.delete(captures.getParent());
        assertTrue(good.contains("O1      stored before acknowledged                holds"), good.toString());
        assertTrue(good.stream().anyMatch(line -> line.startsWith("held against the log: ")), good.toString());
        assertTrue(bad.stream().anyMatch(line -> line.startsWith("O1 ") && line.contains("BROKEN")), bad.toString());
    }

    /** The server's own TLS: what the backup's encrypts must be the same, byte for byte. */
    @Test
    void shouldCarryEncryptedTransfersThroughTheFault() throws Exception {
        final DemoRun demo = DemoRun.of("hot", "tls", "--tls", "--fault", "kill", "--size", "24M", "--rate", "12M");
        assertEquals(0, demo.status(), demo.output());
        assertTrue(demo.output().contains("1 of 1 streams intact, 0 resets"), demo.output());
    }

    @Test
    void shouldRefuseWhatMakesNoSense() throws Exception {
        assertEquals(64, demo("refused", "--fault", "double").status());
    }

    private static DemoRun demo(final String name, final String... options) throws IOException, InterruptedException {
        return DemoRun.of("off", name, options);
    }
}
