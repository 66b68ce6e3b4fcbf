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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A program of modules in a runtime image of its own, with no more of the JDK than it and the agent need, on a protected pair
 * whose primary is killed in the middle of a download. {@link GuestIT} has the same program served without replication, from an
 * image and from a JDK, and MissingModuleTest what is told where a module is missing.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class RuntimeImageIT {
    private static final int BYTES = 60_000_000;
    private static final String URL = "http://" + Lab.SERVICE + ":8080/down/" + BYTES;

    private Lab lab;

    @BeforeEach
    void start() throws Exception {
        lab = Lab.up("j");
    }

    @AfterEach
    void stop() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void shouldSurviveAKillInASmallRuntimeImage() throws Exception {
        final List<String> java = new ArrayList<>(Lab.java());
        java.set(0, Guests.image(lab.directory(), "jdk.httpserver,java.instrument").toString());
        final String module = Guests.module(lab.directory(), "slow", SlowServer.class).toString();
        final ProtectedPair pair = ProtectedPair.start(lab, java,
            List.of("-p", module, "-m", "slow/" + SlowServer.class.getName(), Lab.SERVICE, "8080", "none"));
        final Path got = lab.directory().resolve("got");
        Files.deleteIfExists(got);
        final LabProcess client = lab.start("client", List.of("bash", "-c",
            "curl -sS -m 60 --limit-rate 20M " + URL + " >" + got + "; echo ended $?"));
        ProtectedPair.awaitSize(got, 5_000_000);
        ProcessHandle.of(pair.a().pid()).orElseThrow().destroyForcibly();
        try {
            client.awaitLine("ended 0");
            pair.a().await(10);
            assertEquals(BYTES, Files.size(got));
            assertEquals(lab.sha256(40, "curl -sS -m 30 " + URL), lab.sha256(20, "cat " + got));
            assertTrue(pair.b().isAlive());
        } catch (final Throwable e) {
            System.out.println(client.output() + "\n" + pair.a().output() + "\n" + pair.b().output());
            throw e;
        }
    }
}
