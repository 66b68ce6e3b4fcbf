package io.holdfast.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.membership.OnLoss;
import io.holdfast.replication.ReplicationMode;
import io.holdfast.wire.IpAddress;
import java.util.List;
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

    @Test
    void shouldGoOnAloneWithoutSignsOfTheLanOnlyWhereTwoPathsTellADeadBackupFromACutLink() {
        assertEquals(OnLoss.SOLO, config.membership().onLoss());
        assertEquals(90_000_000, config.membership().lanNs());
        config.set("membership.lan_ms", "0");
        assertNames("replication.on_loss is missing", config::membership);
        config.set("replication.service_peer", "10.77.0.12:7400");
        assertEquals(OnLoss.SOLO_ON_SILENCE, config.membership().onLoss());
        config.set("replication.on_loss", "solo");
        assertEquals(OnLoss.SOLO, config.membership().onLoss());
        assertNames("replication.lan_ms = 0", () -> config.set("replication.lan_ms", "0"));
    }

    @Test
    void shouldTakeStationsOfTheLan() {
        assertEquals(List.of(), config.lanTargets());
        config.set("membership.lan_targets", "10.77.0.1, 10.77.0.254");
        assertEquals(List.of(IpAddress.parse("10.77.0.1"), IpAddress.parse("10.77.0.254")), config.lanTargets());
        config.set("membership.lan_targets", "router");
        assertNames("membership.lan_targets = router", config::lanTargets);
        config.set("replication.service_peer", "10.77.0.12:7400");
        assertEquals(List.of(IpAddress.parse("10.77.0.12")), config.lanNeighbors());
    }

    @Test
    void shouldWaitLongerForOwnersWhereDecisionsTakeLonger() {
        assertEquals(5_000_000_000L, config.membership().aloneNs());
        config.set("replication.detect_ms", "2000").set("replication.solo_ms", "2000");
        assertEquals(16_000_000_000L, config.membership().aloneNs());
        config.membership().incarnation(1).validate();
        config.set("membership.alone_ms", "15000");
        assertNames("membership.alone_ms", () -> config.membership().incarnation(1).validate());
    }

    @Test
    void shouldHaveAThirdPartyOnlyIfOneIsNamed() {
        assertNull(config.register());
        assertNames("replication.witness = nobody:there", () -> config.set("replication.witness", "nobody:there").register());
        assertNames("replication.witness_path = /no.jar", () -> config.set("replication.witness_path", "/no.jar").register());
    }

    @Test
    void shouldNameSeveralOtherHostsInOnePlace() {
        config.set("replication.node", "a").set("replication.security", "plain");
        config.set("replication.listen", "10.78.0.11:7401").set("replication.service_listen", "10.77.0.11:7402");
        config.set("replication.peers", "b 10.78.0.12:7401 10.77.0.12:7402, c 10.78.0.14:7401 10.77.0.14:7402");
        config.channels().validate();
        config.membership().incarnation(1).validate();
        assertEquals("c at 10.78.0.14:7401", config.peerAddress(1));
        assertEquals(List.of(IpAddress.parse("10.77.0.12"), IpAddress.parse("10.77.0.14")), config.lanNeighbors());
        config.set("replication.witness", "zookeeper:10.79.0.13:2181");
        assertNames("replication.witness = zookeeper", config::register);
        config.set("replication.peer", "10.78.0.12:7401");
        assertNames("replication.peer = 10.78.0.12:7401", config::channels);
    }

    @Test
    void shouldNameWhatIsWrongWithSeveralHosts() {
        config.set("replication.node", "a").set("replication.security", "plain").set("replication.listen", "10.78.0.11:7401");
        for (final String wrong : List.of("b", "b nowhere", "b 10.78.0.12:7401 10.77.0.12:7402", "b 10.78.0.12:7401 x y")) {
            config.set("replication.peers", wrong);
            assertNames("replication.peers = " + wrong, config::channels);
        }
        config.set("replication.peers", "b 10.78.0.12:7401, b 10.78.0.14:7401");
        assertNames("replication.peers: each host has a name of its own", () -> config.channels().validate());
        config.set("replication.peers", "b 10.78.0.12:7401, a 10.78.0.14:7401");
        assertNames("replication.peers: each host has a name of its own", () -> config.channels().validate());
    }
}
