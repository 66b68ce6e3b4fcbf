package io.holdfast.conformance.robustness;

import io.holdfast.link.FrameSlot;
import io.holdfast.link.Link;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import io.holdfast.link.tap.VnetFrames;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** A TAP in memory: frames come with the offload header before them. IPv4 packets that leave are kept, without Ethernet. */
final class FrameLink implements Link {
    private static final int MTU = 1500;
    private static final int TYPE_IPV4 = 0x0800;

    private final ArrayDeque<byte[]> arrivals = new ArrayDeque<>();
    private final List<byte[]> packets = new ArrayList<>();
    private final UnsafeBuffer part = new UnsafeBuffer(0, 0);

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
        return LinkCapabilities.plainEthernet(MTU, Frames.STACK_MAC);
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
        final byte[] bytes = new byte[frame.length()];
        int length = frame.end - frame.start;
        frame.buffer.getBytes(frame.start, bytes, 0, length);
        for (int i = 0; i < frame.partCount; i++) {
            part.wrap(frame.partAddress[i], frame.partLength[i]);
            part.getBytes(0, bytes, length, frame.partLength[i]);
            length += frame.partLength[i];
        }
        if (((bytes[12] & 0xFF) << 8 | bytes[13] & 0xFF) == TYPE_IPV4) {
            packets.add(Arrays.copyOfRange(bytes, LinkCapabilities.ETHERNET_HEADER_BYTES, bytes.length));
        }
        return true;
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
