package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A protected pair behind learning switches, each way of {@code link.presence}, whose primary is killed while a client downloads
 * and uploads. What the kind covers: switches that flood what is for an address they have not learned, and ones that drop it; a
 * takeover with frames on their way in both directions. {@code flooded} where nothing floods is not reachable at all, which
 * {@link VirtualAddressIT} shows beside moves by command, groups, and the agreement of ARP and frames.
 */
@Tag("network")
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class PresenceIT {
    @BeforeAll
    static void needTools() {
        DemoRun.needTools();
    }

    @ParameterizedTest
    @CsvSource({"flooded, true", "learned, true", "learned, false", "multicast, true", "multicast, false"})
    void shouldCarryTransfersThroughAKill(final String presence, final boolean floods) throws Exception {
        final List<String> options = new ArrayList<>(List.of("--fault", "kill", "--direction", "both", "--size", "12M", "--rate", "6M",
            "--no-check", "--set=link.presence=" + presence));
        if (!floods) {
            options.add("--no-flood");
        }
        final DemoRun demo = DemoRun.of("hot", "presence-" + presence + (floods ? "" : "-dropped"), options.toArray(String[]::new));
        assertEquals(0, demo.status(), demo.output());
        assertTrue(demo.output().contains("2 of 2 streams intact, 0 resets"), demo.output());
    }
}
