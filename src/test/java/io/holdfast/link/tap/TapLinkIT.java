package io.holdfast.link.tap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The TAP against the kernel, each time in a network namespace of its own. */
final class TapLinkIT {
    @Test
    void shouldCarryFramesBetweenTheKernelAndUs() throws Exception {
        runs(TapLinkScenarios.class, List.of());
    }

    @Test
    void shouldExplainThatItIsNotPermitted() throws Exception {
        runs(TapUnprivilegedScenarios.class, List.of("setpriv", "--bounding-set", "-all", "--inh-caps", "-all"));
    }

    private static void runs(final Class<?> scenarios, final List<String> prefix) throws Exception {
        final StringBuilder output = new StringBuilder();
        final int status = ScenarioRunner.run(scenarios, prefix, output);
        assertEquals(0, status, output::toString);
    }
}
