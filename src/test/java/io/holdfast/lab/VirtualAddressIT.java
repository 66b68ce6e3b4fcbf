package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.lab.server.MovableAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An address at a virtual MAC moves between the hosts of the lab; the client is the kernel, the switches are its
 * bridges. What the kind covers:
 * <ul>
 * <li>switches that flood what is for an address they have not learned, and switches that drop it; groups, flooded to all;
 * <li>each way of {@code link.presence} on those that it works with, and {@code flooded} on those that it does not;
 * <li>moves there and back, by the switches' own table, without the client's kernel asking again;
 * <li>ARP's hardware address and the frame's source, the same in every frame;
 * <li>what arrives while nobody has the address.
 * </ul>
 * A takeover in the middle of transfers is {@link PresenceIT}'s.
 */
@Tag("network")
@Timeout(value = 90, unit = TimeUnit.SECONDS)
final class VirtualAddressIT {
    private static final String VIRTUAL = "02:00:00:77:00:64";
    private static final String URL = "http://" + Lab.SERVICE + ":8080/";

    private Lab lab;
    private Path a;
    private Path b;

    @BeforeEach
    void start() throws Exception {
        lab = Lab.up("v");
        try {
            // The client's kernel has no reason of its own to ask for the address again.
            lab.client(10, "sh", "-c", "echo 3600000 >/proc/sys/net/ipv4/neigh/eth0/base_reachable_time_ms");
        } catch (final Exception | AssertionError e) {
            lab.close();
            throw e;
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    private void hosts(final String presence) throws Exception {
        a = host("a", presence);
        b = host("b", presence);
    }

    /**
     * No port of a switch gets a frame that is for an address which the switch has not learned; groups' go to all, or to none.
     */
    private void stopFlooding(final boolean groups) throws Exception {
        for (final String port : new String[] {"lan client", "lan a", "lan b", "a up0", "a hf0", "b up0", "b hf0"}) {
            final String[] parts = port.split(" ");
            final LabProcess set = lab.start(parts[0], List.of("bridge", "link", "set", "dev", parts[1], "flood", "off",
                "mcast_flood", groups ? "on" : "off"));
            assertEquals(0, set.await(10), set.output());
        }
    }

    private String switchesPort() throws Exception {
        final LabProcess learnt = lab.start("lan", List.of("sh", "-c", "bridge fdb show | grep -i " + VIRTUAL + " | cut -d' ' -f3"));
        learnt.await(10);
        return learnt.output().strip();
    }

    private Path host(final String name, final String presence) throws Exception {
        final Path config = lab.directory().resolve(name + ".properties");
        Files.writeString(config, "link.device=hf0\nstack.addresses=" + Lab.SERVICE + "\nlink.virtual_mac=" + VIRTUAL
            + "\nlink.presence=" + presence + "\nstack.hear_ms=60000\n");
        final Path socket = lab.directory().resolve(name + ".sock");
        Files.deleteIfExists(socket);
        lab.java(name, MovableAddress.class, name, config.toString(), socket.toString()).awaitLine("listening");
        return socket;
    }

    @Test
    void shouldMoveWithoutTheClientAsking() throws Exception {
        hosts("flooded");
        final LabProcess atA = capture("a", "hf0", "tcp and dst host " + Lab.SERVICE);
        final LabProcess atB = capture("b", "hf0", "tcp and dst host " + Lab.SERVICE);
        MovableAddress.command(a, "take");
        assertEquals("a", lab.shell(20, "curl -sS -m 10 " + URL));
        assertTrue(lab.client(10, "ip", "neigh", "show", Lab.SERVICE).contains(VIRTUAL));
        final String syn = "> " + VIRTUAL + ", ethertype IPv4 (0x0800)";
        atA.awaitLine(syn);
        atB.awaitLine(syn);
        atA.end();
        atB.end();

        final LabProcess questions = capture("client", "eth0", "arp");
        MovableAddress.command(a, "hold");
        MovableAddress.command(b, "take");
        assertEquals("b", lab.shell(20, "curl -sS -m 10 " + URL));
        final String pings = lab.client(20, "ping", "-n", "-c", "3", "-i", "0.2", Lab.SERVICE);
        assertTrue(pings.contains(" 0% packet loss"), pings);
        MovableAddress.command(b, "hold");
        MovableAddress.command(a, "take");
        assertEquals("a", lab.shell(20, "curl -sS -m 10 " + URL));
        questions.awaitLine("is-at " + VIRTUAL).end();
        assertFalse(questions.output().contains("who-has " + Lab.SERVICE + " tell 10.77.0.1,"), questions.output());

        final LabProcess learnt = lab.start("lan", List.of("bridge", "fdb", "show"));
        assertEquals(0, learnt.await(10));
        assertFalse(learnt.output().contains(VIRTUAL), learnt.output());
    }

    @Test
    void shouldAnswerWhatItHeardWhileNobodyHadTheAddress() throws Exception {
        hosts("flooded");
        MovableAddress.command(a, "take");
        assertEquals("a", lab.shell(20, "curl -sS -m 10 " + URL));
        MovableAddress.command(a, "hold");
        final long before = heard();
        final LabProcess asking = lab.start("client", List.of("curl", "-sS", "-m", "30", URL));
        while (heard() == before) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        MovableAddress.command(b, "take");
        assertEquals(0, asking.await(40), asking.output());
        assertEquals("b", asking.output());
        assertTrue(Long.parseLong(MovableAddress.command(b, "taken-in")) > 0);
    }

    @Test
    void shouldNotBeReachableWhereNothingLearnsOrFloods() throws Exception {
        hosts("flooded");
        stopFlooding(true);
        MovableAddress.command(a, "take");
        final LabProcess asking = lab.start("client", List.of("curl", "-sS", "-m", "3", URL));
        assertTrue(asking.await(20) != 0, "reachable all the same: " + asking.output());
    }

    /** Switches have what is for it go to the host that has it, and to no other port. */
    @Test
    void shouldBeLearnedBySwitchesThatDoNotFlood() throws Exception {
        hosts("learned");
        stopFlooding(true);
        MovableAddress.command(a, "take");
        assertEquals("a", lab.shell(20, "curl -sS -m 10 " + URL));
        assertEquals("a", switchesPort());
        final LabProcess atB = capture("b", "hf0", "tcp and dst host " + Lab.SERVICE);
        final LabProcess sources = capture("client", "eth0", "src host " + Lab.SERVICE + " or arp");
        assertEquals("a", lab.shell(20, "curl -sS -m 10 " + URL));
        MovableAddress.command(a, "hold");
        MovableAddress.command(b, "take");
        assertEquals("b", lab.shell(20, "curl -sS -m 10 " + URL));
        assertEquals("b", switchesPort());
        atB.awaitLine("> " + VIRTUAL + ", ethertype IPv4 (0x0800)");
        MovableAddress.command(b, "hold");
        MovableAddress.command(a, "take");
        assertEquals("a", lab.shell(20, "curl -sS -m 10 " + URL));
        assertEquals("a", switchesPort());
        sources.awaitLine("is-at " + VIRTUAL).end();
        for (final String line : sources.output().split("\n")) {
            assertTrue(!line.contains("is-at " + VIRTUAL) || line.contains(" " + VIRTUAL + " > "), "ARP and frame differ: " + line);
            assertTrue(!line.contains(Lab.SERVICE + ".8080 >") || line.contains(" " + VIRTUAL + " > "), "another source: " + line);
        }
        atB.end();
    }

    @Test
    void shouldBeLearnedBySwitchesThatFlood() throws Exception {
        hosts("learned");
        MovableAddress.command(a, "take");
        assertEquals("a", lab.shell(20, "curl -sS -m 10 " + URL));
        MovableAddress.command(a, "hold");
        MovableAddress.command(b, "take");
        assertEquals("b", lab.shell(20, "curl -sS -m 10 " + URL));
        assertEquals("b", switchesPort());
    }

    /** The client's kernel is one that takes a group's address from ARP; routers often do not (RFC 1812 3.3.2). */
    @Test
    void shouldBeBroughtToBothHostsAsAGroup() throws Exception {
        hosts("multicast");
        stopFlooding(true);
        final LabProcess atB = capture("b", "hf0", "tcp and dst host " + Lab.SERVICE);
        MovableAddress.command(a, "take");
        assertEquals("a", lab.shell(20, "curl -sS -m 10 " + URL));
        atB.awaitLine("> 03:00:00:77:00:64, ethertype IPv4 (0x0800)").end();
        MovableAddress.command(a, "hold");
        MovableAddress.command(b, "take");
        assertEquals("b", lab.shell(20, "curl -sS -m 10 " + URL));
    }

    private long heard() throws IOException {
        return Long.parseLong(MovableAddress.command(b, "heard"));
    }

    private LabProcess capture(final String host, final String device, final String filter) throws Exception {
        final LabProcess capture = lab.start(host,
            List.of("sh", "-c", "exec tcpdump -lne -i " + device + " '" + filter + "' 2>&1"));
        return capture.awaitLine("listening on");
    }
}
