package io.holdfast.perf;

import io.holdfast.counters.Counters;
import io.holdfast.ip.IpLayer;
import io.holdfast.ip.PacketHandler;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.Link;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import io.holdfast.util.SeededRandom;
import io.holdfast.wire.ArpPacket;
import io.holdfast.wire.Checksum;
import io.holdfast.wire.EthernetHeader;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.IpProtocol;
import io.holdfast.wire.Ipv4Header;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Costs of IP and of checksums, in one thread's CPU time: medians of {@value #ROUNDS} rounds after warm-up. Run its main method
 * with the JVM flags of the tests.
 */
public final class IpBenchmarks {
    private static final int ROUNDS = 9;
    private static final int WARM_UP_ROUNDS = 5;
    private static final IpAddress OWN = IpAddress.parse("10.77.0.100");
    private static final IpAddress PEER = IpAddress.parse("10.77.0.1");
    private static final long OWN_MAC = 0x0200_0000_0001L;
    private static final long PEER_MAC = 0x0200_0000_0002L;
    private static final long NOW = 1_000_000_000L;

    private static long sink;

    private final FrameSlot slot = new FrameSlot();
    private final OutboundFrame frame = new OutboundFrame();
    private final IpLayer ip = new IpLayer(new Nowhere(), new Counters(), new SeededRandom(1));

    private IpBenchmarks() {
        ip.addAddress(OWN, 24);
    }

    public static void main(final String[] args) {
        for (final int bytes : new int[] {20, 40, 64, 256, 1460, 9000, 65_000}) {
            checksum(bytes, 0);
        }
        checksum(1460, 1);
        new IpBenchmarks().packets();
    }

    private static void checksum(final int bytes, final int skew) {
        final UnsafeBuffer memory = new UnsafeBuffer(ByteBuffer.allocateDirect(bytes + 8));
        final long address = memory.addressOffset() + skew;
        final double ns = measure("checksum of " + bytes + " bytes, skew " + skew, Math.max(3_000, 100_000_000 / bytes),
            i -> Checksum.add(i, address, bytes));
        System.out.printf("    %.1f GB/s%n", bytes / ns);
    }

    private void packets() {
        slot.clear();
        EthernetHeader.write(slot.buffer, slot.offset, OWN_MAC, PEER_MAC, EthernetHeader.TYPE_ARP);
        ArpPacket.write(slot.buffer, slot.offset + EthernetHeader.BYTES, ArpPacket.REQUEST, PEER_MAC, PEER.v4(), 0,
            OWN.v4());
        slot.length = EthernetHeader.BYTES + ArpPacket.BYTES;
        final PacketHandler up = (packet, nowNs) -> sink += packet.length;
        ip.onFrame(slot, NOW, up);

        slot.clear();
        EthernetHeader.write(slot.buffer, slot.offset, OWN_MAC, PEER_MAC, EthernetHeader.TYPE_IPV4);
        Ipv4Header.write(slot.buffer, slot.offset + EthernetHeader.BYTES, 0, 52, 1, true, false, 0, 64, IpProtocol.TCP,
            PEER.v4(), OWN.v4());
        slot.length = EthernetHeader.BYTES + 52;
        measure("IP in, one packet", 5_000_000, i -> {
            ip.onFrame(slot, NOW, up);
            return i;
        });
        final long far = IpAddress.parse("10.77.1.1").lo();
        ip.gateway(PEER);
        measure("IP out, one packet", 5_000_000, i -> send(PEER.lo()));
        measure("IP out, 256 destinations in turn", 5_000_000, i -> send(far + (i & 255)));
    }

    private long send(final long destinationLo) {
        frame.clear();
        frame.prepend(32);
        return ip.send(frame, OWN.hi(), OWN.lo(), 0, destinationLo, IpProtocol.TCP, 0, 0, true, NOW) ? 1 : 0;
    }

    private static double measure(final String name, final int operations, final LongUnaryOperator body) {
        final double[] perOperation = new double[ROUNDS];
        long allocated = 0;
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            final long bytesBefore = allocatedBytes();
            final long start = cpuNs();
            long sum = 0;
            for (int i = 0; i < operations; i++) {
                sum += body.applyAsLong(i);
            }
            final long end = cpuNs();
            sink += sum;
            if (round >= 0) {
                perOperation[round] = (double) (end - start) / operations;
                allocated += allocatedBytes() - bytesBefore;
            }
        }
        Arrays.sort(perOperation);
        final double median = perOperation[ROUNDS / 2];
        System.out.printf("%-40s %8.1f ns, %.3f bytes allocated%n", name, median,
            (double) allocated / ROUNDS / operations);
        return median;
    }

    private static long cpuNs() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    /** A device with every offload that takes everything. */
    private static final class Nowhere implements Link {
        private final LinkCapabilities capabilities = new LinkCapabilities(true, 1500, OWN_MAC, true, true, 65_549);

        @Override
        public LinkCapabilities capabilities() {
            return capabilities;
        }

        @Override
        public boolean receive(final FrameSlot into) {
            return false;
        }

        @Override
        public boolean transmit(final OutboundFrame out) {
            sink += out.start;
            return true;
        }

        @Override
        public void await(final long timeoutNs) {
        }

        @Override
        public void wakeUp() {
        }

        @Override
        public void close() {
        }
    }
}
