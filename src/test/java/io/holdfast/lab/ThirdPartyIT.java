package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A ZooKeeper on a third host decides, by its own main, and the hosts reach it through the agent and Curator. How long clients
 * may wait is the demo's to judge, on a machine of its own.
 */
@Tag("network")
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class ThirdPartyIT {
    @BeforeAll
    static void needTools() {
        DemoRun.needTools();
    }

    private static DemoRun run(final String fault, final String... more) throws Exception {
        final List<String> options = new ArrayList<>(List.of("--witness", "--fault", fault, "--direction", "both", "--size", "24M", "--rate",
            "10M"));
        Collections.addAll(options, more);
        final DemoRun demo = DemoRun.of("hot", "witness-" + fault, options.toArray(new String[0]));
        assertTrue(demo.output().contains("2 of 2 streams intact, 0 resets"), demo.output());
        assertTrue(demo.holdsOnTheWire(), demo.output());
        return demo;
    }

    /** Nothing gets from one host to the other, and the client hears both: one goes on, and the other one joins it. */
    @Test
    void shouldLeaveOneOwnerInAPartition() throws Exception {
        final DemoRun demo = run("partition", "--plain");
        assertTrue(demo.heldAgainstTheLog() && demo.output().contains("protected again"), demo.output());
    }

    @Test
    void shouldTakeOverWithItsWord() throws Exception {
        run("kill");
    }

    @Test
    void shouldNotNoticeThatItIsGone() throws Exception {
        final DemoRun demo = run("witness-gone");
        assertTrue(!demo.output().contains("the address moved"), demo.output());
    }
}
