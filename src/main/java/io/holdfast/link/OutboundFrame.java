package io.holdfast.link;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A frame being built from the transport header down: the bytes in {@link #buffer} from {@link #start} to {@link #end},
 * followed by payload that stays where it is (up to {@link #MAX_PARTS} off-heap parts, so that a device can gather).
 * Each layer prepends its header. Reused; owner's thread only.
 */
public final class OutboundFrame {
    /** Room for transport, IP, Ethernet and device headers before the point where a transport begins. */
    public static final int HEADROOM = 192;
    /** A 64 KiB super-segment spans at most this many chunks of a stream buffer. */
    public static final int MAX_PARTS = 8;

    /** Direct memory; room for any packet, for those whose payload has no other home (echo replies, fragments). */
    public final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(HEADROOM + FrameSlot.MAX_FRAME_BYTES));
    public int start;
    public int end;

    /** Payload parts: native addresses and lengths. */
    public final long[] partAddress = new long[MAX_PARTS];
    public final int[] partLength = new int[MAX_PARTS];
    public int partCount;

    /**
     * Offset in {@link #buffer} of the first byte that a device shall checksum (the transport header), or -1 if the
     * frame's checksum is already complete. The field then holds the folded pseudo-header sum, not inverted.
     */
    public int checksumStart;
    /** Offset of the checksum field from {@link #checksumStart}. */
    public int checksumOffset;
    /** Payload bytes of each segment that the device shall cut this frame into; 0 if it goes out whole. */
    public int gsoSize;

    /** Makes the frame empty, with all of the headroom before it. */
    public void clear() {
        start = HEADROOM;
        end = HEADROOM;
        partCount = 0;
        checksumStart = -1;
        checksumOffset = 0;
        gsoSize = 0;
    }

    /**
     * Makes room for a header of {@code bytes} before the frame's present start; returns the header's offset in {@link #buffer}.
     */
    public int prepend(final int bytes) {
        start -= bytes;
        return start;
    }

    public void addPart(final long address, final int length) {
        partAddress[partCount] = address;
        partLength[partCount] = length;
        partCount++;
    }

    /** Headers and payload together. */
    public int length() {
        int n = end - start;
        for (int i = 0; i < partCount; i++) {
            n += partLength[i];
        }
        return n;
    }
}
