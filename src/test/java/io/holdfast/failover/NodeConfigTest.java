package io.holdfast.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.replication.ReplicationMode;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A setting that cannot be ends the start, and the error names it. */
final class NodeConfigTest {
    private final NodeConfig config = new NodeConfig().set("replication.node", "a");

    private static void assertNames(final String setting, final Executable use) {
        final String message = assertThrows(IllegalArgumentException.class, use).getMessage();
        assertTrue(message.contains(setting), message);
    }

    @Test
    void shouldBeOffUnlessToldOtherwise() {
        assertEquals(ReplicationMode.OFF, config.mode());
    }

    @Test
    void shouldRefuseWhatIsUnknown() {
        assertNames("replication.colour = blue", () -> config.set("replication.colour", "blue"));
        assertNames("stack.prefix", () -> config.set("stack.prefix", "24"));
    }

    @Test
    void shouldRefuseAModeThatThereIsNot() {
        for (final ReplicationMode mode : ReplicationMode.values()) {
            config.set("replication.mode", mode.name().toLowerCase(Locale.ROOT));
            assertEquals(mode, config.mode());
        }
        config.set("replication.mode", "warm");
        assertNames("replication.mode = warm", config::mode);
    }

    @Test
    void shouldRefuseTimesThatCannotBe() {
        config.set("replication.detect_ms", "0");
        assertNames("replication.detect_ms = 0", config::membership);
        config.set("replication.detect_ms", "soon");
        assertNames("replication.detect_ms = soon", config::membership);
    }

    @Test
    void shouldNameWhatIsMissing() {
        assertNames("replication.listen is missing", config::channels);
        config.set("replication.listen", "nowhere");
        assertNames("replication.listen = nowhere", config::channels);
        assertNames("replication.node is missing", () -> new NodeConfig().membership());
    }
}
