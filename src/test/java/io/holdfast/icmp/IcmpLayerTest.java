package io.holdfast.icmp;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.IcmpCounter;
import io.holdfast.ip.CollectingLink;
import io.holdfast.ip.IpEventHandler;
import io.holdfast.ip.IpFixture;
import io.holdfast.ip.IpPacket;
import io.holdfast.util.SeededRandom;
import io.holdfast.wire.Checksum;
import io.holdfast.wire.EthernetHeader;
import io.holdfast.wire.IcmpHeader;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.Ipv4Header;
import io.holdfast.wire.MacAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IcmpLayerTest {
    private final IpFixture f = new IpFixture();
    private final List<String> errors = new ArrayList<>();
    private final IcmpLayer icmp = new IcmpLayer(f.ip, f.counters, new SeededRandom(5),
        (type, code, mtu, protocol, localHi, localLo, remoteHi, remoteLo, localPort, remotePort, seq, length, local,
            now) ->
            errors.add(type + "/" + code + " mtu=" + mtu + " p=" + protocol + " " + new IpAddress(localHi, localLo)
                + ":" + localPort + " > " + new IpAddress(remoteHi, remoteLo) + ":" + remotePort + " seq=" + seq
                + " len=" + length + (local ? " local" : "")),
        IpEventHandler.NONE);

    @ParameterizedTest
    @ValueSource(ints = {8, 9, 64, 1480, 1481, 60_008, 65_515})
    void shouldAnswerEchoOfAnySize(final int size) {
        f.knowPeer();
        final byte[] request = echo(size);
        receiveInFragments(request);

        final IpFixture peer = peer();
        while (!f.link.frames.isEmpty()) {
            final UnsafeBuffer packet = f.sentPacket();
            final byte[] bytes = new byte[packet.capacity()];
            packet.getBytes(0, bytes);
            peer.receivePacket(bytes);
        }
        assertEquals(1, peer.delivered.size());
        final byte[] reply = peer.delivered.get(0).payload();
        assertEquals(0, Checksum.of(new UnsafeBuffer(reply), 0, reply.length));
        assertEquals(0, reply[0]);
        assertArrayEquals(Arrays.copyOfRange(request, 4, size), Arrays.copyOfRange(reply, 4, size));
        assertEquals(1, f.counters.get(IcmpCounter.OUT_ECHO_REPS));
    }

    @Test
    void shouldIgnoreEchoToAGroup() {
        f.knowPeer();
        for (final String to : new String[] {"255.255.255.255", "10.77.0.255", "224.0.0.1"}) {
            f.receiveFrame(IpFixture.ethernet(MacAddress.BROADCAST, EthernetHeader.TYPE_IPV4,
                IpFixture.ipv4(IpFixture.PEER, IpAddress.parse(to), 1, echo(64))), false, 0, icmp);
        }
        assertTrue(f.link.frames.isEmpty());
        assertEquals(3, f.counters.get(IcmpCounter.IN_ECHO_GROUP));
    }

    @Test
    void shouldDropWhatIsDamaged() {
        final byte[] damaged = echo(64);
        damaged[20]++;
        receive(damaged);
        receive(new byte[7]);

        assertEquals(1, f.counters.get(IcmpCounter.IN_BAD_CHECKSUM));
        assertEquals(1, f.counters.get(IcmpCounter.IN_TRUNCATED));
        assertTrue(f.link.frames.isEmpty());
    }

    @Test
    void shouldIgnoreTimestampsRedirectsAndTheLike() {
        for (final int type : new int[] {0, 13, 14, 5, 4, 42}) {
            receive(message(type, 0, 0, new byte[20]));
        }
        assertTrue(f.link.frames.isEmpty());
        assertEquals(2, f.counters.get(IcmpCounter.IN_TIMESTAMPS));
        assertEquals(1, f.counters.get(IcmpCounter.IN_REDIRECTS));
        assertEquals(1, f.counters.get(IcmpCounter.IN_SOURCE_QUENCHS));
        assertEquals(1, f.counters.get(IcmpCounter.IN_ECHO_REPS));
        assertEquals(1, f.counters.get(IcmpCounter.IN_UNKNOWN));
    }

    @Test
    void shouldHandOnErrorsAboutOurPackets() {
        receive(message(3, 4, 1400, quote(IpFixture.OWN, 6, new byte[] {0, 80, 0x1F, (byte) 0x90, 1, 2, 3, 4})));
        receive(message(3, 3, 7, quote(IpFixture.OWN, 17, new byte[] {0, 53, 0, 99, 0, 8, 0, 0, 5})));

        assertEquals(List.of(
            "3/4 mtu=1400 p=6 10.77.0.100:80 > 10.77.0.1:8080 seq=16909060 len=28",
            "3/3 mtu=0 p=17 10.77.0.100:53 > 10.77.0.1:99 seq=524288 len=29"), errors);
    }

    @Test
    void shouldDropErrorsThatQuoteNothingOfOurs() {
        receive(message(3, 1, 0, quote(IpAddress.parse("10.77.0.9"), 6, new byte[8])));
        receive(message(3, 1, 0, quote(IpFixture.OWN, 6, new byte[7])));
        receive(message(11, 0, 0, new byte[19]));
        receive(message(12, 0, 0, IpFixture.fragment(IpFixture.OWN, IpFixture.PEER, 6, 1, 8, false, new byte[8])));
        final byte[] toAll = IpFixture.ipv4(IpFixture.PEER, IpAddress.parse("10.77.0.255"), 1,
            message(3, 1, 0, quote(IpFixture.OWN, 6, new byte[8])));
        f.receiveFrame(
            IpFixture.ethernet(MacAddress.BROADCAST, EthernetHeader.TYPE_IPV4, toAll), false, 0, icmp);

        assertTrue(errors.isEmpty());
        assertEquals(1, f.counters.get(IcmpCounter.IN_FOREIGN_QUOTE));
        assertEquals(3, f.counters.get(IcmpCounter.IN_BAD_QUOTE));
        assertEquals(1, f.counters.get(IcmpCounter.IN_ERROR_TO_GROUP));
    }

    @Test
    void shouldQuoteWhatItComplainsAbout() {
        f.knowPeer();
        final byte[] offending = IpFixture.ipv4(IpFixture.PEER, IpFixture.OWN, 17, IpFixture.pattern(1000));
        complainAbout(offending);

        final UnsafeBuffer packet = f.sentPacket();
        assertEquals(576, packet.capacity());
        final Ipv4Header header = IpFixture.header(packet);
        assertEquals(1, header.protocol());
        assertEquals(IpFixture.PEER.v4(), header.destination());
        assertEquals(0x0303, packet.getShort(20, BIG_ENDIAN));
        assertEquals(0, Checksum.of(packet, 20, 556));
        final byte[] quoted = new byte[548];
        packet.getBytes(28, quoted);
        assertArrayEquals(Arrays.copyOf(offending, 548), quoted);
    }

    @Test
    void shouldLimitTheRateOfErrors() {
        f.knowPeer();
        final byte[] offending = IpFixture.ipv4(IpFixture.PEER, IpFixture.OWN, 17, new byte[8]);
        for (int i = 0; i < 60; i++) {
            complainAbout(offending);
        }
        final int first = f.link.frames.size();
        assertTrue(first >= IcmpLayer.ERROR_BURST / 3 && first < IcmpLayer.ERROR_BURST, "sent " + first);
        assertEquals(60 - first, f.counters.get(IcmpCounter.OUT_RATE_LIMITED));
        f.link.frames.clear();
        for (int ms = 0; ms < 1000; ms++) {
            f.now += 1_000_000;
            complainAbout(offending);
            complainAbout(offending);
        }
        final int second = f.link.frames.size();
        assertTrue(second >= IcmpLayer.ERRORS_PER_SECOND / 3 && second < IcmpLayer.ERRORS_PER_SECOND, "sent " + second);
    }

    @Test
    void shouldNotComplainAboutErrorsOrGroups() {
        f.knowPeer();
        complainAbout(IpFixture.ipv4(IpFixture.PEER, IpFixture.OWN, 1, message(3, 3, 0, new byte[28])));
        f.receiveFrame(IpFixture.ethernet(MacAddress.BROADCAST, EthernetHeader.TYPE_IPV4,
            IpFixture.ipv4(IpFixture.PEER, IpAddress.parse("10.77.0.255"), 17, new byte[8])), false, 0, complaint());

        assertTrue(f.link.frames.isEmpty());
        assertEquals(2, f.counters.get(IcmpCounter.OUT_SUPPRESSED));
    }

    @Test
    void shouldReportReassemblyTimeoutsIfTheFirstFragmentCame() {
        f.knowPeer();
        f.receivePacket(IpFixture.fragment(IpFixture.PEER, IpFixture.OWN, 17, 1, 8, true, new byte[8]));
        f.receivePacket(IpFixture.fragment(IpFixture.PEER, IpFixture.OWN, 17, 2, 0, true, IpFixture.pattern(16)));
        f.elapse(31 * IpFixture.SECOND);

        while (f.link.frames.size() > 1) {
            f.link.frames.remove();
        }
        final UnsafeBuffer packet = f.sentPacket();
        assertEquals(0x0B01, packet.getShort(20, BIG_ENDIAN));
        assertEquals(2, packet.getShort(28 + 4, BIG_ENDIAN));
        assertEquals(1, f.counters.get(IcmpCounter.OUT_TIME_EXCDS));
    }

    @Test
    void shouldReportWhatCouldNotGoLikeARouter() {
        f.send(IpAddress.parse("192.0.2.1"), 6, true, new byte[] {0, 80, 0, 81, 0, 0, 0, 9, 0, 0, 0, 0});
        f.ip.poll(f.up, f.now);

        assertEquals(List.of("3/0 mtu=0 p=6 10.77.0.100:80 > 192.0.2.1:81 seq=9 len=32 local"), errors);
    }

    @Property(tries = 2000)
    void shouldSurviveAnyMessage(@ForAll @Size(max = 80) final byte[] bytes) {
        receive(bytes);
        if (bytes.length >= 8) {
            receive(message(bytes[0] & 15, bytes[1], bytes[2], Arrays.copyOfRange(bytes, 8, bytes.length)));
        }
    }

    private void complainAbout(final byte[] packet) {
        f.receiveFrame(IpFixture.ethernet(CollectingLink.MAC, EthernetHeader.TYPE_IPV4, packet), false, 0, complaint());
    }

    private io.holdfast.ip.PacketHandler complaint() {
        return (final IpPacket packet, final long now) ->
            icmp.sendError(IcmpHeader.UNREACHABLE, IcmpHeader.PORT_UNREACHABLE, packet, now);
    }

    private void receive(final byte[] message) {
        f.receiveFrame(IpFixture.ethernet(CollectingLink.MAC, EthernetHeader.TYPE_IPV4,
            IpFixture.ipv4(IpFixture.PEER, IpFixture.OWN, 1, message)), false, 0, icmp);
    }

    private void receiveInFragments(final byte[] message) {
        for (int at = 0; at < message.length; at += 1480) {
            final int end = Math.min(message.length, at + 1480);
            f.receiveFrame(IpFixture.ethernet(CollectingLink.MAC, EthernetHeader.TYPE_IPV4,
                IpFixture.fragment(IpFixture.PEER, IpFixture.OWN, 1, 5, at, end < message.length,
                    Arrays.copyOfRange(message, at, end))), false, 0, icmp);
        }
    }

    private static byte[] echo(final int size) {
        return message(8, 0, 0x1234_0001, IpFixture.pattern(size - 8));
    }

    private static byte[] message(final int type, final int code, final int rest, final byte[] body) {
        final byte[] bytes = new byte[8 + body.length];
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        IcmpHeader.write(buffer, 0, type, code, rest);
        buffer.putBytes(8, body);
        IcmpHeader.complete(buffer, 0, bytes.length);
        return bytes;
    }

    private static byte[] quote(final IpAddress from, final int protocol, final byte[] transport) {
        return IpFixture.ipv4(from, IpFixture.PEER, protocol, transport);
    }

    private static IpFixture peer() {
        final IpFixture peer = new IpFixture();
        peer.ip.removeAddress(IpFixture.OWN);
        peer.ip.addAddress(IpFixture.PEER, 24);
        return peer;
    }
}
