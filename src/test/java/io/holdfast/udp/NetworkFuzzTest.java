package io.holdfast.udp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.icmp.IcmpLayer;
import io.holdfast.ip.CollectingLink;
import io.holdfast.ip.IpEventHandler;
import io.holdfast.ip.IpFixture;
import io.holdfast.ip.IpPacket;
import io.holdfast.ip.PacketHandler;
import io.holdfast.ip.reassembly.Reassembler;
import io.holdfast.wire.ArpPacket;
import io.holdfast.wire.EthernetHeader;
import io.holdfast.wire.IcmpHeader;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.IpProtocol;
import io.holdfast.wire.MacAddress;
import io.holdfast.wire.UdpHeader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * IP, ICMP and UDP together under traffic that is nearly right: no packet causes an exception, output is well formed, timers
 * move on, and delivered packets were for us.
 */
final class NetworkFuzzTest {
    private static final IpAddress SECOND = IpAddress.parse("10.77.0.101");
    private static final int STEPS = 2_000;

    private IpFixture f;
    private IcmpLayer icmp;
    private UdpLayer udp;
    private UdpSocket socket;
    private Random random;
    private final PacketHandler up = this::onPacket;

    @Property(tries = 40)
    void shouldSurviveTrafficThatIsNearlyRight(@ForAll final long seed) {
        random = new Random(seed);
        f = new IpFixture();
        icmp = new IcmpLayer(f.ip, f.counters, random::nextLong, (type, code, mtu, protocol, localHi, localLo, remoteHi,
            remoteLo, localPort, remotePort, seq, length, local, now) ->
            udp.onError(type, code, localHi, localLo, remoteHi, remoteLo, localPort, remotePort), IpEventHandler.NONE);
        udp = new UdpLayer(f.ip, f.counters, random::nextLong, (packet, now) ->
            icmp.sendError(IcmpHeader.UNREACHABLE, IcmpHeader.PORT_UNREACHABLE, packet, now));
        socket = udp.open(() -> { });
        udp.bind(socket, IpAddress.ANY, 7, false);
        for (int i = 0; i < STEPS; i++) {
            step();
            checkFrames();
        }
        f.link.room = Integer.MAX_VALUE;
        f.elapse(2 * Reassembler.TIMEOUT_NS);
        checkFrames();
    }

    private void step() {
        switch (random.nextInt(12)) {
            case 0, 1 -> receive(EthernetHeader.TYPE_ARP, arp());
            case 2, 3 -> receive(EthernetHeader.TYPE_IPV4, fragment());
            case 4, 5 -> receive(EthernetHeader.TYPE_IPV4,
                IpFixture.ipv4(anyAddress(), anyAddress(), anyProtocol(), transport()));
            case 6, 7 -> udp.send(socket, ByteBuffer.allocate(anyLength()), anyAddress(), 9, f.now);
            case 8 -> elapse(random.nextInt(3) == 0 ? random.nextInt(1_000_000_000) : random.nextInt(1_000));
            case 9 -> f.link.room = random.nextInt(4) == 0 ? random.nextInt(5) : Integer.MAX_VALUE;
            case 10 -> configure();
            default -> f.ip.poll(up, f.now);
        }
        if (socket.readable()) {
            socket.takeError();
            socket.receive(ByteBuffer.allocate(100), new Datagram());
        }
    }

    private void elapse(final long ns) {
        f.elapse(ns);
        assertTrue(f.ip.nextDeadlineNs() > f.now, "a timer that does not move on");
    }

    private void configure() {
        switch (random.nextInt(6)) {
            case 0 -> f.ip.addAddress(SECOND, 24);
            case 1 -> f.ip.removeAddress(SECOND);
            case 2 -> f.ip.probeAddress(SECOND, 24, f.now);
            case 3 -> f.ip.gateway(anyAddress());
            case 4 -> f.ip.lowerPathMtu(0, anyAddress().lo(), random.nextInt(1600), random.nextInt(1600), f.now);
            default -> f.ip.confirm(0, anyAddress().lo(), f.now);
        }
    }

    private void onPacket(final IpPacket packet, final long nowNs) {
        assertTrue(packet.toGroup || f.ip.owns(packet.destinationHi, packet.destinationLo));
        packet.buffer.boundsCheck(packet.headerOffset, packet.offset - packet.headerOffset + packet.length);
        if (packet.protocol == IpProtocol.ICMP) {
            icmp.onPacket(packet, nowNs);
        } else if (packet.protocol == IpProtocol.UDP) {
            udp.onPacket(packet, nowNs);
        } else {
            icmp.sendError(IcmpHeader.UNREACHABLE, IcmpHeader.PROTOCOL_UNREACHABLE, packet, nowNs);
        }
    }

    /** Every sent frame is ARP or IPv4 with a correct header, within the MTU. */
    private void checkFrames() {
        final EthernetHeader ethernet = new EthernetHeader();
        while (!f.link.frames.isEmpty()) {
            final CollectingLink.Frame frame = f.link.frames.peek();
            assertTrue(frame.length() <= EthernetHeader.BYTES + 1500);
            ethernet.wrap(frame.bytes(), 0, frame.length());
            if (ethernet.type() == EthernetHeader.TYPE_ARP) {
                f.sentArp();
            } else {
                f.sentPacket();
            }
        }
    }

    private void receive(final int type, final byte[] packet) {
        final long to = random.nextInt(4) == 0 ? MacAddress.BROADCAST : CollectingLink.MAC;
        final byte[] frame = IpFixture.ethernet(to, type, packet);
        if (random.nextInt(4) == 0) {
            frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
        }
        f.receiveFrame(random.nextInt(20) == 0 ? Arrays.copyOf(frame, random.nextInt(frame.length)) : frame,
            random.nextBoolean(), 0, up);
    }

    private byte[] arp() {
        final byte[] bytes = new byte[ArpPacket.BYTES];
        ArpPacket.write(new UnsafeBuffer(bytes), 0, 1 + random.nextInt(2), 0x0200_0000_0010L + random.nextInt(4),
            random.nextInt(8) == 0 ? 0 : anyAddress().v4(), CollectingLink.MAC, anyAddress().v4());
        return bytes;
    }

    private byte[] fragment() {
        final boolean more = random.nextBoolean();
        return IpFixture.fragment(anyAddress(), anyAddress(), anyProtocol(), random.nextInt(3), random.nextInt(4) * 8,
            more, new byte[more ? 8 * random.nextInt(4) : random.nextInt(40)]);
    }

    private byte[] transport() {
        final byte[] bytes = new byte[random.nextInt(100)];
        random.nextBytes(bytes);
        if (bytes.length >= 40) {
            final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
            if (random.nextBoolean()) {
                UdpHeader.write(buffer, 0, 9, 7 + random.nextInt(2), bytes.length - random.nextInt(2), 0);
            } else {
                final int[] types = {0, 3, 3, 3, 5, 8, 8, 11, 12, 13};
                IcmpHeader.write(buffer, 0, types[random.nextInt(types.length)], random.nextInt(5), random.nextInt());
                buffer.putBytes(8, IpFixture.ipv4(IpFixture.OWN, IpFixture.PEER, 17, new byte[8]));
                IcmpHeader.complete(buffer, 0, bytes.length);
            }
        }
        return bytes;
    }

    private int anyProtocol() {
        return new int[] {1, 6, 17, 17, 99}[random.nextInt(5)];
    }

    private int anyLength() {
        return random.nextInt(8) == 0 ? random.nextInt(65_508) : random.nextInt(3000);
    }

    private IpAddress anyAddress() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> IpFixture.OWN;
            case 3 -> SECOND;
            case 4 -> IpAddress.parse("255.255.255.255");
            case 5 -> IpAddress.parse("10.77.0.255");
            case 6 -> IpAddress.parse("224.0.0.1");
            case 7 -> IpAddress.ofV4(random.nextInt());
            default -> IpAddress.ofV4(IpFixture.PEER.v4() + random.nextInt(4));
        };
    }
}
