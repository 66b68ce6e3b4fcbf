package io.holdfast.conformance.robustness;

import io.holdfast.link.FrameSlot;
import io.holdfast.link.Link;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import io.holdfast.link.tap.VnetFrames;
import io.holdfast.wire.Checksum;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A TAP in memory: frames come and go with the offload header before them. IPv4 packets that leave are kept, without Ethernet
 * and with their checksums completed; a super-segment stays one.
 */
final class FrameLink implements Link {
    private static final int MTU = 1500;
    private static final int TYPE_IPV4 = 0x0800;

    private final ArrayDeque<byte[]> arrivals = new ArrayDeque<>();
    private final List<byte[]> packets = new ArrayList<>();
    private final UnsafeBuffer part = new UnsafeBuffer(0, 0);
    private final FrameSlot sent = new FrameSlot();
    private final LinkCapabilities capabilities;

    /** @param offloads whether the device cuts super-segments and completes checksums */
    FrameLink(final boolean offloads) {
        capabilities = LinkCapabilities.plainEthernet(MTU, Frames.STACK_MAC).withOffloads(offloads, offloads);
    }

    /** A frame with its offload header. */
    void feed(final byte[] frame) {
        arrivals.add(frame);
    }

    /** The IPv4 packets that left since the last call. */
    List<byte[]> takePackets() {
        final List<byte[]> taken = List.copyOf(packets);
        packets.clear();
        return taken;
    }

    @Override
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public boolean receive(final FrameSlot slot) {
        for (byte[] frame = arrivals.poll(); frame != null; frame = arrivals.poll()) {
            slot.clear();
            slot.length = Math.min(frame.length, FrameSlot.MAX_FRAME_BYTES) - VnetFrames.HEADER_BYTES;
            if (slot.length < LinkCapabilities.ETHERNET_HEADER_BYTES) {
                continue;
            }
            slot.buffer.putBytes(slot.offset - VnetFrames.HEADER_BYTES, frame, 0, slot.length + VnetFrames.HEADER_BYTES);
            if (VnetFrames.accept(slot)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean transmit(final OutboundFrame frame) {
        VnetFrames.encode(frame);
        sent.clear();
        sent.length = frame.end - frame.start;
        sent.buffer.putBytes(sent.offset - VnetFrames.HEADER_BYTES, frame.buffer, frame.start - VnetFrames.HEADER_BYTES,
            VnetFrames.HEADER_BYTES + sent.length);
        for (int i = 0; i < frame.partCount; i++) {
            part.wrap(frame.partAddress[i], frame.partLength[i]);
            sent.buffer.putBytes(sent.offset + sent.length, part, 0, frame.partLength[i]);
            sent.length += frame.partLength[i];
        }
        actAsDevice(frame);
        if ((sent.buffer.getShort(sent.offset + 12, ByteOrder.BIG_ENDIAN) & 0xFFFF) == TYPE_IPV4) {
            final byte[] packet = new byte[sent.length - LinkCapabilities.ETHERNET_HEADER_BYTES];
            sent.buffer.getBytes(sent.offset + LinkCapabilities.ETHERNET_HEADER_BYTES, packet);
            packets.add(packet);
        }
        return true;
    }

    /** The header must say of the frame what a receiver of the same format accepts; what it asks for is done. */
    private void actAsDevice(final OutboundFrame frame) {
        final boolean partial = frame.checksumStart >= 0;
        require(capabilities.checksumOffload() || !partial, "a partial checksum without the offload");
        require(sent.length <= capabilities.maxFrameBytes(), "a frame of " + sent.length + " bytes");
        require(VnetFrames.accept(sent), "an offload header that does not hold together");
        require(sent.checksumValid == partial && sent.gsoSize == frame.gsoSize, "an offload header that says something else");
        if (partial) {
            final int start = sent.offset + frame.checksumStart - frame.start;
            sent.buffer.putShort(start + frame.checksumOffset,
                (short) Checksum.of(sent.buffer, start, sent.offset + sent.length - start), ByteOrder.BIG_ENDIAN);
        }
    }

    private static void require(final boolean condition, final String what) {
        if (!condition) {
            throw new IllegalStateException("the stack sent " + what);
        }
    }

    @Override
    public void await(final long timeoutNs) {
        // The stack is invoked: it never waits.
    }

    @Override
    public void wakeUp() {
        // Nobody sleeps in await.
    }

    @Override
    public void close() {
        arrivals.clear();
    }
}
