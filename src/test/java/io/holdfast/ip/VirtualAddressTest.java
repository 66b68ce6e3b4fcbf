package io.holdfast.ip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.IpCounter;
import io.holdfast.util.Deadline;
import io.holdfast.wire.ArpPacket;
import io.holdfast.wire.EthernetHeader;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An address that two hosts share, at a hardware address that neither of them sends from; or, last, in other ways. */
final class VirtualAddressTest {
    private static final long VIRTUAL = 0x0200_0000_0064L;
    private static final long MS = 1_000_000L;
    private static final byte[] PAYLOAD = IpFixture.pattern(40);

    private final IpFixture f = new IpFixture();

    @BeforeEach
    void useVirtualAddress() {
        f.ip.virtualMac(VIRTUAL, Presence.FLOODED);
    }

    @Test
    void shouldAnswerWithTheVirtualAddressFromItsOwn() {
        f.receiveArp(MacAddress.BROADCAST, ArpPacket.REQUEST, IpFixture.PEER_MAC, "10.77.0.1", 0, "10.77.0.100");

        assertEquals(CollectingLink.MAC, source());
        final ArpPacket reply = f.sentArp();
        assertEquals(ArpPacket.REPLY, reply.operation());
        assertEquals(VIRTUAL, reply.senderMac());
    }

    @Test
    void shouldAskAndSendFromItsOwnAddress() {
        f.send(IpFixture.PEER, 17, false, PAYLOAD);
        assertEquals(CollectingLink.MAC, source());
        assertEquals(VIRTUAL, f.sentArp().senderMac());

        f.receiveArp(VIRTUAL, ArpPacket.REPLY, IpFixture.PEER_MAC, "10.77.0.1", VIRTUAL, "10.77.0.100");
        assertEquals(CollectingLink.MAC, source());
        f.sentPacket();
    }

    @Test
    void shouldTakeFramesForBothAddressesAndNoOther() {
        final byte[] packet = IpFixture.ipv4(IpFixture.PEER, IpFixture.OWN, 17, PAYLOAD);
        f.receiveFrame(IpFixture.ethernet(VIRTUAL, EthernetHeader.TYPE_IPV4, packet));
        f.receiveFrame(IpFixture.ethernet(CollectingLink.MAC, EthernetHeader.TYPE_IPV4, packet));
        f.receiveFrame(IpFixture.ethernet(VIRTUAL + 1, EthernetHeader.TYPE_IPV4, packet));

        assertEquals(2, f.delivered.size());
        assertEquals(1, f.count(IpCounter.IN_NOT_FOR_US_FRAME));
    }

    @Test
    void shouldNotTakeTheOtherHostsAnnouncementForAConflict() {
        announcement(VIRTUAL);
        assertEquals(0, f.count(IpCounter.ARP_CONFLICTS));
        assertTrue(f.link.frames.isEmpty());

        announcement(VIRTUAL + 1);
        assertEquals(2, f.count(IpCounter.ARP_CONFLICTS), "a stranger's is one still, in either form");
    }

    @Test
    void shouldNotTakeTheOtherHostsAnnouncementForAConflictWhileProbing() {
        final IpAddress other = IpAddress.parse("10.77.0.101");
        f.ip.probeAddress(other, 24, f.now);
        f.receiveArp(MacAddress.BROADCAST, ArpPacket.REQUEST, VIRTUAL, "10.77.0.101", 0, "10.77.0.101");
        f.elapse(10 * IpFixture.SECOND);
        assertTrue(f.ip.owns(other.hi(), other.lo()));
    }

    @Test
    void shouldNeitherAnswerNorSendWhileHeldBack() {
        f.knowPeer();
        f.ip.holdAddress(IpFixture.OWN, 24);
        f.receiveArp(MacAddress.BROADCAST, ArpPacket.REQUEST, IpFixture.PEER_MAC, "10.77.0.1", 0, "10.77.0.100");
        f.receiveFrame(IpFixture.ethernet(VIRTUAL, EthernetHeader.TYPE_IPV4,
            IpFixture.ipv4(IpFixture.PEER, IpFixture.OWN, 17, PAYLOAD)));
        announcement(VIRTUAL + 1);
        f.send(IpFixture.PEER, 17, false, PAYLOAD);
        f.elapse(60 * IpFixture.SECOND);

        assertTrue(f.link.frames.isEmpty());
        assertTrue(f.delivered.isEmpty());
        assertEquals(1, f.count(IpCounter.OUT_FOREIGN_SOURCE));
        assertEquals(0, f.count(IpCounter.ARP_CONFLICTS));
    }

    @Test
    void shouldFallSilentInTheMiddleOfAQuestion() {
        f.send(IpFixture.PEER, 17, false, PAYLOAD);
        f.sentArp();
        f.ip.holdAddress(IpFixture.OWN, 24);
        f.elapse(60 * IpFixture.SECOND);
        assertTrue(f.link.frames.isEmpty(), "asked again");
        f.receiveArp(VIRTUAL, ArpPacket.REPLY, IpFixture.PEER_MAC, "10.77.0.1", VIRTUAL, "10.77.0.100");
        assertTrue(f.link.frames.isEmpty(), "a packet that waited left from another host's address");

        f.ip.addAddress(IpFixture.OWN, 24);
        f.send(IpFixture.PEER, 17, false, PAYLOAD);
        assertEquals(1, f.link.frames.size());
        f.sentPacket();
    }

    @Test
    void shouldStopProbingANeighborWhenHeldBack() {
        f.knowPeer();
        f.send(IpFixture.PEER, 17, false, PAYLOAD);
        f.link.frames.clear();
        f.ip.holdAddress(IpFixture.OWN, 24);
        f.elapse(60 * IpFixture.SECOND);
        assertTrue(f.link.frames.isEmpty());
        assertEquals(Deadline.NONE, f.ip.nextDeadlineNs());
    }

    /** A client's requests and replies reach both hosts, so that a new primary need not ask again. */
    @Test
    void shouldKnowThePrimarysNeighborsAfterATakeover() {
        f.ip.holdAddress(IpFixture.OWN, 24);
        f.receiveArp(VIRTUAL, ArpPacket.REPLY, IpFixture.PEER_MAC, "10.77.0.1", VIRTUAL, "10.77.0.100");
        f.receiveArp(MacAddress.BROADCAST, ArpPacket.REQUEST, 0x0200_0000_0077L, "10.77.0.7", 0, "10.77.0.100");
        f.receiveArp(MacAddress.BROADCAST, ArpPacket.REQUEST, 0x0200_0000_0078L, "10.77.0.8", 0, "10.77.0.9");

        f.ip.addAddress(IpFixture.OWN, 24);
        f.send(IpFixture.PEER, 17, false, PAYLOAD);
        f.sentPacket();
        f.send(IpAddress.parse("10.77.0.7"), 17, false, PAYLOAD);
        f.sentPacket();
        f.send(IpAddress.parse("10.77.0.8"), 17, false, PAYLOAD);
        assertEquals(ArpPacket.REQUEST, f.sentArp().operation());
    }

    @Test
    void shouldAnnounceFourTimesInBothForms() {
        f.elapse(IpFixture.SECOND);
        final long start = f.now;
        f.ip.announceRepeatedly(f.now);
        final List<Long> times = new ArrayList<>();
        while (!f.link.frames.isEmpty()) {
            times.add((f.now - start) / MS);
            assertEquals(CollectingLink.MAC, source());
            final ArpPacket request = f.sentArp();
            assertEquals(ArpPacket.REQUEST, request.operation());
            assertEquals(VIRTUAL, request.senderMac());
            assertEquals(IpFixture.OWN.v4(), request.senderAddress());
            assertEquals(IpFixture.OWN.v4(), request.targetAddress());
            assertEquals(MacAddress.BROADCAST, destination());
            final ArpPacket reply = f.sentArp();
            assertEquals(ArpPacket.REPLY, reply.operation());
            assertEquals(VIRTUAL, reply.senderMac());
            assertEquals(IpFixture.OWN.v4(), reply.senderAddress());
            assertTrue(f.link.frames.isEmpty());
            if (f.ip.nextDeadlineNs() != Deadline.NONE) {
                f.now = f.ip.nextDeadlineNs();
                f.ip.onTimer(f.now);
            }
        }
        assertEquals(List.of(0L, 50L, 200L, 1000L), times);
    }

    @Test
    void shouldAnnounceOnceForTimesThatWereMissed() {
        f.ip.announceRepeatedly(f.now);
        f.link.frames.clear();
        f.now += 500 * MS;
        f.ip.onTimer(f.now);
        assertEquals(2, f.link.frames.size());
        f.ip.stopAnnouncing();
        f.elapse(10 * IpFixture.SECOND);
        assertEquals(2, f.link.frames.size());
        assertFalse(f.ip.nextDeadlineNs() < Deadline.NONE);
    }

    // --- where switches learn it ---

    @Test
    void shouldSendEverythingFromTheVirtualAddressWhereItIsLearned() {
        f.ip.virtualMac(VIRTUAL, Presence.LEARNED);
        f.receiveArp(MacAddress.BROADCAST, ArpPacket.REQUEST, IpFixture.PEER_MAC, "10.77.0.1", 0, "10.77.0.100");
        shouldAgree(VIRTUAL);
        f.send(IpFixture.PEER, 17, false, PAYLOAD);
        assertEquals(VIRTUAL, source());
        f.sentPacket();
        f.send(IpAddress.parse("10.77.0.9"), 17, false, PAYLOAD);
        shouldAgree(VIRTUAL);
        f.ip.announceRepeatedly(f.now);
        shouldAgree(VIRTUAL);
        shouldAgree(VIRTUAL);
    }

    @Test
    void shouldNeverSendFromTheVirtualAddressOfAnotherHost() {
        f.ip.virtualMac(VIRTUAL, Presence.LEARNED);
        f.ip.holdAddress(IpFixture.OWN, 24);
        final IpAddress probed = IpAddress.parse("10.77.0.101");
        f.ip.probeAddress(probed, 24, f.now);
        f.elapse(2 * IpFixture.SECOND);
        assertFalse(f.link.frames.isEmpty());
        while (!f.link.frames.isEmpty()) {
            shouldAgree(CollectingLink.MAC);
        }
        // Flooded frames are still for it.
        f.receiveArp(VIRTUAL, ArpPacket.REPLY, IpFixture.PEER_MAC, "10.77.0.1", VIRTUAL, "10.77.0.100");
        assertEquals(0, f.count(IpCounter.IN_NOT_FOR_US_FRAME));
        f.ip.addAddress(IpFixture.OWN, 24);
        f.send(IpFixture.PEER, 17, false, PAYLOAD);
        assertEquals(VIRTUAL, source());
        f.sentPacket();
        f.ip.removeAddress(IpFixture.OWN);
        f.ip.removeAddress(probed);
        f.elapse(60 * IpFixture.SECOND);
        while (!f.link.frames.isEmpty()) {
            shouldAgree(CollectingLink.MAC);
        }
    }

    /** Some switches take a frame whose source is not what its ARP says for an attack. */
    private void shouldAgree(final long mac) {
        assertEquals(mac, source());
        assertEquals(mac, f.sentArp().senderMac());
    }

    @Test
    void shouldTellAndTakeAGroupsAddressAndSendFromItsOwn() {
        final long group = VIRTUAL | 1L << 40;
        f.ip.virtualMac(VIRTUAL, Presence.MULTICAST);
        f.receiveArp(MacAddress.BROADCAST, ArpPacket.REQUEST, IpFixture.PEER_MAC, "10.77.0.1", 0, "10.77.0.100");
        assertEquals(CollectingLink.MAC, source());
        assertEquals(group, f.sentArp().senderMac());
        f.receiveFrame(IpFixture.ethernet(group, EthernetHeader.TYPE_IPV4, IpFixture.ipv4(IpFixture.PEER, IpFixture.OWN, 17, PAYLOAD)));
        assertEquals(1, f.delivered.size());
        assertFalse(f.delivered.get(0).toGroup(), "its group is only how switches bring it");
        announcement(group);
        assertEquals(0, f.count(IpCounter.ARP_CONFLICTS));
        assertEquals(0, f.count(IpCounter.ARP_IN_MALFORMED));
    }

    private void announcement(final long mac) {
        f.receiveArp(MacAddress.BROADCAST, ArpPacket.REQUEST, mac, "10.77.0.100", 0, "10.77.0.100");
        f.receiveArp(MacAddress.BROADCAST, ArpPacket.REPLY, mac, "10.77.0.100", MacAddress.BROADCAST, "10.77.0.100");
    }

    private EthernetHeader ethernet() {
        final CollectingLink.Frame frame = f.link.frames.element();
        final EthernetHeader header = new EthernetHeader();
        header.wrap(frame.bytes(), 0, frame.length());
        return header;
    }

    private long source() {
        return ethernet().source();
    }

    private long destination() {
        return ethernet().destination();
    }
}
