package io.holdfast.ip;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.IpCounter;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.wire.Checksum;
import io.holdfast.wire.EthernetHeader;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.Ipv4Header;
import io.holdfast.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

final class IpLayerSendTest {
    private final IpFixture f = new IpFixture();
    private final byte[] payload = IpFixture.pattern(100);

    @Test
    void shouldWriteHeadersAndGatherParts() {
        f.knowPeer();
        f.fill(new byte[] {1, 2, 3});
        final UnsafeBuffer a = IpFixture.direct(new byte[] {4, 5});
        final UnsafeBuffer b = IpFixture.direct(new byte[] {6});
        f.frame.addPart(a.addressOffset(), 2);
        f.frame.addPart(b.addressOffset(), 1);

        assertTrue(f.ip.send(f.frame, 0, IpFixture.OWN.lo(), 0, IpFixture.PEER.lo(), 6, 0xB8, 9, true, f.now));

        final EthernetHeader ethernet = new EthernetHeader();
        ethernet.wrap(f.link.frames.peek().bytes(), 0, 14);
        assertEquals(IpFixture.PEER_MAC, ethernet.destination());
        assertEquals(CollectingLink.MAC, ethernet.source());
        final UnsafeBuffer packet = f.sentPacket();
        final Ipv4Header header = IpFixture.header(packet);
        assertEquals(0xB8, header.trafficClass());
        assertEquals(9, header.hopLimit());
        assertEquals(6, header.protocol());
        assertTrue(header.dontFragment());
        assertEquals(IpFixture.OWN.v4(), header.source());
        assertEquals(IpFixture.PEER.v4(), header.destination());
        assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6}, tail(packet));
    }

    @Test
    void shouldCompleteChecksumsOnlyIfTheDeviceDoesNot() {
        f.knowPeer();
        final long pseudo = Checksum.pseudoHeader(0, IpFixture.OWN.lo(), 0, IpFixture.PEER.lo(), 17, 100);
        for (final boolean offload : new boolean[] {false, true}) {
            f.link.capabilities = new LinkCapabilities(true, 1500, CollectingLink.MAC, false, offload, 65_549);
            f.fill(payload);
            f.frame.buffer.putShort(f.frame.start + 6, (short) Checksum.fold(pseudo), BIG_ENDIAN);
            f.frame.checksumStart = f.frame.start;
            f.frame.checksumOffset = 6;

            f.sendFrame(IpFixture.PEER, 17, false);

            assertEquals(offload ? 34 : -1, f.link.frames.peek().checksumStart());
            final UnsafeBuffer packet = f.sentPacket();
            final int field = packet.getShort(26, BIG_ENDIAN) & 0xFFFF;
            if (offload) {
                assertEquals(Checksum.fold(pseudo), field);
            } else {
                assertEquals(0, Checksum.finish(Checksum.add(pseudo, packet, 20, 100)));
            }
        }
    }

    @Test
    void shouldFragmentWhatIsTooBigForTheLink() {
        f.knowPeer();
        final byte[] large = IpFixture.pattern(60_008);

        assertTrue(f.send(IpFixture.PEER, 1, false, large));

        assertEquals(41, f.link.frames.size());
        assertEquals(41, f.count(IpCounter.OUT_FRAG_CREATES));
        final IpFixture peer = peerOfOwn();
        while (!f.link.frames.isEmpty()) {
            final UnsafeBuffer packet = f.sentPacket();
            assertTrue(packet.capacity() <= 1500);
            peer.receivePacket(bytes(packet));
        }
        assertArrayEquals(large, peer.delivered.get(0).payload());
    }

    @Test
    void shouldCompleteTheChecksumBeforeFragmenting() {
        f.knowPeer();
        f.link.capabilities = new LinkCapabilities(true, 1500, CollectingLink.MAC, true, true, 65_549);
        final byte[] large = IpFixture.pattern(4001);
        final long pseudo = Checksum.pseudoHeader(0, IpFixture.OWN.lo(), 0, IpFixture.PEER.lo(), 17, 4001);
        f.fill(large);
        f.frame.buffer.putShort(f.frame.start + 6, (short) Checksum.fold(pseudo), BIG_ENDIAN);
        f.frame.checksumStart = f.frame.start;
        f.frame.checksumOffset = 6;

        f.sendFrame(IpFixture.PEER, 17, false);

        final IpFixture peer = peerOfOwn();
        while (!f.link.frames.isEmpty()) {
            assertEquals(-1, f.link.frames.peek().checksumStart());
            peer.receivePacket(bytes(f.sentPacket()));
        }
        final UnsafeBuffer whole = new UnsafeBuffer(peer.delivered.get(0).payload());
        assertEquals(0, Checksum.finish(Checksum.add(pseudo, whole, 0, whole.capacity())));
    }

    @Test
    void shouldReportLaterWhatMayNotBeFragmented() {
        f.knowPeer();
        final List<String> reports = new ArrayList<>();
        f.ip.events(new IpEventHandler() {
            @Override
            public void onUndeliverable(final IpPacket packet, final int code, final int mtu, final long nowNs) {
                reports.add(code + " " + mtu + " " + packet.protocol + " " + packet.length);
            }
        });

        assertTrue(f.send(IpFixture.PEER, 17, true, IpFixture.pattern(1481)));
        assertTrue(f.link.frames.isEmpty());
        assertTrue(reports.isEmpty());
        assertTrue(f.ip.pollPending());
        f.ip.poll(f.up, f.now);

        assertEquals(List.of("4 1500 17 44"), reports);
        assertTrue(f.send(IpFixture.PEER, 17, true, IpFixture.pattern(1480)));
        assertEquals(1, f.link.frames.size());
    }

    @Test
    void shouldMeasureSuperSegmentsByTheirPieces() {
        f.knowPeer();
        f.link.capabilities = new LinkCapabilities(true, 1500, CollectingLink.MAC, true, true, 65_549);
        for (final int gsoSize : new int[] {1460, 1461}) {
            final byte[] segment = IpFixture.pattern(20 + 20_000);
            segment[12] = 0x50;
            f.fill(segment);
            f.frame.gsoSize = gsoSize;
            f.sendFrame(IpFixture.PEER, 6, true);
        }

        assertEquals(1, f.link.frames.size());
        assertEquals(1460, f.link.frames.peek().gsoSize());
        assertEquals(20_040, f.sentPacket().capacity());
        assertEquals(1, f.count(IpCounter.OUT_TOO_BIG));
    }

    @Test
    void shouldSayWhenTheDeviceIsFull() {
        f.knowPeer();
        f.link.room = 0;

        assertFalse(f.send(IpFixture.PEER, 17, false, payload));
        assertFalse(f.send(IpFixture.PEER, 17, false, IpFixture.pattern(3000)));
        f.link.room = 1;
        assertTrue(f.send(IpFixture.PEER, 17, false, IpFixture.pattern(3000)));
        assertEquals(1, f.count(IpCounter.OUT_FRAG_LOST));
    }

    @Test
    void shouldNotRepeatIdentifications() {
        f.knowPeer();
        f.send(IpFixture.PEER, 17, false, payload);
        f.send(IpFixture.PEER, 17, true, payload);

        final int first = IpFixture.header(f.sentPacket()).identification();
        assertEquals(first + 1 & 0xFFFF, IpFixture.header(f.sentPacket()).identification());
    }

    @Test
    void shouldDeliverToOurselvesThroughTheQueue() {
        assertTrue(f.send(IpFixture.OWN, 17, false, IpFixture.pattern(40_000)));
        assertTrue(f.delivered.isEmpty());
        assertTrue(f.ip.pollPending());

        assertEquals(1, f.ip.poll(f.up, f.now));

        assertFalse(f.ip.pollPending());
        assertArrayEquals(IpFixture.pattern(40_000), f.delivered.get(0).payload());
        assertTrue(f.delivered.get(0).checksumValid());
        assertTrue(f.link.frames.isEmpty());
    }

    @Test
    void shouldBoundTheQueueToOurselves() {
        int taken = 0;
        while (f.send(IpFixture.OWN, 17, false, IpFixture.pattern(40_000))) {
            taken++;
        }
        assertTrue(taken >= 20 && taken < 30, "taken " + taken);
        assertEquals(1, f.count(IpCounter.OUT_LOOP_FULL));

        assertEquals(taken, f.ip.poll(f.up, f.now));
        assertTrue(f.send(IpFixture.OWN, 17, false, payload));
    }

    @Test
    void shouldRefuseAddressesThatNoHostCanHave() {
        for (final String address : new String[] {"0.0.0.0", "224.0.0.1", "255.255.255.255", "ff02::1"}) {
            assertThrows(IllegalArgumentException.class, () -> f.ip.addAddress(IpAddress.parse(address), 24));
        }
        assertThrows(IllegalArgumentException.class, () -> f.ip.addAddress(IpFixture.PEER, 33));
    }

    @Test
    void shouldSendGroupsToTheirLinkAddresses() {
        f.send(IpAddress.parse("255.255.255.255"), 17, false, payload);
        f.send(IpAddress.parse("10.77.0.255"), 17, false, payload);
        f.send(IpAddress.parse("239.255.1.2"), 17, false, payload);

        final EthernetHeader ethernet = new EthernetHeader();
        final long[] expected = {MacAddress.BROADCAST, MacAddress.BROADCAST, 0x0100_5E7F_0102L};
        for (final long mac : expected) {
            ethernet.wrap(f.link.frames.remove().bytes(), 0, 14);
            assertEquals(mac, ethernet.destination());
        }
    }

    @Test
    void shouldSendThroughTheGatewayOfTheLongestPrefix() {
        final IpAddress far = IpAddress.parse("192.0.2.7");
        f.send(far, 17, false, payload);
        f.send(far, 17, false, IpFixture.pattern(3000));
        assertEquals(2, f.count(IpCounter.OUT_NO_ROUTES));
        assertTrue(f.link.frames.isEmpty());

        f.ip.gateway(IpAddress.parse("10.77.0.254"));
        f.send(far, 17, false, payload);
        assertEquals(IpAddress.parse("10.77.0.254").v4(), f.sentArp().targetAddress());

        f.ip.route(IpAddress.parse("192.0.2.0"), 24, IpFixture.PEER);
        f.send(far, 17, false, payload);
        assertEquals(IpFixture.PEER.v4(), f.sentArp().targetAddress());
        assertEquals(IpFixture.OWN, f.ip.selectSource(far.hi(), far.lo()));
    }

    @Test
    void shouldLearnAndForgetPathMtus() {
        f.knowPeer();
        final IpAddress peer = IpFixture.PEER;
        assertEquals(1500, f.ip.pathMtu(peer.hi(), peer.lo(), f.now));
        assertEquals(1400, f.ip.lowerPathMtu(peer.hi(), peer.lo(), 1400, 1500, f.now));
        assertEquals(1400, f.ip.lowerPathMtu(peer.hi(), peer.lo(), 1450, 1500, f.now));
        assertEquals(552, f.ip.lowerPathMtu(peer.hi(), peer.lo(), 68, 1500, f.now));
        assertEquals(552, f.ip.pathMtu(peer.hi(), peer.lo(), f.now));
        f.send(peer, 17, true, IpFixture.pattern(533));
        assertTrue(f.link.frames.isEmpty());
        f.send(peer, 17, true, IpFixture.pattern(532));
        assertFalse(IpFixture.header(f.sentPacket()).dontFragment(), "below the floor, routers may fragment");

        f.now += PathMtuCache.MAX_AGE_NS;
        f.send(peer, 17, true, IpFixture.pattern(1480));
        assertTrue(IpFixture.header(f.sentPacket()).dontFragment());
        assertEquals(1500, f.ip.pathMtu(peer.hi(), peer.lo(), f.now));
        assertEquals(1492, f.ip.lowerPathMtu(peer.hi(), peer.lo(), 0, 1500, f.now));
    }

    private static IpFixture peerOfOwn() {
        final IpFixture peer = new IpFixture();
        peer.ip.removeAddress(IpFixture.OWN);
        peer.ip.addAddress(IpFixture.PEER, 24);
        return peer;
    }

    private static byte[] bytes(final UnsafeBuffer packet) {
        final byte[] bytes = new byte[packet.capacity()];
        packet.getBytes(0, bytes);
        return bytes;
    }

    private static byte[] tail(final UnsafeBuffer packet) {
        final byte[] bytes = new byte[packet.capacity() - 20];
        packet.getBytes(20, bytes);
        return bytes;
    }
}
