package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One program on both hosts of a lab, under the agent, in mode hot.
 *
 * @param a the primary
 * @param b the backup, in sync
 */
record ProtectedPair(LabProcess a, LabProcess b) {
    private static final long READY_LIMIT_S = 40;
    private static final long SIZE_LIMIT_S = 20;

    /**
     * @param java    the command, with what it is always given
     * @param program what stands behind the agent; prints "listening" when it serves
     */
    static ProtectedPair start(final Lab lab, final List<String> java, final List<String> program) throws Exception {
        final LabProcess a = host(lab, "a", "primary", java, program);
        final LabProcess b = host(lab, "b", "backup", java, program);
        awaitReady(lab, "b", b);
        awaitReady(lab, "a", a);
        return new ProtectedPair(a, b);
    }

    private static LabProcess host(
        final Lab lab,
        final String name,
        final String prefer,
        final List<String> java,
        final List<String> program) throws Exception {
        final String own = name.equals("a") ? "11" : "12";
        final String peer = name.equals("a") ? "12" : "11";
        final Path config = lab.directory().resolve(name + ".properties");
        Files.writeString(config, String.join("\n", "link.device=hf0", "stack.addresses=" + Lab.SERVICE, "replication.mode=hot",
            "replication.cluster=end", "replication.node=" + name, "replication.prefer=" + prefer, "replication.security=plain",
            "replication.detect_ms=400", "replication.solo_ms=400",
            "replication.listen=10.78.0." + own + ":7401", "replication.peer=10.78.0." + peer + ":7401",
            "replication.service_listen=10.77.0." + own + ":7402", "replication.service_peer=10.77.0." + peer + ":7402", ""));
        final List<String> command = new ArrayList<>(java);
        command.addAll(List.of("-Xmx512m", "-javaagent:" + Lab.JAR + "=" + config));
        command.addAll(program);
        return lab.start(name, command).awaitLine("listening");
    }

    /** Until a death of that process's host would be survived. */
    private static void awaitReady(final Lab lab, final String name, final LabProcess process) throws Exception {
        final String control = lab.directory().resolve("run/" + process.pid() + ".sock").toString();
        final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_LIMIT_S);
        LabProcess ready = lab.holdfastOn(name, "ready", "--control", control);
        while (ready.await(20) != 0) {
            assertTrue(System.nanoTime() < end, ready.output());
            ready = lab.holdfastOn(name, "ready", "--control", control);
        }
    }

    /** Until a client's file has grown so far. */
    static void awaitSize(final Path file, final long bytes) throws IOException, InterruptedException {
        final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SIZE_LIMIT_S);
        while (!Files.exists(file) || Files.size(file) < bytes) {
            assertTrue(System.nanoTime() < end, () -> file + " does not grow");
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
