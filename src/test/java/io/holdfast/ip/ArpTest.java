package io.holdfast.ip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.IpCounter;
import io.holdfast.ip.neighbor.HeldPackets;
import io.holdfast.ip.neighbor.NeighborCache;
import io.holdfast.wire.ArpPacket;
import io.holdfast.wire.EthernetHeader;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ArpTest {
    private static final long OTHER_MAC = 0x0200_0000_0077L;
    private final IpFixture f = new IpFixture();
    private final byte[] payload = IpFixture.pattern(100);

    @Test
    void shouldAnswerRequestsForUs() {
        f.receiveArp(MacAddress.BROADCAST, ArpPacket.REQUEST, IpFixture.PEER_MAC, "10.77.0.1", 0, "10.77.0.100");

        assertEquals(IpFixture.PEER_MAC, destination());
        final ArpPacket reply = f.sentArp();
        assertEquals(ArpPacket.REPLY, reply.operation());
        assertEquals(CollectingLink.MAC, reply.senderMac());
        assertEquals(IpFixture.OWN.v4(), reply.senderAddress());
        assertEquals(IpFixture.PEER_MAC, reply.targetMac());
        assertEquals(IpFixture.PEER.v4(), reply.targetAddress());

        f.send(IpFixture.PEER, 17, false, payload);
        assertEquals(IpFixture.PEER_MAC, destination());
    }

    @Test
    void shouldNotAnswerForOthers() {
        f.receiveArp(MacAddress.BROADCAST, ArpPacket.REQUEST, IpFixture.PEER_MAC, "10.77.0.1", 0, "10.77.0.101");

        assertTrue(f.link.frames.isEmpty());
        assertEquals(1, f.count(IpCounter.ARP_IN_STRANGER));
    }

    @Test
    void shouldHoldPacketsUntilTheAnswerComes() {
        f.send(IpFixture.PEER, 17, false, payload);
        f.send(IpFixture.PEER, 17, false, IpFixture.pattern(101));

        final ArpPacket request = f.sentArp();
        assertEquals(ArpPacket.REQUEST, request.operation());
        assertEquals(IpFixture.PEER.v4(), request.targetAddress());
        assertEquals(IpFixture.OWN.v4(), request.senderAddress());
        assertTrue(f.link.frames.isEmpty());

        f.resolvePeer();
        assertEquals(120, f.sentPacket().capacity());
        assertEquals(121, f.sentPacket().capacity());
        assertEquals(2, f.count(IpCounter.OUT_HELD));
    }

    @Test
    void shouldBoundWhatIsHeld() {
        for (int i = 0; i < HeldPackets.MAX_PACKETS + 10; i++) {
            f.send(IpFixture.PEER, 17, false, payload);
        }
        assertEquals(10, f.count(IpCounter.OUT_HOLD_FULL));
        f.resolvePeer();
        assertEquals(1 + HeldPackets.MAX_PACKETS, f.link.frames.size());
    }

    @Test
    void shouldAskThreeTimesOnceASecondThenReportEveryPacket() {
        final List<Integer> reports = new ArrayList<>();
        f.ip.events(new IpEventHandler() {
            @Override
            public void onUndeliverable(final IpPacket packet, final int code, final int mtu, final long nowNs) {
                assertEquals(IpFixture.PEER.lo(), packet.destinationLo);
                reports.add(code);
            }
        });
        for (int i = 0; i < 5; i++) {
            f.send(IpFixture.PEER, 17, false, payload);
        }
        assertEquals(1, f.link.frames.size());
        f.elapse(IpFixture.SECOND - 1);
        assertEquals(1, f.link.frames.size());
        f.elapse(1);
        assertEquals(2, f.link.frames.size());
        f.elapse(IpFixture.SECOND);
        assertEquals(3, f.link.frames.size());
        assertTrue(reports.isEmpty());
        f.elapse(IpFixture.SECOND);

        assertEquals(3, f.link.frames.size());
        assertEquals(List.of(1, 1, 1, 1, 1), reports);
        f.send(IpFixture.PEER, 17, false, payload);
        f.ip.poll(f.up, f.now);
        assertEquals(6, reports.size());
        assertEquals(3, f.link.frames.size());

        f.elapse(IpFixture.SECOND);
        f.send(IpFixture.PEER, 17, false, payload);
        assertEquals(4, f.link.frames.size());
    }

    @Test
    void shouldProbeAStaleNeighborThatNobodyConfirms() {
        f.send(IpFixture.PEER, 17, false, payload);
        f.resolvePeer();
        f.link.frames.clear();
        f.elapse(NeighborCache.REACHABLE_NS);
        f.send(IpFixture.PEER, 17, false, payload);
        assertEquals(1, f.link.frames.size());
        f.elapse(NeighborCache.DELAY_NS - 1);
        assertEquals(1, f.link.frames.size());
        f.elapse(1);
        f.link.frames.remove();
        assertEquals(IpFixture.PEER_MAC, destination());
        f.sentArp();
        f.resolvePeer();
        f.elapse(10 * IpFixture.SECOND);
        assertTrue(f.link.frames.isEmpty());
    }

    @Test
    void shouldNotProbeANeighborThatTcpConfirms() {
        f.send(IpFixture.PEER, 17, false, payload);
        f.resolvePeer();
        f.elapse(NeighborCache.REACHABLE_NS);
        f.send(IpFixture.PEER, 17, false, payload);
        f.ip.confirm(IpFixture.PEER.hi(), IpFixture.PEER.lo(), f.now);
        f.link.frames.clear();
        f.elapse(NeighborCache.DELAY_NS * 2);

        assertTrue(f.link.frames.isEmpty());
    }

    @Test
    void shouldFollowAGratuitousArpAtOnce() {
        f.knowPeer();
        f.receiveArp(MacAddress.BROADCAST, ArpPacket.REQUEST, OTHER_MAC, "10.77.0.1", 0, "10.77.0.1");
        f.send(IpFixture.PEER, 17, false, payload);

        assertEquals(OTHER_MAC, destination());
        assertEquals(1, f.count(IpCounter.ARP_CHANGED));
    }

    @Test
    void shouldLearnNothingFromStrangers() {
        f.receiveArp(MacAddress.BROADCAST, ArpPacket.REQUEST, OTHER_MAC, "10.77.0.1", 0, "10.77.0.1");
        f.receiveArp(MacAddress.BROADCAST, ArpPacket.REPLY, OTHER_MAC, "10.77.0.1", OTHER_MAC, "10.77.0.1");
        f.receiveArp(CollectingLink.MAC, ArpPacket.REPLY, OTHER_MAC, "10.77.0.1", CollectingLink.MAC, "10.77.0.100");

        assertEquals(3, f.count(IpCounter.ARP_IN_STRANGER));
        f.send(IpFixture.PEER, 17, false, payload);
        f.sentArp();
    }

    @Test
    void shouldBoundTheTable() {
        for (int i = 0; i < NeighborCache.MAX_NEIGHBORS + 50; i++) {
            f.receiveArp(CollectingLink.MAC, ArpPacket.REQUEST, OTHER_MAC, "10.78." + i / 250 + "." + (1 + i % 250), 0,
                "10.77.0.100");
        }
        assertEquals(50, f.count(IpCounter.ARP_EVICTED));
        assertEquals(NeighborCache.MAX_NEIGHBORS + 50, f.link.frames.size());
    }

    @Test
    void shouldRefuseImpossibleSenders() {
        f.receiveArp(CollectingLink.MAC, ArpPacket.REQUEST, MacAddress.BROADCAST, "10.77.0.1", 0, "10.77.0.100");
        f.receiveArp(CollectingLink.MAC, ArpPacket.REQUEST, OTHER_MAC, "224.0.0.1", 0, "10.77.0.100");
        f.receiveArp(CollectingLink.MAC, ArpPacket.REQUEST, 0, "10.77.0.1", 0, "10.77.0.100");
        f.receiveArp(CollectingLink.MAC, 3, OTHER_MAC, "10.77.0.1", 0, "10.77.0.100");

        assertEquals(4, f.count(IpCounter.ARP_IN_MALFORMED));
        assertTrue(f.link.frames.isEmpty());
    }

    @Test
    void shouldAnnounceInBothForms() {
        f.ip.announce(IpFixture.OWN);

        assertEquals(MacAddress.BROADCAST, destination());
        final ArpPacket request = f.sentArp();
        assertEquals(ArpPacket.REQUEST, request.operation());
        assertEquals(IpFixture.OWN.v4(), request.senderAddress());
        assertEquals(IpFixture.OWN.v4(), request.targetAddress());
        final ArpPacket reply = f.sentArp();
        assertEquals(ArpPacket.REPLY, reply.operation());
        assertEquals(IpFixture.OWN.v4(), reply.senderAddress());
        assertEquals(IpFixture.OWN.v4(), reply.targetAddress());
    }

    @Test
    void shouldDefendItsAddressAtALimitedRate() {
        final List<Long> conflicts = new ArrayList<>();
        f.ip.events(conflictsTo(conflicts));
        for (int i = 0; i < 4; i++) {
            f.receiveArp(MacAddress.BROADCAST, ArpPacket.REQUEST, OTHER_MAC, "10.77.0.100", 0, "10.77.0.100");
        }
        assertEquals(2, f.link.frames.size());
        assertEquals(4, f.count(IpCounter.ARP_CONFLICTS));
        assertEquals(List.of(OTHER_MAC), conflicts);

        f.elapse(10 * IpFixture.SECOND);
        f.receiveArp(MacAddress.BROADCAST, ArpPacket.REPLY, OTHER_MAC, "10.77.0.100", 0, "10.77.0.1");
        assertEquals(4, f.link.frames.size());
        assertTrue(f.ip.owns(IpFixture.OWN.hi(), IpFixture.OWN.lo()));

        f.ip.defendAddresses(false);
        f.elapse(10 * IpFixture.SECOND);
        f.receiveArp(MacAddress.BROADCAST, ArpPacket.REPLY, OTHER_MAC, "10.77.0.100", 0, "10.77.0.1");
        assertEquals(4, f.link.frames.size());
        assertEquals(3, conflicts.size());
    }

    @Test
    void shouldProbeBeforeUseAndThenAnnounce() {
        final IpAddress second = IpAddress.parse("10.77.0.101");
        f.ip.probeAddress(second, 24, f.now);
        assertFalse(f.ip.owns(second.hi(), second.lo()));
        f.elapse(5 * IpFixture.SECOND);
        for (int i = 0; i < 3; i++) {
            final ArpPacket probe = f.sentArp();
            assertEquals(0, probe.senderAddress());
            assertEquals(second.v4(), probe.targetAddress());
        }
        f.elapse(5 * IpFixture.SECOND);

        assertTrue(f.ip.owns(second.hi(), second.lo()));
        assertEquals(4, f.link.frames.size());
        assertEquals(second.v4(), f.sentArp().senderAddress());
    }

    @Test
    void shouldGiveUpAnAddressThatProvesTaken() {
        final List<Long> conflicts = new ArrayList<>();
        f.ip.events(conflictsTo(conflicts));
        final IpAddress second = IpAddress.parse("10.77.0.101");
        f.ip.probeAddress(second, 24, f.now);
        f.elapse(2 * IpFixture.SECOND);
        f.receiveArp(CollectingLink.MAC, ArpPacket.REPLY, OTHER_MAC, "10.77.0.101", CollectingLink.MAC, "0.0.0.0");
        f.elapse(20 * IpFixture.SECOND);

        assertFalse(f.ip.owns(second.hi(), second.lo()));
        assertEquals(List.of(OTHER_MAC), conflicts);
    }

    @Test
    void shouldAnswerProbesWithoutLearning() {
        f.receiveArp(MacAddress.BROADCAST, ArpPacket.REQUEST, OTHER_MAC, "0.0.0.0", 0, "10.77.0.100");

        assertEquals(OTHER_MAC, destination());
        assertEquals(ArpPacket.REPLY, f.sentArp().operation());
    }

    private static IpEventHandler conflictsTo(final List<Long> conflicts) {
        return new IpEventHandler() {
            @Override
            public void onAddressConflict(final IpAddress address, final long mac, final long nowNs) {
                conflicts.add(mac);
            }
        };
    }

    /** Ethernet destination of the oldest frame, which stays. */
    private long destination() {
        final EthernetHeader ethernet = new EthernetHeader();
        ethernet.wrap(f.link.frames.peek().bytes(), 0, 14);
        return ethernet.destination();
    }
}
