package io.holdfast.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.link.tap.ScenarioRunner;
import java.util.List;
import org.junit.jupiter.api.Test;

/** ARP, IPv4, ICMP and UDP against the kernel, in a network namespace of their own. */
final class IpOverTapIT {
    @Test
    void shouldTalkToTheKernel() throws Exception {
        final StringBuilder output = new StringBuilder();
        final int status = ScenarioRunner.run(IpOverTapScenarios.class, List.of(), output);
        assertEquals(0, status, output::toString);
    }
}
