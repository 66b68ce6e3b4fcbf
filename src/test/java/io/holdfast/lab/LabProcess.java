package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A process that a test started, with its output in a file. */
final class LabProcess {
    private static final long START_LIMIT_MS = 30_000;
    private static final long END_LIMIT_S = 5;
    private static final int SHOWN_BYTES = 60_000;

    private final Process process;
    private final Path log;

    private LabProcess(final Process process, final Path log) {
        this.process = process;
        this.log = log;
    }

    static LabProcess start(final ProcessBuilder builder, final Path log) throws IOException {
        Files.deleteIfExists(log);
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        return new LabProcess(builder.start(), log);
    }

    /** Waits until a line of the output contains the text. */
    LabProcess awaitLine(final String text) throws IOException, InterruptedException {
        return awaitLines(text, 1);
    }

    /** Waits until the output contains the text that many times. */
    LabProcess awaitLines(final String text, final int times) throws IOException, InterruptedException {
        final long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_LIMIT_MS);
        while (output().split(Pattern.quote(text), -1).length <= times) {
            if (!process.isAlive() || System.nanoTime() - end > 0) {
                fail("not " + times + " times \"" + text + "\" from a process that "
                    + (process.isAlive() ? "runs: " : "has ended: ") + output());
            }
            process.waitFor(20, TimeUnit.MILLISECONDS);
        }
        return this;
    }

    /** Returns the exit status; a process that does not end in time fails the test. */
    int await(final long limitSeconds) throws IOException, InterruptedException {
        if (!process.waitFor(limitSeconds, TimeUnit.SECONDS)) {
            end();
            fail("not ended after " + limitSeconds + " s: " + process.info().commandLine().orElse("?") + "\n" + output());
        }
        return process.exitValue();
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String output() throws IOException {
        final byte[] bytes = Files.readAllBytes(log);
        final int from = Math.max(0, bytes.length - SHOWN_BYTES);
        return new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
    }

    /** Asks it to end. The lab's script has the process in its place. */
    void terminate() {
        process.destroy();
    }

    /** Asks it to end, and makes it. */
    void end() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(END_LIMIT_S, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor(END_LIMIT_S, TimeUnit.SECONDS);
        }
    }
}
