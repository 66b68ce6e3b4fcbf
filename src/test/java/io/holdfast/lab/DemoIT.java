package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    private static final Path BASE = Path.of(System.getProperty("holdfast.basedir", ".")).toAbsolutePath();

    @BeforeAll
    static void needTools() {
        assumeTrue(System.getProperty("user.name").equals("root"), "the demo's capture needs root");
        for (final String tool : List.of("python3", "tcpdump", "curl")) {
            assertTrue(Lab.has(tool), "no " + tool + ": see tap-setup/check.sh");
        }
    }

    @Test
    void shouldFindTransfersIntact() throws Exception {
        final Demo demo = demo("intact", "--fault", "none", "--direction", "both", "--size", "8M", "--check");
        assertEquals(0, demo.status(), demo.output());
        assertTrue(demo.output().contains("VERDICT: intact"), demo.output());
        assertTrue(demo.output().contains("2 of 2 streams intact"), demo.output());
        assertTrue(Files.readString(demo.out().resolve("result.json")).contains("\"wireCheck\": true"));
        assertTrue(Files.readString(demo.out().resolve("timeline.svg")).endsWith("</svg>\n"));
    }

    @Test
    void shouldSeeThatAnUnprotectedServerDied() throws Exception {
        final Demo demo = demo("killed", "--fault", "kill", "--size", "64M", "--rate", "32M", "--patience", "2");
        assertEquals(1, demo.status(), demo.output());
        assertTrue(demo.output().contains("VERDICT: NOT INTACT"), demo.output());
        assertTrue(demo.output().contains("0 of 1 streams intact"), demo.output());
        assertTrue(demo.output().contains("of 1 connections that a fault hit"), demo.output());
    }

    @ParameterizedTest
    @CsvSource({"hot, kill, download", "hot, kill, upload"})
    void shouldCarryTransfersThroughTheFault(final String mode, final String fault, final String direction)
        throws Exception {
        final Demo demo = run(mode, mode + "-" + fault + "-" + direction, "--fault", fault, "--direction", direction,
            "--size", "64M", "--rate", "16M");
        assertEquals(0, demo.status(), demo.output());
        assertTrue(demo.output().contains("1 of 1 streams intact, 0 resets"), demo.output());
    }

    @Test
    void shouldRefuseWhatMakesNoSense() throws Exception {
        assertEquals(64, demo("refused", "--fault", "double").status());
    }

    private record Demo(int status, String output, Path out) {
    }

    private static Demo demo(final String name, final String... options) throws IOException, InterruptedException {
        return run("off", name, options);
    }

    private static Demo run(final String mode, final String name, final String... options)
        throws IOException, InterruptedException {
        final Path out = BASE.resolve("target/lab/demo-" + name);
        Files.createDirectories(out.getParent());
        final List<String> command = new ArrayList<>(
            List.of(BASE + "/tap-setup/demo.sh", "--mode", mode, "--out", out.toString()));
        command.addAll(List.of(options));
        final LabProcess process = LabProcess.start(new ProcessBuilder(command),
            out.resolveSibling("demo-" + name + ".log"));
        try {
            final int status = process.await(120);
            return new Demo(status, process.output(), out);
        } finally {
            process.end();
        }
    }
}
