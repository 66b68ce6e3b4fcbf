package io.holdfast.ip;

import io.holdfast.link.FrameSlot;
import io.holdfast.link.Link;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import java.util.ArrayDeque;
import java.util.Deque;
import org.agrona.concurrent.UnsafeBuffer;

/** A device that keeps what it is given, for tests to look at; nothing is ever received from it. */
public final class CollectingLink implements Link {
    public static final long MAC = 0x0200_0000_0001L;

    /** One frame that was transmitted, and what was asked of the device. */
    public record Frame(UnsafeBuffer bytes, int checksumStart, int checksumOffset, int gsoSize) {
        public int length() {
            return bytes.capacity();
        }
    }

    public LinkCapabilities capabilities = new LinkCapabilities(true, 1500, MAC, false, false, 65_549);
    public final Deque<Frame> frames = new ArrayDeque<>();
    /** Frames that are still taken; then the device is full. */
    public int room = Integer.MAX_VALUE;

    @Override
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public boolean receive(final FrameSlot slot) {
        return false;
    }

    @Override
    public boolean transmit(final OutboundFrame frame) {
        if (room == 0) {
            return false;
        }
        room--;
        final byte[] bytes = new byte[frame.length()];
        int at = frame.end - frame.start;
        frame.buffer.getBytes(frame.start, bytes, 0, at);
        for (int i = 0; i < frame.partCount; i++) {
            new UnsafeBuffer(frame.partAddress[i], frame.partLength[i]).getBytes(0, bytes, at, frame.partLength[i]);
            at += frame.partLength[i];
        }
        frames.add(new Frame(new UnsafeBuffer(bytes), frame.checksumStart < 0 ? -1 : frame.checksumStart - frame.start,
            frame.checksumOffset, frame.gsoSize));
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
