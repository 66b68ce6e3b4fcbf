package io.holdfast.ip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.IpCounter;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.wire.EthernetHeader;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.Ipv4Header;
import io.holdfast.wire.MacAddress;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IpLayerReceiveTest {
    private final IpFixture f = new IpFixture();
    private final byte[] payload = IpFixture.pattern(100);

    @Test
    void shouldDeliverAPacketForUs() {
        f.receiveFrame(IpFixture.ethernet(CollectingLink.MAC, EthernetHeader.TYPE_IPV4,
            IpFixture.ipv4(IpFixture.PEER, IpFixture.OWN, 17, payload)), true, 33);

        assertEquals(1, f.delivered.size());
        final IpFixture.Delivered packet = f.delivered.get(0);
        assertArrayEquals(payload, packet.payload());
        assertEquals(17, packet.protocol());
        assertEquals(IpFixture.PEER.lo(), packet.sourceLo());
        assertEquals(IpFixture.OWN.lo(), packet.destinationLo());
        assertTrue(packet.checksumValid());
        assertEquals(33, packet.gsoSize());
        assertFalse(packet.toGroup());
    }

    @Test
    void shouldTrimPaddingOfShortFrames() {
        final byte[] packet = IpFixture.ipv4(IpFixture.PEER, IpFixture.OWN, 17, new byte[] {1, 2, 3});
        f.receivePacket(Arrays.copyOf(packet, 46));

        assertArrayEquals(new byte[] {1, 2, 3}, f.delivered.get(0).payload());
    }

    @Test
    void shouldTakeBareIpFromALinkWithoutEthernet() {
        f.link.capabilities = new LinkCapabilities(false, 1500, 0, false, false, 65_535);
        f.receiveFrame(IpFixture.ipv4(IpFixture.PEER, IpFixture.OWN, 17, payload));

        assertEquals(1, f.delivered.size());
    }

    @Test
    void shouldIgnoreFramesOfOtherStations() {
        f.receiveFrame(IpFixture.ethernet(0x0200_0000_0099L, EthernetHeader.TYPE_IPV4,
            IpFixture.ipv4(IpFixture.PEER, IpFixture.OWN, 17, payload)));

        assertDropped(IpCounter.IN_NOT_FOR_US_FRAME);
    }

    @Test
    void shouldMarkBroadcasts() {
        for (final String to : new String[] {"255.255.255.255", "10.77.0.255", "224.0.0.1"}) {
            f.receiveFrame(IpFixture.ethernet(MacAddress.BROADCAST, EthernetHeader.TYPE_IPV4,
                IpFixture.ipv4(IpFixture.PEER, IpAddress.parse(to), 17, payload)));
        }
        assertEquals(3, f.delivered.size());
        assertTrue(f.delivered.stream().allMatch(IpFixture.Delivered::toGroup));
    }

    @Test
    void shouldDropUnicastInABroadcastFrame() {
        f.receiveFrame(IpFixture.ethernet(MacAddress.BROADCAST, EthernetHeader.TYPE_IPV4,
            IpFixture.ipv4(IpFixture.PEER, IpFixture.OWN, 6, payload)));

        assertDropped(IpCounter.IN_GROUP_FRAME);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "10.77.0.255", "0.1.2.3"})
    void shouldDropMartianSources(final String source) {
        f.receivePacket(IpFixture.ipv4(IpAddress.parse(source), IpFixture.OWN, 17, payload));

        assertDropped(IpCounter.IN_MARTIAN_SOURCE);
    }

    @Test
    void shouldDropPacketsFromOurOwnAddress() {
        f.receivePacket(IpFixture.ipv4(IpFixture.OWN, IpFixture.OWN, 17, payload));

        assertDropped(IpCounter.IN_OWN_SOURCE);
    }

    @Test
    void shouldDropPacketsForOthers() {
        f.receivePacket(IpFixture.ipv4(IpFixture.PEER, IpAddress.parse("10.77.0.101"), 17, payload));
        f.receivePacket(IpFixture.ipv4(IpFixture.PEER, IpAddress.parse("127.0.0.1"), 17, payload));
        f.receivePacket(IpFixture.ipv4(IpFixture.PEER, IpAddress.parse("239.1.2.3"), 17, payload));

        assertTrue(f.delivered.isEmpty());
        assertEquals(1, f.count(IpCounter.IN_NOT_FOR_US));
        assertEquals(1, f.count(IpCounter.IN_MARTIAN_DESTINATION));
        assertEquals(1, f.count(IpCounter.IN_GROUP_NOT_JOINED));
    }

    @Test
    void shouldCountEachKindOfBadHeader() {
        final byte[] good = IpFixture.ipv4(IpFixture.PEER, IpFixture.OWN, 17, payload);

        f.receivePacket(Arrays.copyOf(good, 19));
        f.receivePacket(with(good, 0, 0x65));
        f.receivePacket(with(good, 0, 0x44));
        f.receivePacket(Arrays.copyOf(good, good.length - 1));
        f.receivePacket(with(good, 8, good[8] + 1));
        f.receiveFrame(new byte[13]);
        f.receiveFrame(IpFixture.ethernet(CollectingLink.MAC, EthernetHeader.TYPE_IPV6, payload));
        f.receiveFrame(IpFixture.ethernet(CollectingLink.MAC, EthernetHeader.TYPE_VLAN, payload));

        assertTrue(f.delivered.isEmpty());
        assertEquals(1, f.count(IpCounter.IN_TRUNCATED));
        assertEquals(1, f.count(IpCounter.IN_BAD_VERSION));
        assertEquals(1, f.count(IpCounter.IN_BAD_HEADER_LENGTH));
        assertEquals(1, f.count(IpCounter.IN_BAD_TOTAL_LENGTH));
        assertEquals(1, f.count(IpCounter.IN_BAD_CHECKSUM));
        assertEquals(1, f.count(IpCounter.IN_RUNT));
        assertEquals(1, f.count(IpCounter.IN_IPV6));
        assertEquals(1, f.count(IpCounter.IN_UNKNOWN_ETHERTYPE));
    }

    @Test
    void shouldSkipOptions() {
        f.receivePacket(withOptions(new byte[] {1, 7, 7, 4, 0, 0, 0, 0}));

        assertArrayEquals(payload, f.delivered.get(0).payload());
    }

    @Test
    void shouldRefuseSourceRoutesAndBrokenOptions() {
        f.receivePacket(withOptions(new byte[] {(byte) 131, 3, 4, 0}));
        f.receivePacket(withOptions(new byte[] {(byte) 137, 3, 4, 0}));
        f.receivePacket(withOptions(new byte[] {7, 1, 0, 0}));
        f.receivePacket(withOptions(new byte[] {7, 5, 0, 0}));
        f.receivePacket(withOptions(new byte[] {1, 1, 1, 7}));

        assertTrue(f.delivered.isEmpty());
        assertEquals(2, f.count(IpCounter.IN_SOURCE_ROUTED));
        assertEquals(3, f.count(IpCounter.IN_BAD_OPTION));
    }

    @Test
    void shouldDeliverTheLargestDatagramFromFragments() {
        final byte[] large = IpFixture.pattern(65_515);
        for (int at = 0; at < large.length; at += 1480) {
            final int end = Math.min(large.length, at + 1480);
            f.receivePacket(IpFixture.fragment(IpFixture.PEER, IpFixture.OWN, 1, 77, at, end < large.length,
                Arrays.copyOfRange(large, at, end)));
        }

        assertEquals(1, f.delivered.size());
        assertArrayEquals(large, f.delivered.get(0).payload());
        assertEquals(1, f.count(IpCounter.REASM_OKS));
    }

    @Test
    void shouldNotLeakDatagramsWhoseHandlerFails() {
        for (int id = 0; id < 200; id++) {
            f.receivePacket(IpFixture.fragment(IpFixture.PEER, IpFixture.OWN, 17, id, 0, true, new byte[8]));
            final byte[] last = IpFixture.fragment(IpFixture.PEER, IpFixture.OWN, 17, id, 8, false, new byte[8]);
            assertThrows(IllegalStateException.class, () -> f.receiveFrame(
                IpFixture.ethernet(CollectingLink.MAC, EthernetHeader.TYPE_IPV4, last), false, 0, (packet, nowNs) -> {
                    throw new IllegalStateException("a handler's mistake");
                }));
        }
        assertEquals(200, f.count(IpCounter.REASM_OKS));
        assertEquals(0, f.count(IpCounter.REASM_EVICTED));
    }

    @Test
    void shouldStopAnsweringForARemovedAddress() {
        f.ip.removeAddress(IpFixture.OWN);
        f.receivePacket(IpFixture.ipv4(IpFixture.PEER, IpFixture.OWN, 17, payload));

        assertDropped(IpCounter.IN_NOT_FOR_US);
        assertTrue(f.send(IpFixture.PEER, 17, false, payload));
        assertTrue(f.link.frames.isEmpty());
        assertEquals(1, f.count(IpCounter.OUT_FOREIGN_SOURCE));
    }

    @Property(tries = 3000)
    void shouldSurviveAnyBytes(
        @ForAll @Size(max = 90) final byte[] bytes, @ForAll @IntRange(max = 3) final int kind) {
        final byte[] frame = bytes.clone();
        if (kind > 0 && frame.length >= 34) {
            final UnsafeBuffer buffer = new UnsafeBuffer(frame);
            EthernetHeader.write(buffer, 0, CollectingLink.MAC, IpFixture.PEER_MAC,
                kind == 1 ? EthernetHeader.TYPE_ARP : EthernetHeader.TYPE_IPV4);
            if (kind == 3) {
                Ipv4Header.write(buffer, 14, 0, frame.length - 14, bytes[0] & 3, false, (bytes[1] & 1) == 0,
                    (bytes[2] & 15) * 8, 64, bytes[3] & 0xFF, IpFixture.PEER.v4(), IpFixture.OWN.v4());
            }
        }
        f.receiveFrame(frame);
        f.elapse(IpFixture.SECOND);
    }

    private void assertDropped(final IpCounter counter) {
        assertTrue(f.delivered.isEmpty());
        assertEquals(1, f.count(counter));
    }

    private static byte[] with(final byte[] bytes, final int index, final int value) {
        final byte[] copy = bytes.clone();
        copy[index] = (byte) value;
        return copy;
    }

    private byte[] withOptions(final byte[] options) {
        final byte[] plain = IpFixture.ipv4(IpFixture.PEER, IpFixture.OWN, 17, payload);
        final byte[] bytes = new byte[plain.length + options.length];
        System.arraycopy(plain, 0, bytes, 0, 20);
        System.arraycopy(options, 0, bytes, 20, options.length);
        System.arraycopy(payload, 0, bytes, 20 + options.length, payload.length);
        bytes[0] = (byte) (0x40 | 5 + options.length / 4);
        Ipv4Header.makeWhole(new UnsafeBuffer(bytes), 0, bytes.length);
        return bytes;
    }
}
