package io.holdfast.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.conformance.run.Agent;
import io.holdfast.conformance.run.Differences;
import io.holdfast.conformance.run.Outcome;
import io.holdfast.conformance.run.Scripts;
import io.holdfast.conformance.run.Side;
import io.holdfast.conformance.run.Suite;
import io.holdfast.conformance.script.Script;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A few topics on the kernel, so that its agent goes on working; all of them are conformance/run.sh's. */
final class KernelIT {
    private static final List<String> TOPICS = List.of("data", "rfc5961", "sockets", "state-closed");

    @Test
    void shouldHoldOnTheKernel() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")) && Files.exists(Path.of("/dev/net/tun")), "needs root and TUN");
        final Path base = Path.of(System.getProperty("holdfast.basedir", "."));
        final List<Script> scripts = Scripts.read(base.resolve("conformance/scripts"), TOPICS);
        final Differences differences = new Differences(base.resolve("conformance/DIFFERENCES.md"));
        try (Agent agent = Agent.start(Side.LINUX, base)) {
            for (final Outcome outcome : new Suite(Side.LINUX, agent.path(), differences, System.err).run(scripts)) {
                assertTrue(outcome.asExpected(), outcome::report);
            }
        }
    }
}
