package io.holdfast.sim;

import io.holdfast.link.FrameSlot;
import io.holdfast.link.Link;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import java.util.ArrayDeque;
import org.agrona.concurrent.UnsafeBuffer;

/** A host's end of the simulated wire: bare IP packets, no queue of its own; what is sent goes to the world at once. */
final class SimLink implements Link {
    private final World world;
    private final int host;
    private final LinkCapabilities capabilities;
    private final ArrayDeque<byte[]> arrived = new ArrayDeque<>();
    /** Frames that it takes between two duty cycles. */
    private int burst = Integer.MAX_VALUE;
    private int room = Integer.MAX_VALUE;

    SimLink(final World world, final int host, final int mtu) {
        this.world = world;
        this.host = host;
        capabilities = new LinkCapabilities(false, mtu, 0, false, false, FrameSlot.MAX_FRAME_BYTES);
    }

    /** Sets the number of frames after which the device is full until the next duty cycle. */
    void burst(final int frames) {
        burst = frames;
    }

    void beginCycle() {
        room = burst;
    }

    void arrive(final byte[] packet) {
        arrived.add(packet);
    }

    @Override
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public boolean receive(final FrameSlot slot) {
        final byte[] packet = arrived.poll();
        if (packet == null) {
            return false;
        }
        slot.clear();
        slot.buffer.putBytes(slot.offset, packet);
        slot.length = packet.length;
        return true;
    }

    @Override
    public boolean transmit(final OutboundFrame frame) {
        if (room == 0) {
            return false;
        }
        room--;
        final byte[] packet = new byte[frame.length()];
        int at = frame.end - frame.start;
        frame.buffer.getBytes(frame.start, packet, 0, at);
        final UnsafeBuffer part = new UnsafeBuffer(0, 0);
        for (int i = 0; i < frame.partCount; i++) {
            part.wrap(frame.partAddress[i], frame.partLength[i]);
            part.getBytes(0, packet, at, frame.partLength[i]);
            at += frame.partLength[i];
        }
        world.sent(host, packet);
        return true;
    }

    @Override
    public void await(final long timeoutNs) {
        throw new UnsupportedOperationException("nobody sleeps in virtual time");
    }

    @Override
    public void wakeUp() {
    }

    @Override
    public void close() {
    }
}
