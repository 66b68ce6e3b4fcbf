package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Three hosts, of which whoever leads is killed, again and again, while one client downloads on one connection: a spare protects
 * the new primary before the dead host is back. The demo with more {@code --rounds} does it as often as one likes.
 */
@Tag("network")
@Timeout(value = 400, unit = TimeUnit.SECONDS)
final class ThreeHostsIT {
    private static final long LIMIT_S = 360;

    @BeforeAll
    static void needTools() {
        DemoRun.needTools();
    }

    @Test
    void shouldMaskOneKillAfterTheOtherByItself() throws Exception {
        final DemoRun demo = DemoRun.of(LIMIT_S, "hot", "three-hosts", "--hosts", "3", "--rounds", "3", "--size", "1G");
        assertEquals(0, demo.status(), demo.output());
        assertTrue(demo.output().contains("3 of 3 kills masked"), demo.output());
        assertTrue(demo.output().contains("VERDICT: intact"), demo.output());
    }
}
