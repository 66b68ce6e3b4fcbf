package io.holdfast.link;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * A kept copy of a frame: its bytes, in memory that grows to the largest frame held so far, and its offload hints. Reused, so
 * that holding a frame allocates nothing once warm. One thread at a time.
 */
public final class FrameCopy {
    private static final int MIN_CAPACITY_BYTES = 2_048;

    /** Valid from 0 to {@link #length}. */
    public final UnsafeBuffer buffer = new UnsafeBuffer(new byte[0]);
    public int length;
    /** As {@link FrameSlot#checksumValid}. */
    public boolean checksumValid;
    /** As {@link FrameSlot#gsoSize}. */
    public int gsoSize;

    private final UnsafeBuffer part = new UnsafeBuffer(0, 0);

    /** Copies a frame that someone sends, its parts joined; a partial checksum becomes one that need not be verified. */
    public void take(final OutboundFrame frame) {
        final int total = frame.length();
        ensureCapacity(total);
        int at = frame.end - frame.start;
        buffer.putBytes(0, frame.buffer, frame.start, at);
        for (int i = 0; i < frame.partCount; i++) {
            part.wrap(frame.partAddress[i], frame.partLength[i]);
            buffer.putBytes(at, part, 0, frame.partLength[i]);
            at += frame.partLength[i];
        }
        length = total;
        checksumValid = frame.checksumStart >= 0;
        gsoSize = frame.gsoSize;
    }

    /** Copies a frame that was received. */
    public void take(final FrameSlot slot) {
        ensureCapacity(slot.length);
        buffer.putBytes(0, slot.buffer, slot.offset, slot.length);
        length = slot.length;
        checksumValid = slot.checksumValid;
        gsoSize = slot.gsoSize;
    }

    /** Copies another copy. */
    public void take(final FrameCopy other) {
        ensureCapacity(other.length);
        buffer.putBytes(0, other.buffer, 0, other.length);
        length = other.length;
        checksumValid = other.checksumValid;
        gsoSize = other.gsoSize;
    }

    /** Hands the frame to a receiver. */
    public void giveTo(final FrameSlot slot) {
        slot.clear();
        slot.buffer.putBytes(slot.offset, buffer, 0, length);
        slot.length = length;
        slot.checksumValid = checksumValid;
        slot.gsoSize = gsoSize;
    }

    /** Makes the frame one to be sent, its checksum taken to be complete. */
    public void giveTo(final OutboundFrame frame) {
        frame.clear();
        frame.buffer.putBytes(frame.start, buffer, 0, length);
        frame.end = frame.start + length;
    }

    /** Makes room for a frame of {@code bytes}; the frame held before is lost. */
    public void ensureCapacity(final int bytes) {
        if (buffer.capacity() < bytes) {
            final int powerOfTwo = Integer.highestOneBit(Math.max(bytes, MIN_CAPACITY_BYTES) * 2 - 1);
            buffer.wrap(new byte[powerOfTwo]);
        }
    }
}
