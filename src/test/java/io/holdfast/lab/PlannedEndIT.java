package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.lab.guest.SlowServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SIGTERM of a primary with a backup in sync is a planned switchover: before the program's own hooks, whatever they do (wait for
 * requests, close at once, or none at all), its connections are the other host's.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class PlannedEndIT {
    private static final long READY_LIMIT_S = 40;
    private static final String URL = "http://" + Lab.SERVICE + ":8080/down/60000000";

    private Lab lab;

    @BeforeEach
    void start() throws Exception {
        lab = Lab.up("e");
    }

    @AfterEach
    void stop() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    private LabProcess host(final String name, final String prefer, final String hook) throws Exception {
        final String own = name.equals("a") ? "11" : "12";
        final String peer = name.equals("a") ? "12" : "11";
        final Path config = lab.directory().resolve(name + ".properties");
        Files.writeString(config, String.join("\n", "link.device=hf0", "stack.addresses=" + Lab.SERVICE, "replication.mode=hot",
            "replication.cluster=end", "replication.node=" + name, "replication.prefer=" + prefer, "replication.security=plain",
            "replication.detect_ms=400", "replication.solo_ms=400",
            "replication.listen=10.78.0." + own + ":7401", "replication.peer=10.78.0." + peer + ":7401",
            "replication.service_listen=10.77.0." + own + ":7402", "replication.service_peer=10.77.0." + peer + ":7402", ""));
        final List<String> command = new ArrayList<>(Lab.java());
        command.addAll(List.of("-Xmx512m", "-javaagent:" + Lab.JAR + "=" + config, "-cp", Lab.GUEST_CLASS_PATH,
            SlowServer.class.getName(), Lab.SERVICE, "8080", hook));
        return lab.start(name, command).awaitLine("listening");
    }

    /** Until a death of that process's host would be survived. */
    private void awaitReady(final String name, final LabProcess process) throws Exception {
        final String control = lab.directory().resolve("run/" + process.pid() + ".sock").toString();
        final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_LIMIT_S);
        LabProcess ready = lab.holdfastOn(name, "ready", "--control", control);
        while (ready.await(20) != 0) {
            assertTrue(System.nanoTime() < end, ready.output());
            ready = lab.holdfastOn(name, "ready", "--control", control);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stop", "close", "none"})
    void shouldHandOverBeforeTheProgramsHooks(final String hook) throws Exception {
        final LabProcess a = host("a", "primary", hook);
        final LabProcess b = host("b", "backup", hook);
        awaitReady("b", b);
        awaitReady("a", a);
        final Path got = lab.directory().resolve("got");
        Files.deleteIfExists(got);
        final LabProcess client = lab.start("client", List.of("bash", "-c",
            "curl -sS -m 60 --limit-rate 20M " + URL + " >" + got + "; echo ended $?"));
        final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!Files.exists(got) || Files.size(got) < 5_000_000) {
            assertTrue(System.nanoTime() < end, () -> "no download: " + a.pid());
            TimeUnit.MILLISECONDS.sleep(20);
        }
        a.terminate();
        try {
            client.awaitLine("ended 0");
            a.await(15);
            assertTrue(a.output().contains("holdfast: ends; the other host leads since epoch"), a.output());
            assertEquals(60_000_000, Files.size(got));
            assertEquals(lab.sha256(40, "curl -sS -m 30 " + URL), lab.sha256(20, "cat " + got));
        } catch (final Throwable e) {
            System.out.println(client.output() + "\n" + a.output() + "\n" + b.output());
            throw e;
        }
    }
}
