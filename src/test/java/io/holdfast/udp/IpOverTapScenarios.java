package io.holdfast.udp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.CounterDescriptor;
import io.holdfast.counters.Counters;
import io.holdfast.counters.IcmpCounter;
import io.holdfast.counters.IpCounter;
import io.holdfast.counters.LinkCounter;
import io.holdfast.counters.UdpCounter;
import io.holdfast.icmp.IcmpLayer;
import io.holdfast.ip.IpEventHandler;
import io.holdfast.ip.IpFixture;
import io.holdfast.ip.IpLayer;
import io.holdfast.ip.IpPacket;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.tap.TapConfig;
import io.holdfast.link.tap.TapLink;
import io.holdfast.util.Deadline;
import io.holdfast.wire.IcmpHeader;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.IpProtocol;
import io.holdfast.wire.MacAddress;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * In a namespace where nothing else lives: {@link IpOverTapIT} starts this. The kernel is 10.99.0.1, we are 10.99.0.2.
 */
final class IpOverTapScenarios {
    private static final IpAddress KERNEL = IpAddress.parse("10.99.0.1");
    private static final IpAddress OWN = IpAddress.parse("10.99.0.2");
    private static final long LIMIT_MS = 10_000;

    private final Counters counters = new Counters();
    private final ConcurrentLinkedQueue<FutureTask<?>> tasks = new ConcurrentLinkedQueue<>();
    private final FrameSlot slot = new FrameSlot();
    private TapLink link;
    private IpLayer ip;
    private IcmpLayer icmp;
    private UdpLayer udp;
    private Thread shard;
    private volatile boolean ending;

    private void start(final TapConfig config) throws Exception {
        link = TapLink.open(config.device("hft0"), counters);
        run("ip addr add 10.99.0.1/24 dev hft0");
        run("ip link set dev hft0 up");
        final Random random = new Random(1);
        ip = new IpLayer(link, counters, random::nextLong);
        ip.addAddress(OWN, 24);
        icmp = new IcmpLayer(ip, counters, random::nextLong,
            (type, code, mtu, protocol, localHi, localLo, remoteHi, remoteLo, localPort, remotePort, seq, length, local,
                now) -> udp.onError(type, code, localHi, localLo, remoteHi, remoteLo, localPort, remotePort),
            IpEventHandler.NONE);
        udp = new UdpLayer(ip, counters, random::nextLong,
            (packet, now) -> icmp.sendError(IcmpHeader.UNREACHABLE, IcmpHeader.PORT_UNREACHABLE, packet, now));
        shard = new Thread(this::runShard, "shard");
        shard.start();
    }

    private void runShard() {
        final long zero = System.nanoTime();
        while (!ending) {
            final long now = System.nanoTime() - zero;
            for (int i = 0; i < 64 && link.receive(slot); i++) {
                ip.onFrame(slot, now, this::onPacket);
            }
            for (FutureTask<?> task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
            if (ip.pollPending()) {
                ip.poll(this::onPacket, now);
            }
            if (Deadline.expired(ip.nextDeadlineNs(), now)) {
                ip.onTimer(now);
            }
            link.await(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private void onPacket(final IpPacket packet, final long nowNs) {
        if (packet.protocol == IpProtocol.ICMP) {
            icmp.onPacket(packet, nowNs);
        } else if (packet.protocol == IpProtocol.UDP) {
            udp.onPacket(packet, nowNs);
        } else {
            icmp.sendError(IcmpHeader.UNREACHABLE, IcmpHeader.PROTOCOL_UNREACHABLE, packet, nowNs);
        }
    }

    @AfterEach
    void stop() throws Exception {
        ending = true;
        link.wakeUp();
        shard.join();
        link.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"AUTO", "OFF"})
    void shouldAnswerPingsOfEverySize(final TapConfig.Offload offload) throws Exception {
        start(new TapConfig().offload(offload));
        for (final int size : new int[] {0, 56, 1472, 1473, 8000, 60_000, 65_507}) {
            final String output = run("ping -c 3 -i 0.2 -W 2 -s " + size + " 10.99.0.2");
            assertTrue(output.contains(" 0% packet loss"), output);
        }
    }

    @Test
    void shouldAnswerPingsOnALargeMtu() throws Exception {
        start(new TapConfig().mtu(9000));
        final String output = run("ping -c 3 -i 0.2 -W 2 -s 60000 10.99.0.2");
        assertTrue(output.contains(" 0% packet loss"), output);
    }

    @ParameterizedTest
    @EnumSource(names = {"AUTO", "OFF"})
    void shouldExchangeDatagramsOfEverySize(final TapConfig.Offload offload) throws Exception {
        start(new TapConfig().offload(offload));
        final UdpSocket[] echo = new UdpSocket[1];
        echo[0] = udp.open(() -> echo(echo[0]));
        assertNull(onShard(() -> udp.bind(echo[0], IpAddress.ANY, 7, false)));
        try (DatagramSocket kernel = new DatagramSocket()) {
            kernel.setSoTimeout((int) LIMIT_MS);
            // Not connected: the JDK sends nothing for an empty datagram on a connected socket.
            final InetAddress us = InetAddress.getByName("10.99.0.2");
            for (final int size : new int[] {0, 1, 2, 1471, 1472, 1473, 9000, 65_507}) {
                final byte[] sent = IpFixture.pattern(size);
                kernel.send(new DatagramPacket(sent, size, us, 7));
                final DatagramPacket received = new DatagramPacket(new byte[65_536], 65_536);
                try {
                    kernel.receive(received);
                } catch (final SocketTimeoutException e) {
                    throw new AssertionError("no answer to " + size + " bytes: " + countersNow(), e);
                }
                assertArrayEquals(sent, Arrays.copyOf(received.getData(), received.getLength()));
            }
        }
    }

    @Test
    void shouldTellTheKernelThatAPortIsClosed() throws Exception {
        start(new TapConfig());
        try (DatagramSocket kernel = new DatagramSocket()) {
            kernel.setSoTimeout((int) LIMIT_MS);
            kernel.connect(InetAddress.getByName("10.99.0.2"), 9);
            kernel.send(new DatagramPacket(new byte[10], 10));
            assertThrows(PortUnreachableException.class, () -> kernel.receive(new DatagramPacket(new byte[1], 1)));
        }
    }

    @Test
    void shouldHearFromTheKernelThatAPortIsClosed() throws Exception {
        start(new TapConfig());
        assertEquals(UdpError.CONNECTION_REFUSED, errorAfterSending(KERNEL));
    }

    @Test
    void shouldFindOutThatANeighborDoesNotAnswer() throws Exception {
        start(new TapConfig());
        assertEquals(UdpError.HOST_UNREACHABLE, errorAfterSending(IpAddress.parse("10.99.0.77")));
        assertEquals(UdpError.NETWORK_UNREACHABLE, errorAfterSending(IpAddress.parse("192.0.2.1")));
    }

    @Test
    void shouldMoveAnAddressByAnnouncingIt() throws Exception {
        start(new TapConfig());
        final IpAddress service = IpAddress.parse("10.99.0.100");
        run("ip neigh add 10.99.0.100 lladdr 02:00:00:00:00:99 dev hft0 nud stale");
        onShard(() -> ip.addAddress(service, 24));
        onShard(() -> {
            ip.announce(service);
            return null;
        });
        final String mac = MacAddress.format(link.capabilities().macAddress());
        final long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MS);
        String neighbors = "";
        while (!neighbors.contains(mac) && System.nanoTime() < until) {
            neighbors = run("ip neigh show 10.99.0.100");
        }
        assertTrue(neighbors.contains(mac), neighbors);
    }

    @Test
    void shouldHoldItsGroundWhenTheKernelPingsABroadcastAddress() throws Exception {
        start(new TapConfig());
        run("ping -b -c 1 -W 1 10.99.0.255");
        assertEquals(0, counters.get(IcmpCounter.OUT_ECHO_REPS));
        assertEquals(1, counters.get(IcmpCounter.IN_ECHO_GROUP));
    }

    private String countersNow() {
        final StringBuilder text = new StringBuilder();
        for (final CounterDescriptor[] all : new CounterDescriptor[][] {
            LinkCounter.values(), IpCounter.values(), IcmpCounter.values(),
            UdpCounter.values()}) {
            for (final CounterDescriptor counter : all) {
                if (counters.get(counter) != 0) {
                    text.append(counter.label()).append('=').append(counters.get(counter)).append(' ');
                }
            }
        }
        return text.toString();
    }

    private UdpError errorAfterSending(final IpAddress to) throws Exception {
        final UdpSocket socket = udp.open(() -> { });
        assertNull(onShard(() -> udp.connect(socket, to, 9)));
        onShard(() -> udp.send(socket, ByteBuffer.allocate(10), null, 0, 0));
        final long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MS);
        UdpError error = null;
        while (error == null && System.nanoTime() < until) {
            Thread.sleep(1);
            error = socket.takeError();
        }
        return error;
    }

    private void echo(final UdpSocket socket) {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
        final Datagram from = new Datagram();
        if (socket.receive(buffer, from)) {
            buffer.flip();
            udp.send(socket, buffer, new IpAddress(from.sourceHi, from.sourceLo), from.sourcePort, 0);
        }
    }

    private <T> T onShard(final Callable<T> call) throws Exception {
        final FutureTask<T> task = new FutureTask<>(call);
        tasks.add(task);
        link.wakeUp();
        return task.get(LIMIT_MS, TimeUnit.MILLISECONDS);
    }

    private static String run(final String command) throws Exception {
        final Process process = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
