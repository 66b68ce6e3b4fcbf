package io.holdfast.ip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.Counters;
import io.holdfast.counters.IpCounter;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.OutboundFrame;
import io.holdfast.util.RandomSource;
import io.holdfast.wire.ArpPacket;
import io.holdfast.wire.EthernetHeader;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.Ipv4Header;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;

/** An IP layer at 10.77.0.100/24 on a collecting link, a peer at 10.77.0.1, and ways to talk as that peer. */
public class IpFixture {
    public static final IpAddress OWN = IpAddress.parse("10.77.0.100");
    public static final IpAddress PEER = IpAddress.parse("10.77.0.1");
    public static final long PEER_MAC = 0x0200_0000_0002L;
    public static final long SECOND = 1_000_000_000L;

    /** A delivered packet, kept. */
    public record Delivered(long sourceLo, long destinationLo, int protocol, byte[] payload, boolean checksumValid,
        int gsoSize, boolean toGroup) {
    }

    public final CollectingLink link = new CollectingLink();
    public final Counters counters = new Counters();
    public final IpLayer ip;
    public final List<Delivered> delivered = new ArrayList<>();
    public final PacketHandler up = (packet, nowNs) -> {
        final byte[] payload = new byte[packet.length];
        packet.buffer.getBytes(packet.offset, payload);
        delivered.add(new Delivered(packet.sourceLo, packet.destinationLo, packet.protocol, payload,
            packet.checksumValid, packet.gsoSize, packet.toGroup));
    };
    public final OutboundFrame frame = new OutboundFrame();
    private final FrameSlot slot = new FrameSlot();
    public long now = SECOND;

    public IpFixture() {
        final Random random = new Random(7);
        final RandomSource source = random::nextLong;
        ip = new IpLayer(link, counters, source);
        ip.addAddress(OWN, 24);
    }

    public long count(final IpCounter counter) {
        return counters.get(counter);
    }

    /** Hands bytes to the layer as one frame. */
    public void receiveFrame(final byte[] bytes) {
        receiveFrame(bytes, false, 0);
    }

    public void receiveFrame(final byte[] bytes, final boolean checksumValid, final int gsoSize) {
        receiveFrame(bytes, checksumValid, gsoSize, up);
    }

    public void receiveFrame(
        final byte[] bytes, final boolean checksumValid, final int gsoSize, final PacketHandler to) {
        slot.clear();
        slot.buffer.putBytes(slot.offset, bytes);
        slot.length = bytes.length;
        slot.checksumValid = checksumValid;
        slot.gsoSize = gsoSize;
        ip.onFrame(slot, now, to);
    }

    public static byte[] ethernet(final long destination, final int type, final byte[] payload) {
        final byte[] bytes = new byte[EthernetHeader.BYTES + payload.length];
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        EthernetHeader.write(buffer, 0, destination, PEER_MAC, type);
        buffer.putBytes(EthernetHeader.BYTES, payload);
        return bytes;
    }

    public static byte[] ipv4(final IpAddress from, final IpAddress to, final int protocol, final byte[] payload) {
        return fragment(from, to, protocol, 1, 0, false, payload);
    }

    public static byte[] fragment(
        final IpAddress from,
        final IpAddress to,
        final int protocol,
        final int id,
        final int offset,
        final boolean more,
        final byte[] payload) {
        final byte[] bytes = new byte[Ipv4Header.MIN_BYTES + payload.length];
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        Ipv4Header.write(buffer, 0, 0, bytes.length, id, false, more, offset, 64, protocol, from.v4(), to.v4());
        buffer.putBytes(Ipv4Header.MIN_BYTES, payload);
        return bytes;
    }

    public void receivePacket(final byte[] packet) {
        receiveFrame(ethernet(CollectingLink.MAC, EthernetHeader.TYPE_IPV4, packet));
    }

    public void receiveArp(
        final long toMac,
        final int operation,
        final long mac,
        final String sender,
        final long targetMac,
        final String target) {
        final byte[] bytes = new byte[ArpPacket.BYTES];
        ArpPacket.write(new UnsafeBuffer(bytes), 0, operation, mac, v4(sender), targetMac, v4(target));
        receiveFrame(ethernet(toMac, EthernetHeader.TYPE_ARP, bytes));
    }

    private static int v4(final String address) {
        return address.equals("0.0.0.0") ? 0 : IpAddress.parse(address).v4();
    }

    /** The peer answers the request that the layer is expected to have sent. */
    public void resolvePeer() {
        receiveArp(CollectingLink.MAC, ArpPacket.REPLY, PEER_MAC, PEER.toString(), CollectingLink.MAC, OWN.toString());
    }

    /** Makes the peer known without leaving a trace on the link. */
    public void knowPeer() {
        receiveArp(CollectingLink.MAC, ArpPacket.REQUEST, PEER_MAC, PEER.toString(), 0, OWN.toString());
        link.frames.clear();
    }

    public boolean send(final IpAddress to, final int protocol, final boolean dontFragment, final byte[] payload) {
        fill(payload);
        return sendFrame(to, protocol, dontFragment);
    }

    /** Puts payload into the frame, all of it behind the headers. */
    public void fill(final byte[] payload) {
        frame.clear();
        frame.buffer.putBytes(frame.end, payload);
        frame.end += payload.length;
    }

    public boolean sendFrame(final IpAddress to, final int protocol, final boolean dontFragment) {
        return ip.send(frame, OWN.hi(), OWN.lo(), to.hi(), to.lo(), protocol, 0, 0, dontFragment, now);
    }

    /** The oldest frame that was sent must be ARP. */
    public ArpPacket sentArp() {
        final CollectingLink.Frame sent = link.frames.remove();
        final EthernetHeader header = new EthernetHeader();
        header.wrap(sent.bytes(), 0, sent.length());
        assertEquals(EthernetHeader.TYPE_ARP, header.type());
        final ArpPacket arp = new ArpPacket();
        assertTrue(arp.wrap(sent.bytes(), EthernetHeader.BYTES, sent.length() - EthernetHeader.BYTES));
        return arp;
    }

    /** The oldest frame that was sent must be IPv4 with a correct header; its bytes from the IP header on. */
    public UnsafeBuffer sentPacket() {
        final CollectingLink.Frame sent = link.frames.remove();
        final EthernetHeader header = new EthernetHeader();
        header.wrap(sent.bytes(), 0, sent.length());
        assertEquals(EthernetHeader.TYPE_IPV4, header.type());
        final UnsafeBuffer packet =
            new UnsafeBuffer(sent.bytes(), EthernetHeader.BYTES, sent.length() - EthernetHeader.BYTES);
        final Ipv4Header ipHeader = new Ipv4Header();
        assertEquals(Ipv4Header.Fault.NONE, ipHeader.check(packet, 0, packet.capacity()));
        assertTrue(ipHeader.checksumCorrect());
        assertEquals(packet.capacity(), ipHeader.totalLength());
        return packet;
    }

    public static Ipv4Header header(final UnsafeBuffer packet) {
        final Ipv4Header header = new Ipv4Header();
        header.check(packet, 0, packet.capacity());
        return header;
    }

    public void elapse(final long ns) {
        final long until = now + ns;
        while (ip.nextDeadlineNs() <= until) {
            now = Math.max(now, ip.nextDeadlineNs());
            ip.onTimer(now);
        }
        now = until;
    }

    public static byte[] pattern(final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + i / 251);
        }
        return bytes;
    }

    /** Direct memory with that content. */
    public static UnsafeBuffer direct(final byte[] bytes) {
        final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(Math.max(1, bytes.length)));
        buffer.putBytes(0, bytes);
        return buffer;
    }
}
