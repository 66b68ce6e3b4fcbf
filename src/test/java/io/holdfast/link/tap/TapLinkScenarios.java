package io.holdfast.link.tap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.holdfast.counters.Counters;
import io.holdfast.counters.LinkCounter;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.LinkCapabilities;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** In a namespace where nothing else lives: {@link TapLinkIT} starts this. The kernel is 10.99.0.1, we are 10.99.0.2. */
final class TapLinkScenarios {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(10);
    private static final int ALLOCATION_ROUNDS = 50_000;

    private final Counters counters = new Counters();
    private final FrameSlot slot = new FrameSlot();
    private TapLink link;
    private TapPeer peer;

    @AfterEach
    void closeLink() throws Exception {
        if (link != null) {
            link.close();
        }
    }

    @Test
    void shouldCreateADeviceWithAnAddressOfOurOwn() throws Exception {
        open(new TapConfig().mtu(9000));
        final LinkCapabilities c = link.capabilities();
        assertTrue(c.ethernet() && c.segmentation() && c.checksumOffload());
        assertEquals(9000, c.mtu());
        assertEquals(65_549, c.maxFrameBytes());
        assertNotEquals(link.interfaceMac(), c.macAddress());
        assertEquals(2, c.macAddress() >>> 40 & 3, "locally administered, one device's");
        assertEquals(0, run("ip link show dev hft0 up"));
        link.close();
        link = null;
        assertNotEquals(0, run("ip link show dev hft0"), "a created device ends with its link");
    }

    @Test
    void shouldTakeEveryMtuOfItsRangeAndTheConfiguredAddress() throws Exception {
        open(new TapConfig().mtu(LinkCapabilities.MAX_MTU).macAddress(0x02_12_34_56_78_9AL));
        assertEquals(LinkCapabilities.MAX_MTU, link.capabilities().mtu());
        assertEquals(0x02_12_34_56_78_9AL, link.capabilities().macAddress());
        link.close();
        open(new TapConfig().mtu(LinkCapabilities.MIN_MTU));
        assertEquals(LinkCapabilities.MIN_MTU, link.capabilities().mtu());
    }

    @Test
    void shouldReceiveWithPartialChecksumsAndSendThem() throws Exception {
        open(new TapConfig());
        assertUdpBothWays(true);
    }

    @Test
    void shouldFallBackToPlainFrames() throws Exception {
        open(new TapConfig().offload(TapConfig.Offload.OFF));
        assertFalse(link.capabilities().checksumOffload() || link.capabilities().segmentation());
        assertEquals(1514, link.capabilities().maxFrameBytes());
        assertUdpBothWays(false);

        peer.frame(17, 8);
        peer.frame.checksumStart = peer.frame.start + 34;
        assertTrue(link.transmit(peer.frame));
        assertEquals(1, counters.get(LinkCounter.DROPPED_OUT_STALE_OFFLOAD));
    }

    private void assertUdpBothWays(final boolean offload) throws Exception {
        try (DatagramSocket kernel = new DatagramSocket(5000, InetAddress.getByName("10.99.0.1"))) {
            kernel.setSoTimeout(10_000);
            final byte[] sent = bytes(1000);
            kernel.send(new DatagramPacket(sent, sent.length, InetAddress.getByName("10.99.0.2"), 7));
            peer.awaitFrame(slot, 17);
            assertEquals(14 + 28 + 1000, slot.length);
            assertEquals(offload, slot.checksumValid);
            final byte[] got = new byte[1000];
            slot.buffer.getBytes(slot.offset + 42, got);
            assertArrayEquals(sent, got);

            final UnsafeBuffer first = new UnsafeBuffer(ByteBuffer.allocateDirect(1));
            first.putBytes(0, sent, 0, 1);
            final UnsafeBuffer rest = new UnsafeBuffer(ByteBuffer.allocateDirect(999));
            rest.putBytes(0, sent, 1, 999);
            peer.udp(7, 5000, first, rest, offload);
            assertTrue(link.transmit(peer.frame));
            final DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
            kernel.receive(packet);
            assertEquals(1000, packet.getLength());
            assertArrayEquals(sent, java.util.Arrays.copyOf(packet.getData(), 1000));
        }
        assertTrue(counters.get(LinkCounter.FRAMES_IN) >= 1);
        assertEquals(1, counters.get(LinkCounter.FRAMES_OUT));
        assertEquals(14 + 28 + 1000, counters.get(LinkCounter.BYTES_OUT));
    }

    @Test
    void shouldMoveSuperSegmentsBothWays() throws Exception {
        open(new TapConfig());
        final byte[] sent = bytes(30_000);
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final Thread client = new Thread(() -> {
            try (Socket socket = new Socket("10.99.0.2", 80)) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream().write(sent, 0, 14_000);
                assertArrayEquals(sent, socket.getInputStream().readNBytes(sent.length));
            } catch (final IOException | AssertionError e) {
                failure.set(e);
            }
        });
        client.start();
        peer.awaitFrame(slot, 6);
        peer.acceptTcp(slot, 1460);
        int received = 0;
        while (received < 14_000) {
            peer.awaitFrame(slot, 6);
            assertTrue(slot.checksumValid);
            received += peer.takeTcp(slot);
        }
        final UnsafeBuffer data = new UnsafeBuffer(ByteBuffer.allocateDirect(sent.length));
        data.putBytes(0, sent);
        peer.tcpData(data, 0, sent.length, 1460);
        assertTrue(link.transmit(peer.frame));
        client.join();
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
        assertEquals(14_000, received);
        assertTrue(counters.get(LinkCounter.SUPER_SEGMENTS_IN) > 0);
        assertEquals(1, counters.get(LinkCounter.SUPER_SEGMENTS_OUT));
        assertTrue(link.capabilities().segmentation());
    }

    @Test
    void shouldStopOfferingWhatTheDeviceRefuses() throws Exception {
        open(new TapConfig());
        peer.frame(6, 20);
        peer.frame.end += 3000;
        // A checksum field beyond the frame: the kernel answers EINVAL, as some do to any super-segment.
        peer.frame.checksumStart = peer.frame.start + 34;
        peer.frame.checksumOffset = 60_000;
        peer.frame.gsoSize = 1460;
        assertTrue(link.transmit(peer.frame));
        assertFalse(link.capabilities().segmentation());
        assertTrue(link.capabilities().checksumOffload());
        assertEquals(1514, link.capabilities().maxFrameBytes());
        assertEquals(1, counters.get(LinkCounter.SEGMENTATION_REFUSED));
        assertTrue(link.transmit(peer.frame));
        assertEquals(1, counters.get(LinkCounter.DROPPED_OUT_STALE_OFFLOAD));
    }

    @Test
    void shouldSayWhatIsWrong() throws Exception {
        says("letters, digits", new TapConfig().device("a-name-that-is-too-long"));
        says("letters, digits", new TapConfig().device("a b"));
        says("no network interface hft9", new TapConfig().device("hft9").create(false));
        says("exists, but not as a TAP", new TapConfig().device("lo"));
        says("MTU 575", new TapConfig().device("hft0").mtu(575));
        open(new TapConfig());
        says("in use by another process", new TapConfig().device("hft0"));
        final long kernels = link.interfaceMac();
        link.close();
        run("ip tuntap add dev hft0 mode tap");
        run("ip link set dev hft0 address 02:00:00:00:00:01");
        says("that of the interface", new TapConfig().device("hft0").macAddress(0x02_00_00_00_00_01L));
        run("ip tuntap del dev hft0 mode tap");
        assertNotEquals(0, kernels);
    }

    @Test
    void shouldAttachToAPersistentDeviceAndLeaveIt() throws Exception {
        for (final String kind : new String[] {"", " vnet_hdr", " multi_queue", " vnet_hdr multi_queue"}) {
            run("ip tuntap add dev hft0 mode tap" + kind);
            open(new TapConfig().create(false));
            assertTrue(link.capabilities().segmentation(), kind);
            link.close();
            assertEquals(0, run("ip link show dev hft0"), kind);
            run("ip tuntap del dev hft0 mode tap" + kind);
        }
    }

    @Test
    void shouldAttachSeveralQueues() throws Exception {
        final TapConfig config = new TapConfig().device("hft0").multiQueue(true);
        try (TapLink first = TapLink.open(config, counters); TapLink second = TapLink.open(config, counters)) {
            assertEquals(first.capabilities().macAddress(), second.capabilities().macAddress());
        }
    }

    @Test
    void shouldSleepUntilAFrameAWakeUpOrTheTime() throws Exception {
        open(new TapConfig());
        peer.drain(slot);
        final long start = System.nanoTime();
        link.await(20_000_000);
        assertTrue(System.nanoTime() - start >= 20_000_000);

        link.wakeUp();
        link.await(LIMIT_NS * 100);
        link.await(0);

        final Thread waker = new Thread(() -> {
            link.wakeUp();
        });
        waker.start();
        link.await(LIMIT_NS * 100);
        waker.join();

        try (DatagramSocket kernel = new DatagramSocket()) {
            kernel.send(new DatagramPacket(new byte[1], 1, InetAddress.getByName("10.99.0.2"), 7));
        }
        link.await(LIMIT_NS * 100);
        assertTrue(link.receive(slot));
    }

    @Test
    void shouldNotSpinWhenTheDeviceIsGone() throws Exception {
        open(new TapConfig());
        run("ip link del dev hft0");
        link.await(LIMIT_NS);
        assertFalse(link.receive(slot));
        assertEquals(1, counters.get(LinkCounter.DEVICE_LOST));
        peer.frame(17, 8);
        assertTrue(link.transmit(peer.frame));
        assertEquals(1, counters.get(LinkCounter.DROPPED_OUT_DOWN));
        final long start = System.nanoTime();
        link.await(20_000_000);
        assertTrue(System.nanoTime() - start >= 20_000_000);
    }

    @Test
    void shouldAttachToADeviceThatIsMadeAnew() throws Exception {
        open(new TapConfig());
        assertFalse(link.isDown());
        run("ip link del dev hft0");
        link.await(LIMIT_NS);
        assertFalse(link.receive(slot));
        assertTrue(link.isDown());
        run("ip tuntap add dev hft0 mode tap vnet_hdr");
        final long start = System.nanoTime();
        while (counters.get(LinkCounter.DEVICE_REOPENED) == 0 && System.nanoTime() - start < LIMIT_NS * 100) {
            link.await(10_000_000);
            link.receive(slot);
        }
        assertFalse(link.isDown());
        assertEquals(0, counters.get(LinkCounter.DEVICE_LOST));
        peer.frame(17, 8);
        assertTrue(link.transmit(peer.frame));
        assertEquals(1, counters.get(LinkCounter.FRAMES_OUT));
    }

    @Test
    void shouldLoseFramesWhileTheInterfaceIsDown() throws Exception {
        open(new TapConfig());
        run("ip link set dev hft0 down");
        peer.frame(17, 8);
        assertTrue(link.transmit(peer.frame));
        assertEquals(1, counters.get(LinkCounter.DROPPED_OUT_DOWN));
        run("ip link set dev hft0 up");
        assertTrue(link.transmit(peer.frame));
        assertEquals(1, counters.get(LinkCounter.FRAMES_OUT));
    }

    @Test
    void shouldEndASleepWhenClosed() throws Exception {
        open(new TapConfig());
        final Thread sleeper = new Thread(() -> {
            for (int i = 0; i < 3; i++) {
                link.await(LIMIT_NS);
            }
        });
        sleeper.start();
        link.close();
        sleeper.join(TimeUnit.NANOSECONDS.toMillis(LIMIT_NS) / 2);
        assertFalse(sleeper.isAlive());
    }

    @Test
    void shouldAllocateNothingPerFrame() throws Exception {
        open(new TapConfig());
        peer.drain(slot);
        final UnsafeBuffer payload = new UnsafeBuffer(ByteBuffer.allocateDirect(64));
        echoes(payload, ALLOCATION_ROUNDS);
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long thread = Thread.currentThread().getId();
        threads.getThreadAllocatedBytes(thread);
        final long before = threads.getThreadAllocatedBytes(thread);
        final long startNs = System.nanoTime();
        echoes(payload, ALLOCATION_ROUNDS);
        final long elapsedNs = System.nanoTime() - startNs;
        final long allocated = threads.getThreadAllocatedBytes(thread) - before;
        System.out.println("one echo through the kernel: " + elapsedNs / ALLOCATION_ROUNDS + " ns");
        assertTrue(allocated < ALLOCATION_ROUNDS, allocated + " bytes in " + ALLOCATION_ROUNDS + " rounds");
    }

    /** Each round transmits an echo request, which the kernel answers inside the write, and receives the reply. */
    private void echoes(final UnsafeBuffer payload, final int rounds) {
        for (int i = 0; i < rounds; i++) {
            peer.echoRequest(payload, i);
            assertTrue(link.transmit(peer.frame));
            while (!link.receive(slot)) {
                link.wakeUp();
                link.await(1_000);
            }
        }
    }

    private void open(final TapConfig config) throws Exception {
        link = TapLink.open(config.device("hft0"), counters);
        peer = new TapPeer(link);
        run("sysctl -qw net.ipv6.conf.hft0.disable_ipv6=1");
        run("ip addr add 10.99.0.1/24 dev hft0");
        run("ip neigh replace 10.99.0.2 dev hft0 lladdr "
            + String.format("%012x", link.capabilities().macAddress()).replaceAll("(..)(?!$)", "$1:"));
        peer.drain(slot);
    }

    private static void says(final String text, final TapConfig config) {
        final TapException e = assertThrows(TapException.class, () -> TapLink.open(config, new Counters()));
        assertTrue(e.getMessage().contains(text), e.getMessage());
    }

    private static int run(final String command) throws Exception {
        return new ProcessBuilder("sh", "-c", command).redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }

    private static byte[] bytes(final int n) {
        final byte[] bytes = new byte[n];
        for (int i = 0; i < n; i++) {
            bytes[i] = (byte) (i * 31 ^ i >>> 8);
        }
        return bytes;
    }
}
