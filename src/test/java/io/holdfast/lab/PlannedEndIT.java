package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.lab.guest.SlowServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SIGTERM of a primary with a backup in sync is a planned switchover. The other host has the connections before the program's own
 * hooks run, whether these wait for requests, close at once, or do not exist.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class PlannedEndIT {
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

    @ParameterizedTest
    @ValueSource(strings = {"stop", "close", "none"})
    void shouldHandOverBeforeTheProgramsHooks(final String hook) throws Exception {
        final List<String> program = List.of("-cp", Lab.GUEST_CLASS_PATH, SlowServer.class.getName(), Lab.SERVICE, "8080", hook);
        final ProtectedPair pair = ProtectedPair.start(lab, Lab.java(), program);
        final LabProcess a = pair.a();
        final LabProcess b = pair.b();
        final Path got = lab.directory().resolve("got");
        Files.deleteIfExists(got);
        final LabProcess client = lab.start("client", List.of("bash", "-c",
            "curl -sS -m 60 --limit-rate 20M " + URL + " >" + got + "; echo ended $?"));
        ProtectedPair.awaitSize(got, 5_000_000);
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
