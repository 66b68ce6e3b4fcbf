package io.holdfast.app.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The agent as its users have it: the packaged jar in a process of its own, driven from another language. */
class ConformanceAgentIT {
    private static final int LIMIT_SECONDS = 240;

    @Test
    void shouldPassTheChecksFromOutside() throws Exception {
        final Path base = Path.of(System.getProperty("holdfast.basedir", "."));
        assumeTrue(pythonIsThere(), "python3 is not installed");
        final List<String> command = new ArrayList<>(List.of("python3", base.resolve("conformance/agent/run.py").toString(),
            "--java", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--jar", System.getProperty("holdfast.jar", base.resolve("target/holdfast.jar").toString())));

        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String output;
        try {
            output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        } finally {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }

        assertEquals(0, process.exitValue(), output);
    }

    private static boolean pythonIsThere() throws InterruptedException {
        try {
            return new ProcessBuilder("python3", "--version").start().waitFor() == 0;
        } catch (final IOException e) {
            return false;
        }
    }
}
