package io.holdfast.udp;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.UdpCounter;
import io.holdfast.ip.CollectingLink;
import io.holdfast.ip.IpFixture;
import io.holdfast.wire.Checksum;
import io.holdfast.wire.EthernetHeader;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.MacAddress;
import io.holdfast.wire.UdpHeader;
import java.nio.ByteBuffer;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

final class UdpLayerTest {
    private static final IpAddress OTHER = IpAddress.parse("10.77.0.2");
    private final IpFixture f = new IpFixture();
    private int complaints;
    private int wakeUps;
    private final Random random = new Random(3);
    private final UdpLayer udp =
        new UdpLayer(f.ip, f.counters, random::nextLong, (packet, nowNs) -> complaints++);
    private final Datagram datagram = new Datagram();
    private final ByteBuffer target = ByteBuffer.allocate(70_000);

    @Test
    void shouldDeliverToABoundSocket() {
        final UdpSocket socket = bound(IpFixture.OWN, 53);
        receive(IpFixture.PEER, IpFixture.OWN, 1000, 53, IpFixture.pattern(33));

        assertEquals(1, wakeUps);
        assertTrue(socket.readable());
        assertArrayEquals(IpFixture.pattern(33), take(socket));
        assertEquals(IpFixture.PEER.lo(), datagram.sourceLo);
        assertEquals(1000, datagram.sourcePort);
        assertEquals(IpFixture.OWN.lo(), datagram.destinationLo);
        assertFalse(socket.readable());
        assertFalse(socket.receive(target, datagram));
    }

    @Test
    void shouldTruncateToTheReadersBufferAndSayHowLongItWas() {
        final UdpSocket socket = bound(IpFixture.OWN, 53);
        receive(IpFixture.PEER, IpFixture.OWN, 1000, 53, IpFixture.pattern(33));
        final ByteBuffer small = ByteBuffer.allocateDirect(5);

        assertTrue(socket.receive(small, datagram));
        assertEquals(5, small.position());
        assertEquals(33, datagram.length);
        assertFalse(socket.readable());
    }

    @Test
    void shouldVerifyChecksumsUnlessThereIsNone() {
        bound(IpFixture.OWN, 53);
        final byte[] packet = packet(IpFixture.PEER, IpFixture.OWN, 1000, 53, IpFixture.pattern(33));
        packet[30]++;
        receivePacket(packet);
        assertEquals(1, f.counters.get(UdpCounter.IN_BAD_CHECKSUM));

        packet[26] = 0;
        packet[27] = 0;
        receivePacket(packet);
        assertEquals(1, f.counters.get(UdpCounter.IN_DATAGRAMS));

        packet[27] = 1;
        f.receiveFrame(IpFixture.ethernet(CollectingLink.MAC, EthernetHeader.TYPE_IPV4, packet), true, 0, udp);
        assertEquals(2, f.counters.get(UdpCounter.IN_DATAGRAMS));
    }

    @Test
    void shouldHaveNobodyAnswerForUnboundPorts() {
        bound(IpFixture.OWN, 53);
        receive(IpFixture.PEER, IpFixture.OWN, 1000, 54, new byte[1]);
        assertEquals(1, complaints);
        assertEquals(1, f.counters.get(UdpCounter.NO_PORTS));

        broadcast(54);
        assertEquals(1, complaints);
        assertEquals(1, f.counters.get(UdpCounter.NO_PORTS_GROUP));
    }

    @Test
    void shouldDropMalformedDatagrams() {
        bound(IpFixture.OWN, 53);
        receivePacket(IpFixture.ipv4(IpFixture.PEER, IpFixture.OWN, 17, new byte[7]));
        final byte[] lying = new byte[9];
        UdpHeader.write(new UnsafeBuffer(lying), 0, 1, 53, 10, 0);
        receivePacket(IpFixture.ipv4(IpFixture.PEER, IpFixture.OWN, 17, lying));
        UdpHeader.write(new UnsafeBuffer(lying), 0, 1, 53, 7, 0);
        receivePacket(IpFixture.ipv4(IpFixture.PEER, IpFixture.OWN, 17, lying));

        assertEquals(3, f.counters.get(UdpCounter.IN_MALFORMED));
    }

    @Test
    void shouldPreferTheConnectedThenTheSpecificSocket() {
        final UdpSocket wildcard = udp.open(() -> wakeUps++);
        assertNull(udp.bind(wildcard, IpAddress.ANY, 53, true));
        final UdpSocket specific = udp.open(() -> wakeUps++);
        assertNull(udp.bind(specific, IpFixture.OWN, 53, true));
        final UdpSocket connected = udp.open(() -> wakeUps++);
        assertNull(udp.bind(connected, IpFixture.OWN, 53, true));
        assertNull(udp.connect(connected, IpFixture.PEER, 1000));

        receive(IpFixture.PEER, IpFixture.OWN, 1000, 53, new byte[1]);
        assertTrue(connected.readable());
        receive(IpFixture.PEER, IpFixture.OWN, 1001, 53, new byte[1]);
        assertTrue(specific.readable());
        assertFalse(wildcard.readable());
        udp.close(specific);
        receive(OTHER, IpFixture.OWN, 1000, 53, new byte[1]);
        assertTrue(wildcard.readable());

        udp.disconnect(connected);
        udp.close(wildcard);
        take(connected);
        receive(OTHER, IpFixture.OWN, 7, 53, new byte[1]);
        assertTrue(connected.readable());
    }

    @Test
    void shouldCopyBroadcastsToEverySocketThatIsNotBoundToAnAddress() {
        final UdpSocket a = udp.open(() -> wakeUps++);
        udp.bind(a, IpAddress.ANY, 53, true);
        final UdpSocket b = udp.open(() -> wakeUps++);
        udp.bind(b, IpAddress.ANY, 53, true);
        final UdpSocket specific = udp.open(() -> wakeUps++);
        udp.bind(specific, IpFixture.OWN, 53, true);

        broadcast(53);

        assertTrue(a.readable());
        assertTrue(b.readable());
        assertFalse(specific.readable());
    }

    @Test
    void shouldRefuseConflictingBindings() {
        bound(IpFixture.OWN, 53);
        final UdpSocket second = udp.open(() -> wakeUps++);
        assertEquals(UdpError.ADDRESS_IN_USE, udp.bind(second, IpAddress.ANY, 53, true));
        assertEquals(UdpError.ADDRESS_NOT_AVAILABLE, udp.bind(second, IpFixture.PEER, 54, false));
        assertNull(udp.bind(second, IpAddress.ANY, 0, false));
        assertTrue(second.localPort() >= UdpPorts.FIRST_EPHEMERAL && second.localPort() <= UdpPorts.LAST_EPHEMERAL);
        final UdpSocket third = udp.open(() -> wakeUps++);
        assertNull(udp.bind(third, IpAddress.ANY, 0, false));
        assertNotEquals(second.localPort(), third.localPort());
    }

    @Test
    void shouldSendWithAChecksum() {
        f.knowPeer();
        final UdpSocket socket = udp.open(() -> wakeUps++);
        socket.trafficClass(0x88);
        socket.hopLimit(3);
        final ByteBuffer payload = ByteBuffer.wrap(IpFixture.pattern(101));
        payload.get();

        assertEquals(100, udp.send(socket, payload, IpFixture.PEER, 999, f.now));

        assertEquals(0, payload.remaining());
        final UnsafeBuffer packet = f.sentPacket();
        assertEquals(0x88, IpFixture.header(packet).trafficClass());
        assertEquals(3, IpFixture.header(packet).hopLimit());
        final UdpHeader header = new UdpHeader();
        assertTrue(header.wrap(packet, 20, 108));
        assertEquals(socket.localPort(), header.sourcePort());
        assertEquals(999, header.destinationPort());
        final long pseudo = Checksum.pseudoHeader(0, IpFixture.OWN.lo(), 0, IpFixture.PEER.lo(), 17, 108);
        assertEquals(0, Checksum.finish(Checksum.add(pseudo, packet, 20, 108)));
    }

    @Test
    void shouldCarryTheLargestDatagramToItself() {
        final UdpSocket server = bound(IpFixture.OWN, 53);
        final UdpSocket client = udp.open(() -> wakeUps++);
        udp.connect(client, IpFixture.OWN, 53);
        final byte[] large = IpFixture.pattern(UdpLayer.MAX_PAYLOAD_BYTES);

        assertEquals(large.length, udp.send(client, ByteBuffer.wrap(large), null, 0, f.now));
        f.ip.poll(udp, f.now);

        assertArrayEquals(large, take(server));
        assertEquals(client.localPort(), datagram.sourcePort);
        assertEquals(UdpError.MESSAGE_TOO_LONG, UdpLayer.errorOf(
            udp.send(client, ByteBuffer.allocate(large.length + 1), null, 0, f.now)));
    }

    @Test
    void shouldRefuseWhatCannotBeSent() {
        final UdpSocket socket = udp.open(() -> wakeUps++);
        final ByteBuffer payload = ByteBuffer.allocate(10);
        final IpAddress all = IpAddress.parse("255.255.255.255");
        assertEquals(UdpError.NO_DESTINATION, UdpLayer.errorOf(udp.send(socket, payload, null, 0, f.now)));
        assertEquals(UdpError.BROADCAST_NOT_ALLOWED, UdpLayer.errorOf(udp.send(socket, payload, all, 9, f.now)));
        socket.broadcast(true);
        assertEquals(10, udp.send(socket, payload, all, 9, f.now));
        payload.clear();
        f.knowPeer();
        f.link.room = 0;
        assertEquals(-1, udp.send(socket, payload, IpFixture.PEER, 9, f.now));
        assertEquals(10, payload.remaining());
        udp.close(socket);
        assertEquals(UdpError.CLOSED, UdpLayer.errorOf(udp.send(socket, payload, IpFixture.PEER, 9, f.now)));
    }

    @Test
    void shouldTellConnectedSocketsOfErrors() {
        final UdpSocket connected = bound(IpFixture.OWN, 53);
        udp.connect(connected, IpFixture.PEER, 99);
        udp.onError(3, 3, 0, IpFixture.OWN.lo(), 0, OTHER.lo(), 53, 99);
        assertFalse(connected.readable());
        udp.onError(3, 3, 0, IpFixture.OWN.lo(), 0, IpFixture.PEER.lo(), 53, 99);

        assertTrue(connected.readable());
        assertEquals(UdpError.CONNECTION_REFUSED, connected.takeError());
        assertNull(connected.takeError());
        udp.disconnect(connected);
        udp.onError(3, 3, 0, IpFixture.OWN.lo(), 0, IpFixture.PEER.lo(), 53, 99);
        assertNull(connected.takeError());
    }

    @Test
    void shouldBoundTheReceiveQueue() {
        final UdpSocket socket = bound(IpFixture.OWN, 53);
        socket.receiveBuffer(10_000);
        for (int i = 0; i < 20; i++) {
            receive(IpFixture.PEER, IpFixture.OWN, 1000, 53, IpFixture.pattern(1000));
        }
        assertEquals(9, f.counters.get(UdpCounter.IN_DATAGRAMS));
        assertEquals(11, f.counters.get(UdpCounter.IN_QUEUE_FULL));
    }

    @Property(tries = 1000)
    void shouldSurviveAnyDatagram(@ForAll @Size(max = 40) final byte[] bytes) {
        receivePacket(IpFixture.ipv4(IpFixture.PEER, IpFixture.OWN, 17, bytes));
    }

    private UdpSocket bound(final IpAddress address, final int port) {
        final UdpSocket socket = udp.open(() -> wakeUps++);
        assertNull(udp.bind(socket, address, port, false));
        return socket;
    }

    private byte[] take(final UdpSocket socket) {
        target.clear();
        assertTrue(socket.receive(target, datagram));
        final byte[] bytes = new byte[datagram.length];
        target.flip().get(bytes);
        return bytes;
    }

    private void broadcast(final int port) {
        f.receiveFrame(IpFixture.ethernet(MacAddress.BROADCAST, EthernetHeader.TYPE_IPV4,
            packet(IpFixture.PEER, IpAddress.parse("10.77.0.255"), 1000, port, new byte[3])), false, 0, udp);
    }

    private void receive(
        final IpAddress from, final IpAddress to, final int fromPort, final int toPort, final byte[] payload) {
        receivePacket(packet(from, to, fromPort, toPort, payload));
    }

    private void receivePacket(final byte[] packet) {
        f.receiveFrame(IpFixture.ethernet(CollectingLink.MAC, EthernetHeader.TYPE_IPV4, packet), false, 0, udp);
    }

    private static byte[] packet(
        final IpAddress from, final IpAddress to, final int fromPort, final int toPort, final byte[] payload) {
        final byte[] bytes = new byte[8 + payload.length];
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        UdpHeader.write(buffer, 0, fromPort, toPort, bytes.length, 0);
        buffer.putBytes(8, payload);
        final long pseudo = Checksum.pseudoHeader(from.hi(), from.lo(), to.hi(), to.lo(), 17, bytes.length);
        buffer.putShort(6, (short) Checksum.finish(Checksum.add(pseudo, buffer, 0, bytes.length)), BIG_ENDIAN);
        return IpFixture.ipv4(from, to, 17, bytes);
    }
}
