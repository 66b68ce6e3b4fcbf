package io.holdfast.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;

final class PacketFormatterTest {
    private static final String ETHERNET = "02000000000a" + "02000000000b";
    private static final String CLIENT = "0a4d0001";
    private static final String SERVER = "0a4d0064";

    private final PacketFormatter ethernet = new PacketFormatter(true, true);
    private final PacketFormatter relative = new PacketFormatter(false, true);
    private final PacketFormatter absolute = new PacketFormatter(false, false);

    @Example
    void shouldSayArp() {
        final String body = "0001080006040001" + "02000000000b" + CLIENT + "000000000000" + SERVER;
        assertEquals(
            "ARP, Request who-has 10.77.0.100 tell 10.77.0.1, length 28", ethernet(ETHERNET + "0806" + body));
        assertEquals(
            "ARP, Reply 10.77.0.1 is-at 02:00:00:00:00:0b, length 28",
            ethernet(ETHERNET + "0806" + body.replace("06040001", "06040002")));
    }

    @Example
    void shouldSayAHandshakeInRelativeNumbers() {
        final String syn = "c3500050" + "ffffffff" + "00000000" + "a002faf0" + "00000000"
            + "020405b4" + "0402080a" + "0000000a" + "00000000" + "01030307";
        assertEquals(
            "IP 10.77.0.1.50000 > 10.77.0.100.80: Flags [S], seq 4294967295, win 64240, "
                + "options [mss 1460,sackOK,TS val 10 ecr 0,nop,wscale 7], length 0",
            relative(ip(CLIENT, SERVER, 6, syn)));
        final String synAck = "0050c350" + "00001000" + "00000000" + "5012faf0" + "00000000";
        assertEquals(
            "IP 10.77.0.100.80 > 10.77.0.1.50000: Flags [S.], seq 4096, ack 1, win 64240, length 0",
            relative(ip(SERVER, CLIENT, 6, synAck)));
        final String data = "c3500050" + "00000000" + "00001001" + "5018faf0" + "00000000" + "616263";
        assertEquals(
            "IP 10.77.0.1.50000 > 10.77.0.100.80: Flags [P.], seq 1:4, ack 1, win 64240, length 3",
            relative(ip(CLIENT, SERVER, 6, data)));
        assertEquals(
            "IP 10.77.0.1.50000 > 10.77.0.100.80: Flags [P.], seq 0:3, ack 4097, win 64240, length 3",
            absolute(ip(CLIENT, SERVER, 6, data)));
        final String sack = "0050c350" + "00001001" + "00000000" + "8010faf0" + "00000000"
            + "0101050a" + "00000003" + "00000009";
        assertEquals(
            "IP 10.77.0.100.80 > 10.77.0.1.50000: Flags [.], ack 1, win 64240, "
                + "options [nop,nop,sack 1 {4:10}], length 0",
            relative(ip(SERVER, CLIENT, 6, sack)));
    }

    @Example
    void shouldSayStrangeOptions() {
        final String segment = "c3500050" + "00000000" + "00000000" + "8000faf0" + "00000000"
            + "fe04f989" + "020405b4" + "08000000";
        assertEquals(
            "IP 10.77.0.1.50000 > 10.77.0.100.80: Flags [none], win 64240, "
                + "options [unknown-254 0xf989,unknown-2 0x05b4,bad 8], length 0",
            absolute(ip(CLIENT, SERVER, 6, segment)));
    }

    @Example
    void shouldSayUdpAndIcmp() {
        assertEquals(
            "IP 10.77.0.1.4096 > 10.77.0.100.53: UDP, length 2",
            absolute(ip(CLIENT, SERVER, 17, "10000035000a0000" + "abcd")));
        assertEquals(
            "IP 10.77.0.1 > 10.77.0.100: ICMP echo request, id 7, seq 2, length 8",
            absolute(ip(CLIENT, SERVER, 1, "0800000000070002")));
        final String quoted = ip(CLIENT, SERVER, 6, "c35000500000002a");
        assertEquals(
            "IP 10.77.0.100 > 10.77.0.1: ICMP unreachable, need to frag (mtu 1400) "
                + "for {tcp 10.77.0.1.50000 > 10.77.0.100.80 seq 42}, length 36",
            absolute(ip(SERVER, CLIENT, 1, "0304000000000578" + quoted)));
    }

    @Example
    void shouldSayFragmentsAndDamage() {
        final String whole = ip(CLIENT, SERVER, 17, "10000035000a0000" + "abcd");
        assertTrue(absolute(whole.substring(0, 12) + "2001" + whole.substring(16)).contains("offset 8+, length 10"));
        final String cut = whole.substring(0, whole.length() - 4);
        assertTrue(absolute(cut).startsWith("IP truncated, 2 bytes missing, 10.77.0.1.4096 > "));
        assertTrue(absolute(whole.replace("4006", "3f06").replace("4011", "3f11")).contains("bad checksum"));
    }

    @Example
    void shouldSayIpv6AndOtherFrames() {
        final String ipv6 = "60000000" + "00081140" + "20010db8" + "00000000" + "00000000" + "00000001"
            + "fe800000" + "00000000" + "00000000" + "00000002";
        assertEquals(
            "IP6 2001:db8::1.4096 > fe80::2.53: UDP, length 0",
            ethernet(ETHERNET + "86dd" + ipv6 + "1000003500080000"));
        assertEquals(
            "vlan 5, 02:00:00:00:00:0b > 02:00:00:00:00:0a, ethertype 0x88cc, length 19",
            ethernet(ETHERNET + "8100" + "0005" + "88cc" + "00"));
        assertEquals("[|ether] length 3", ethernet("020000"));
        assertEquals("IP, version 0, length 0", absolute(""));
    }

    /** Damage at any place of a plausible frame, and any cut of it. */
    @Property(tries = 2_000)
    void shouldNotBreakOnAnyBytes(@ForAll @Size(max = 120) final byte[] bytes, @ForAll final long seed) {
        final Random random = new Random(seed);
        assertFalse(format(ethernet, bytes).isEmpty());
        assertFalse(format(relative, bytes).isEmpty());
        final int protocol = new int[] {1, 6, 17, 58, random.nextInt(256)}[random.nextInt(5)];
        final byte[] packet =
            HexFormat.of().parseHex(ip(CLIENT, SERVER, protocol, HexFormat.of().formatHex(bytes)));
        for (int i = random.nextInt(4); i > 0; i--) {
            packet[random.nextInt(packet.length)] = (byte) random.nextInt();
        }
        final int length = random.nextInt(packet.length + 1);
        assertFalse(format(relative, Arrays.copyOf(packet, length)).isEmpty());
        final byte[] framed = HexFormat.of().parseHex(
            ETHERNET + (random.nextBoolean() ? "0800" : "81000001" + "0800") + HexFormat.of().formatHex(packet));
        assertFalse(format(ethernet, framed).isEmpty());
    }

    @Example
    void shouldForgetTheOldestConnections() {
        for (int port = 0; port <= TcpFormatter.MAX_DIRECTIONS; port++) {
            relative(ip(CLIENT, SERVER, 6, String.format("%04x0050", port) + "00000064" + "00000000"
                + "5002faf0" + "00000000"));
        }
        final String rst = "0050" + "00000065" + "00000000" + "5004faf0" + "00000000";
        assertTrue(relative(ip(CLIENT, SERVER, 6, "0000" + rst)).contains("seq 101,"));
        assertTrue(relative(ip(CLIENT, SERVER, 6, "0001" + rst)).contains("seq 1,"));
    }

    private String ethernet(final String hex) {
        return format(ethernet, HexFormat.of().parseHex(hex));
    }

    private String relative(final String hex) {
        return format(relative, HexFormat.of().parseHex(hex));
    }

    private String absolute(final String hex) {
        return format(absolute, HexFormat.of().parseHex(hex));
    }

    /** In a buffer that ends with the frame, so that reading beyond it would throw. */
    private static String format(final PacketFormatter formatter, final byte[] bytes) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[bytes.length]);
        buffer.putBytes(0, bytes);
        return formatter.format(buffer, 0, bytes.length);
    }

    private static String ip(final String source, final String destination, final int protocol, final String payload) {
        final String header = "4500" + String.format("%04x", 20 + payload.length() / 2) + "00010000" + "40"
            + String.format("%02x", protocol) + "0000" + source + destination;
        final UnsafeBuffer buffer = new UnsafeBuffer(HexFormat.of().parseHex(header));
        final int checksum = Checksum.of(buffer, 0, 20);
        return header.substring(0, 20) + String.format("%04x", checksum & 0xFFFF) + header.substring(24) + payload;
    }
}
