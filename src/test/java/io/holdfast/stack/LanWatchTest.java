package io.holdfast.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.StackConfig;
import io.holdfast.counters.Counters;
import io.holdfast.ip.IpLayer;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import io.holdfast.link.memory.MemoryHub;
import io.holdfast.link.memory.MemoryLink;
import io.holdfast.util.SeededRandom;
import io.holdfast.wire.ArpPacket;
import io.holdfast.wire.EthernetHeader;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Signs of life of the clients' LAN, on a hub with one other station. */
final class LanWatchTest {
    private static final long MS = 1_000_000;
    private static final long QUIET_NS = 15 * MS;
    private static final long OWN = 0x02_00_00_00_00_10L;
    private static final long KERNEL = 0x02_00_00_00_00_11L;
    private static final long CLIENT_MAC = 0x02_00_00_00_00_01L;
    private static final IpAddress SERVICE = IpAddress.parse("10.77.0.100");
    private static final IpAddress CLIENT = IpAddress.parse("10.77.0.1");
    private static final IpAddress GATEWAY = IpAddress.parse("10.77.0.254");

    /** An ARP packet that the other station heard. */
    private record Asked(long to, long from, long senderMac, int sender, int target) {
    }

    private final MemoryHub hub = new MemoryHub(false, 64);
    private final MemoryLink own = hub.attach(LinkCapabilities.plainEthernet(1_500, OWN));
    private final MemoryLink other = hub.attach(LinkCapabilities.plainEthernet(1_500, CLIENT_MAC));
    private final FrameSlot slot = new FrameSlot();
    private LanWatch watch = watch(null, List.of());
    private long nowNs = 1_000 * MS;

    private LanWatch watch(final IpAddress gateway, final List<IpAddress> targets) {
        return watch(QUIET_NS, gateway, targets);
    }

    private LanWatch watch(final long quietNs, final IpAddress gateway, final List<IpAddress> targets) {
        return watch(quietNs, gateway, targets, List.of());
    }

    private LanWatch watch(final long quietNs, final IpAddress gateway, final List<IpAddress> targets, final List<IpAddress> others) {
        final Counters counters = new Counters();
        final IpLayer ip = new IpLayer(own, counters, new SeededRandom(1));
        final StackConfig config = new StackConfig().address(SERVICE).prefixLength(24);
        return new LanWatch(new LanWatchConfig(quietNs, gateway, targets, others, mac -> mac == KERNEL), own, ip,
            new ServiceAddresses(config, own, ip, counters), () -> new Endpoint[0], 1_000 * MS);
    }

    private void arpFrom(final long mac, final IpAddress sender) {
        final OutboundFrame frame = new OutboundFrame();
        frame.clear();
        EthernetHeader.write(frame.buffer, frame.start, MacAddress.BROADCAST, mac, EthernetHeader.TYPE_ARP);
        ArpPacket.write(frame.buffer, frame.start + EthernetHeader.BYTES, ArpPacket.REQUEST, mac, sender.v4(), 0, SERVICE.v4());
        frame.end = frame.start + EthernetHeader.BYTES + ArpPacket.BYTES;
        other.transmit(frame);
        cycle(0);
    }

    /** Time passes, then a duty cycle. */
    private void cycle(final long ms) {
        nowNs += ms * MS;
        while (own.receive(slot)) {
            watch.onFrame(slot, nowNs);
        }
        watch.listened(nowNs);
        watch.poll(nowNs);
    }

    private List<Asked> asked() {
        final List<Asked> all = new ArrayList<>();
        final EthernetHeader ethernet = new EthernetHeader();
        final ArpPacket arp = new ArpPacket();
        while (other.receive(slot)) {
            ethernet.wrap(slot.buffer, slot.offset, slot.length);
            assertTrue(arp.wrap(slot.buffer, slot.offset + EthernetHeader.BYTES, slot.length - EthernetHeader.BYTES));
            assertEquals(ArpPacket.REQUEST, arp.operation());
            all.add(new Asked(ethernet.destination(), ethernet.source(), arp.senderMac(), arp.senderAddress(), arp.targetAddress()));
        }
        return all;
    }

    @Test
    void shouldTakeFramesOfOtherStationsForSigns() {
        assertEquals(LanSigns.NEVER, watch.signs().signNs());
        arpFrom(CLIENT_MAC, CLIENT);
        assertEquals(nowNs, watch.signs().signNs());
        assertEquals(nowNs, watch.signs().listenedNs());
    }

    @Test
    void shouldNotTakeFramesOfItsOwnHostForSigns() {
        arpFrom(KERNEL, IpAddress.parse("10.77.0.11"));
        arpFrom(OWN, SERVICE);
        assertEquals(LanSigns.NEVER, watch.signs().signNs());
    }

    /** In no address's name, so that no cache changes, and from the device's own address, so that no switch learns another. */
    @Test
    void shouldAskWhoWasHeardWhenItIsQuiet() {
        arpFrom(CLIENT_MAC, CLIENT);
        cycle(QUIET_NS / MS - 1);
        assertEquals(List.of(), asked());
        assertEquals(nowNs + MS, watch.nextDeadlineNs());
        cycle(1);
        assertEquals(List.of(new Asked(CLIENT_MAC, OWN, OWN, 0, CLIENT.v4())), asked());
        arpFrom(CLIENT_MAC, CLIENT);
        cycle(1);
        assertEquals(List.of(), asked(), "the answer is a sign");
    }

    /** A frame that tells no address on this LAN, as of IPv6: nobody is known who could be asked, so no silence is an answer. */
    @Test
    void shouldNotCountQuestionsThatWereAskedOfNobodyKnown() {
        watch = watch(QUIET_NS, null, List.of(), List.of(GATEWAY));
        arpFrom(CLIENT_MAC, IpAddress.parse("192.168.9.9"));
        int probes = 0;
        for (int ms = 0; ms < 1_000; ms++) {
            cycle(1);
            assertEquals(0, watch.signs().unanswered());
            probes += asked().size();
        }
        assertTrue(probes > 0, "the other host's kernel may know of the LAN");
    }

    @Test
    void shouldAskEverybodyRarelyOnceNobodyAnswers() {
        arpFrom(CLIENT_MAC, CLIENT);
        int probes = 0;
        for (int ms = 0; ms < 1_000; ms++) {
            cycle(1);
            probes += asked().size();
        }
        assertEquals(nowNs - 1_000 * MS, watch.signs().signNs());
        assertTrue(probes >= 13 && probes <= 25, probes + " probes");
        cycle(100);
        assertEquals(List.of(new Asked(MacAddress.BROADCAST, OWN, OWN, 0, CLIENT.v4())), asked());
    }

    /** Who decides late asks rarely, and must have as many questions without an answer. */
    @Test
    void shouldAskOftenEnoughForALongTimeout() {
        final long quietMs = 60;
        watch = watch(quietMs * MS, null, List.of());
        arpFrom(CLIENT_MAC, CLIENT);
        for (int ms = 0; ms <= 6 * quietMs; ms++) {
            cycle(1);
        }
        assertTrue(watch.signs().unanswered() >= 5, watch.signs().unanswered() + " unanswered");
    }

    @Test
    void shouldAskTheGateway() {
        watch = watch(GATEWAY, List.of());
        cycle(100);
        assertEquals(List.of(new Asked(MacAddress.BROADCAST, OWN, OWN, 0, GATEWAY.v4())), asked());
    }

    @Test
    void shouldNotAskForTheServiceItself() {
        arpFrom(CLIENT_MAC, SERVICE);
        cycle(50);
        assertEquals(List.of(), asked());
    }

    @Test
    void shouldBelieveNobodyButTargetsWhereThereAreSome() {
        watch = watch(null, List.of(GATEWAY));
        arpFrom(CLIENT_MAC, CLIENT);
        assertEquals(LanSigns.NEVER, watch.signs().signNs());
        cycle(100);
        assertEquals(List.of(new Asked(MacAddress.BROADCAST, OWN, OWN, 0, GATEWAY.v4())), asked());
        arpFrom(CLIENT_MAC, GATEWAY);
        assertEquals(nowNs, watch.signs().signNs());
        assertFalse(watch.signs().gone());
    }

    @Test
    void shouldForgetTheStationHeardLongestAgo() {
        for (int i = 0; i <= LanWatch.MAX_NEIGHBORS; i++) {
            nowNs += 20 * MS;
            arpFrom(CLIENT_MAC + i, IpAddress.ofV4(CLIENT.v4() + i));
        }
        nowNs += 300 * MS;
        cycle(0);
        final List<Integer> targets = asked().stream().map(Asked::target).toList();
        assertEquals(LanWatch.MAX_NEIGHBORS, targets.size());
        assertFalse(targets.contains(CLIENT.v4()));
        assertTrue(targets.contains(CLIENT.v4() + LanWatch.MAX_NEIGHBORS));
    }
}
