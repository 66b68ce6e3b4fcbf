package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A run of {@code tap-setup/demo.sh}.
 *
 * @param out where its results are
 */
record DemoRun(int status, String output, Path out) {
    private static final Path BASE = Path.of(System.getProperty("holdfast.basedir", ".")).toAbsolutePath().normalize();
    private static final long LIMIT_S = 120;
    private static final long CHECK_LIMIT_S = 30;
    /**
     * A machine that tests is busy: a host that is held up for the usual 100 ms must not be taken for dead there, since
     * of two such mistakes in a row, and a kill, no pair of hosts need survive the third.
     */
    private static final List<String> PATIENCE = List.of("--set=replication.detect_ms=400", "--set=replication.solo_ms=200");

    static void needTools() {
        assumeTrue(System.getProperty("user.name").equals("root"), "the demo's capture needs root");
        for (final String tool : List.of("python3", "tcpdump", "curl")) {
            assertTrue(Lab.has(tool), "no " + tool + ": see tap-setup/check.sh");
        }
    }

    static DemoRun of(final String mode, final String name, final String... options)
        throws IOException, InterruptedException {
        return of(LIMIT_S, mode, name, options);
    }

    static DemoRun of(final long limitS, final String mode, final String name, final String... options)
        throws IOException, InterruptedException {
        final Path out = BASE.resolve("target/lab/demo-" + name);
        Files.createDirectories(out.getParent());
        if (Files.exists(out)) {
            CaptureFiles.delete(out);
        }
        final List<String> command = new ArrayList<>(
            List.of(BASE + "/tap-setup/demo.sh", "--mode", mode, "--out", out.toString()));
        if (!mode.equals("off")) {
            command.addAll(PATIENCE);
        }
        command.addAll(List.of(options));
        final LabProcess process = LabProcess.start(new ProcessBuilder(command),
            out.resolveSibling("demo-" + name + ".log"));
        try {
            final int status = process.await(limitS);
            return new DemoRun(status, process.output(), out);
        } finally {
            process.end();
        }
    }

    /** The captures of the first round of a demo with {@code --keep}. */
    Path captures() throws IOException {
        try (var entries = Files.list(out)) {
            return entries.filter(path -> path.getFileName().toString().startsWith("work-")).findFirst().orElseThrow()
                .resolve("round-1");
        }
    }

    /** @return whether the wire checker looked at the first round, and found nothing broken */
    boolean holdsOnTheWire() throws IOException {
        return Files.readString(out.resolve("result.json")).contains("\"wireCheck\": true");
    }

    /** Whether the wire checker could read the log and hold output against it. */
    boolean heldAgainstTheLog() throws IOException {
        return Files.readString(out.resolve("wire-1.txt")).contains("held against the log: ");
    }

    /** Returns the wire checker's verdict on captures, line by line. */
    static List<String> checkWire(final Path captures, final Path portA) throws IOException, InterruptedException {
        final LabProcess process = LabProcess.start(new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", BASE + "/target/test-classes",
            "io.holdfast.lab.wire.WireChecker", captures.resolve("client.pcap").toString(),
            "--host", "10.78.0.11,10.77.0.11=" + portA, "--host", "10.78.0.12,10.77.0.12=" + captures.resolve("port-b.pcap"),
            "--link", captures.resolve("link.pcap").toString(), "--link", captures.resolve("service-path.pcap").toString()),
            captures.resolve("checker.log"));
        process.await(CHECK_LIMIT_S);
        return process.output().lines().toList();
    }
}
