package io.holdfast.link.tap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lab's script, under a prefix of its own, so that it meets no other lab on this machine. */
final class LabIT {
    private static final long LIMIT_SECONDS = 60;
    private static final int TIMED_OUT = 124;
    private static final Path SCRIPT =
        Path.of(System.getProperty("holdfast.basedir", System.getProperty("user.dir")), "tap-setup", "lab.sh");

    private final String prefix = "hl" + ProcessHandle.current().pid() % 100_000;
    private final boolean root = "root".equals(System.getProperty("user.name"));
    @TempDir
    private Path state;
    private String output = "";

    @BeforeEach
    @AfterEach
    void removeLab() throws Exception {
        assertEquals(0, lab("down"), output);
    }

    @Test
    void shouldComeUpTwiceAndLeaveNothing() throws Exception {
        assertEquals(1, lab("status"));
        assertEquals(0, lab("up"), output);
        assertEquals(0, lab("up"), output);
        assertEquals(0, lab("status"), output);
        assertTrue(output.contains("10.77.0.12/24") && output.contains("link repl: whole"), output);

        assertTrue(reaches("client", "10.77.0.11") && reaches("client", "10.77.0.12"));
        assertTrue(reaches("a", "10.77.0.1") && reaches("a", "10.78.0.12"));
        assertFalse(reaches("client", "10.77.0.100"), "the service address is no kernel's");

        assertEquals(0, lab("down"), output);
        assertEquals(0, lab("down"), output);
        assertEquals(1, lab("status"));
        if (root) {
            assertEquals(List.of(), namespaces());
        }
    }

    @Test
    void shouldCutAndMendEachLink() throws Exception {
        assertEquals(0, lab("up", "--mtu", "9000"), output);
        cutAndMend("a", "client", "10.77.0.11");
        cutAndMend("b", "client", "10.77.0.12");
        cutAndMend("client", "a", "10.77.0.1");
        cutAndMend("repl", "a", "10.78.0.12");
        cutAndMend("third", "a", "10.79.0.13");
        cutAndMend("third-b", "b", "10.79.0.13");
        cutAndMend("between", "a", "10.77.0.12");
        assertNotEquals(0, lab("cut", "nothing"));
        assertTrue(output.contains("client a b repl"), output);
    }

    private void cutAndMend(final String link, final String from, final String address) throws Exception {
        assertTrue(reaches(from, address), address);
        assertEquals(0, lab("cut", link), output);
        assertFalse(reaches(from, address), address);
        lab("status");
        assertTrue(output.contains("link " + link + ": cut"), output);
        assertEquals(0, lab("mend", link), output);
        assertTrue(reaches(from, address), address);
    }

    @Test
    void shouldEndWhatRunsInTheLab() throws Exception {
        assertEquals(0, lab("up"), output);
        final Process sleeper = start("exec", "b", "sleep", "600");
        while (sleeper.info().command().filter(c -> c.endsWith("sleep")).isEmpty() && sleeper.isAlive() && root) {
            Thread.onSpinWait();
        }
        assertEquals(0, lab("down"), output);
        assertTrue(sleeper.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void shouldRepairWhatIsMissing() throws Exception {
        assertEquals(0, lab("up"), output);
        assertEquals(0, lab("exec", "a", "ip", "link", "del", "hf0"), output);
        assertEquals(2, lab("status"), output);
        assertEquals(0, lab("up"), output);
        assertEquals(0, lab("status"), output);
    }

    @Test
    void shouldNotTouchANamespaceOfOthers() throws Exception {
        if (!root) {
            return;
        }
        final String foreign = prefix + "-b";
        assertEquals(0, run("ip", "netns", "add", foreign), output);
        try {
            assertEquals(0, run("ip", "-n", foreign, "link", "add", "br0", "type", "bridge"), output);
            assertEquals(1, lab("up"));
            assertTrue(output.contains("not the lab's"), output);
            assertEquals(List.of(foreign), namespaces());
            assertEquals(0, lab("down"), output);
            assertEquals(List.of(foreign), namespaces());
        } finally {
            run("ip", "netns", "del", foreign);
        }
    }

    @Test
    void shouldStandInAUserNamespace() throws Exception {
        Assumptions.assumeTrue(run("unshare", "-Urn", "true") == 0, "the kernel does not allow user namespaces");
        final String script = "set -e; $0 up; $0 up; $0 status; "
            + "$0 exec client timeout 1 bash -c '</dev/tcp/10.77.0.11/1' && exit 9; "
            + "$0 cut a; $0 status | grep -q 'link a: cut'; $0 down; $0 down; ! $0 status";
        assertEquals(0, finish(start(List.of("unshare", "-Urn", "bash", "-c", script, SCRIPT.toString()))), output);
        assertTrue(output.contains("refused"), output);
        assertEquals(List.of(), namespaces());
    }

    @Test
    void shouldExplainItself() throws Exception {
        assertEquals(0, lab("--help"), output);
        assertTrue(output.contains("Usage: lab.sh"), output);
        assertEquals(64, lab("dance"));
        assertNotEquals(0, lab("up", "--mtu", "100"));
        assertNotEquals(0, lab("exec", "client", "true"));
        assertTrue(output.contains("the lab is down"), output);
    }

    /** A closed port refuses at once; what cannot be reached says nothing. */
    private boolean reaches(final String from, final String address) throws Exception {
        return lab("exec", from, "timeout", "1", "bash", "-c", "</dev/tcp/" + address + "/1") != TIMED_OUT
            && output.contains("refused");
    }

    private List<String> namespaces() throws Exception {
        run("ip", "netns", "list");
        final List<String> names = new ArrayList<>();
        output.lines().map(line -> line.split(" ")[0]).filter(name -> name.startsWith(prefix + "-")).forEach(names::add);
        return names;
    }

    private int lab(final String... arguments) throws Exception {
        return finish(start(arguments));
    }

    private Process start(final String... arguments) throws IOException {
        final List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
        command.addAll(List.of(arguments));
        return start(command);
    }

    private Process start(final List<String> command) throws IOException {
        final ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("HOLDFAST_LAB_PREFIX", prefix);
        builder.environment().put("HOLDFAST_LAB_STATE", state.toString());
        return builder.start();
    }

    private int run(final String... command) throws Exception {
        return finish(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    private int finish(final Process process) throws Exception {
        try (InputStream in = process.getInputStream()) {
            output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), output);
        return process.exitValue();
    }
}
