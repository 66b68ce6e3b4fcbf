package io.holdfast.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Round trips of the codecs below TCP, and that no bytes make a view throw. */
final class CodecsTest {
    private static final int AT = 3;
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[128]);

    @Property
    void shouldRoundTripEthernet(
        @ForAll @LongRange(max = MacAddress.BROADCAST) final long destination,
        @ForAll @LongRange(max = MacAddress.BROADCAST) final long source,
        @ForAll @IntRange(max = 0xFFFF) final int type) {
        EthernetHeader.write(buffer, AT, destination, source, type);
        final EthernetHeader header = new EthernetHeader();
        assertTrue(header.wrap(buffer, AT, EthernetHeader.BYTES));
        assertEquals(destination, header.destination());
        assertEquals(source, header.source());
        assertEquals(type, header.type());
    }

    @Property
    void shouldRoundTripArp(
        @ForAll @LongRange(max = MacAddress.BROADCAST) final long senderMac,
        @ForAll final int sender,
        @ForAll @LongRange(max = MacAddress.BROADCAST) final long targetMac,
        @ForAll final int target,
        @ForAll @IntRange(max = 0xFFFF) final int operation) {
        ArpPacket.write(buffer, AT, operation, senderMac, sender, targetMac, target);
        final ArpPacket packet = new ArpPacket();
        assertTrue(packet.wrap(buffer, AT, ArpPacket.BYTES));
        assertEquals(operation, packet.operation());
        assertEquals(senderMac, packet.senderMac());
        assertEquals(sender, packet.senderAddress());
        assertEquals(targetMac, packet.targetMac());
        assertEquals(target, packet.targetAddress());
    }

    @Property
    void shouldRoundTripIpv4(
        @ForAll @IntRange(max = 0xFF) final int trafficClass,
        @ForAll @IntRange(min = 20, max = 125) final int totalLength,
        @ForAll @IntRange(max = 0xFFFF) final int identification,
        @ForAll final boolean dontFragment,
        @ForAll final boolean moreFragments,
        @ForAll @IntRange(max = 8191) final int fragmentUnit,
        @ForAll @IntRange(max = 0xFF) final int hopLimit,
        @ForAll @IntRange(max = 0xFF) final int protocol,
        @ForAll final int source,
        @ForAll final int destination) {
        Ipv4Header.write(buffer, AT, trafficClass, totalLength, identification, dontFragment, moreFragments,
            fragmentUnit * 8, hopLimit, protocol, source, destination);
        final Ipv4Header header = new Ipv4Header();
        assertEquals(Ipv4Header.Fault.NONE, header.check(buffer, AT, 125));
        assertTrue(header.checksumCorrect());
        assertEquals(20, header.headerLength());
        assertEquals(trafficClass, header.trafficClass());
        assertEquals(totalLength, header.totalLength());
        assertEquals(identification, header.identification());
        assertEquals(dontFragment, header.dontFragment());
        assertEquals(moreFragments, header.moreFragments());
        assertEquals(fragmentUnit * 8, header.fragmentOffset());
        assertEquals(moreFragments || fragmentUnit > 0, header.isFragment());
        assertEquals(hopLimit, header.hopLimit());
        assertEquals(protocol, header.protocol());
        assertEquals(source, header.source());
        assertEquals(destination, header.destination());

        buffer.putByte(AT + 8, (byte) (hopLimit + 1));
        assertFalse(header.checksumCorrect());
    }

    @Property
    void shouldRoundTripUdpAndIcmp(
        @ForAll @IntRange(max = 0xFFFF) final int a,
        @ForAll @IntRange(max = 0xFFFF) final int b,
        @ForAll @IntRange(min = 8, max = 100) final int length,
        @ForAll @IntRange(max = 0xFFFF) final int checksum,
        @ForAll @IntRange(max = 0xFF) final int type,
        @ForAll @IntRange(max = 0xFF) final int code) {
        UdpHeader.write(buffer, AT, a, b, length, checksum);
        final UdpHeader udp = new UdpHeader();
        assertTrue(udp.wrap(buffer, AT, length));
        assertEquals(a, udp.sourcePort());
        assertEquals(b, udp.destinationPort());
        assertEquals(length, udp.length());
        assertEquals(checksum, udp.checksum());

        IcmpHeader.write(buffer, AT, type, code, a << 16 | b);
        IcmpHeader.complete(buffer, AT, length);
        final IcmpHeader icmp = new IcmpHeader();
        assertTrue(icmp.wrap(buffer, AT, length));
        assertEquals(type, icmp.type());
        assertEquals(code, icmp.code());
        assertEquals(a, icmp.identifier());
        assertEquals(b, icmp.sequence());
        assertEquals(b, icmp.nextHopMtu());
        assertEquals(0, Checksum.of(buffer, AT, length));
    }

    @Property(tries = 2000)
    void shouldNotThrowWhateverTheBytes(@ForAll @Size(max = 80) final byte[] bytes) {
        final UnsafeBuffer data = new UnsafeBuffer(bytes);
        if (bytes.length > 0 && (bytes[0] & 0x40) == 0) {
            bytes[0] = (byte) (0x40 | bytes[0] & 0xF);
        }
        final Ipv4Header ip = new Ipv4Header();
        if (ip.check(data, 0, bytes.length) == Ipv4Header.Fault.NONE) {
            ip.checksumCorrect();
            assertTrue(ip.totalLength() <= bytes.length && ip.headerLength() <= ip.totalLength());
        }
        if (ip.wrapQuoted(data, 0, bytes.length)) {
            ip.destination();
        }
        final UdpHeader udp = new UdpHeader();
        if (udp.wrap(data, 0, bytes.length)) {
            assertTrue(udp.length() <= bytes.length);
        }
        final EthernetHeader ethernet = new EthernetHeader();
        if (ethernet.wrap(data, 0, bytes.length)) {
            ethernet.type();
        }
        final ArpPacket arp = new ArpPacket();
        if (arp.wrap(data, 0, bytes.length)) {
            arp.targetAddress();
        }
        final IcmpHeader icmp = new IcmpHeader();
        if (icmp.wrap(data, 0, bytes.length)) {
            icmp.sequence();
        }
    }

    @Test
    void shouldFormatMacAddresses() {
        assertEquals("02:00:5e:10:00:ff", MacAddress.format(0x0200_5e10_00ffL));
        assertTrue(MacAddress.isGroup(MacAddress.BROADCAST));
        assertTrue(MacAddress.isGroup(MacAddress.ofV4Group(0xE000_0001)));
        assertFalse(MacAddress.isGroup(0x0200_5e10_00ffL));
        assertEquals(0x0100_5e7f_0001L, MacAddress.ofV4Group(0xEFFF_0001));
    }
}
