package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The links between two hosts that serve are cut and mended while clients transfer, both ways: streams stay intact, the wire
 * checker finds one source after the switch, and the pair protects again. More of these, also in mode cold:
 * {@code demo.sh --matrix --services web --faults cut,lan-primary,lan-backup,cut-replication,cut-backup,stale}.
 */
@Tag("network")
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class SplitBrainIT {
    @BeforeAll
    static void needTools() {
        DemoRun.needTools();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cut", "cut-replication"})
    void shouldHaveOneSourceThroughACut(final String fault) throws Exception {
        final DemoRun demo = DemoRun.of("hot", fault, "--fault", fault, "--direction", "both", "--size", "24M", "--rate", "10M",
            "--plain");
        assertEquals(0, demo.status(), demo.output());
        assertTrue(demo.output().contains("2 of 2 streams intact, 0 resets"), demo.output());
        assertTrue(demo.holdsOnTheWire() && demo.heldAgainstTheLog(), demo.output());
    }

    /** The demo holds the client's stall against what policy allows: detection and 100 ms. */
    @Test
    void shouldGoOnElsewhereInTimeWhenThePrimaryLosesItsLan() throws Exception {
        final DemoRun demo = DemoRun.of("hot", "lan-primary", "--fault", "lan-primary", "--direction", "both", "--size", "48M", "--rate",
            "6M", "--plain");
        assertEquals(0, demo.status(), demo.output());
        assertTrue(demo.output().contains("2 of 2 streams intact, 0 resets"), demo.output());
        assertTrue(demo.holdsOnTheWire() && demo.heldAgainstTheLog(), demo.output());
    }

    /**
     * How long clients may wait, and what the log allowed when the primary went on alone, is judged by the demo with
     * {@code --plain}.
     */
    @Test
    void shouldGoOnAloneWhenTheBackupLosesPower() throws Exception {
        final DemoRun demo = DemoRun.of("hot", "power-backup", "--fault", "power-backup", "--direction", "both", "--size", "24M", "--rate",
            "10M");
        assertTrue(demo.output().contains("2 of 2 streams intact, 0 resets"), demo.output());
        assertTrue(demo.holdsOnTheWire(), demo.output());
    }

    /** O8 of the contract: what was left behind must not take over. */
    @Test
    void shouldHaveABackupRefuseThatMissedSomething() throws Exception {
        final DemoRun demo = DemoRun.of("hot", "stale", "--fault", "stale", "--size", "24M", "--rate", "10M", "--plain",
            "--patience", "2");
        assertEquals(0, demo.status(), demo.output());
        assertTrue(demo.output().contains("VERDICT: silent, as it must be"), demo.output());
        assertTrue(demo.holdsOnTheWire(), demo.output());
    }
}
