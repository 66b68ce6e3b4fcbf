package io.holdfast.link;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Preallocated off-heap place for one received frame, with its offload hints. Reused; owner's thread only. */
public final class FrameSlot {
    /** Room before the frame for a device's own header, read together with the frame. */
    public static final int HEADROOM = 64;
    /** Largest frame: a 65,535-byte IP packet and an Ethernet header with a VLAN tag, rounded up. */
    public static final int MAX_FRAME_BYTES = 65_664;

    public final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(HEADROOM + MAX_FRAME_BYTES));
    /** Where the frame starts in {@link #buffer}. */
    public int offset;
    /** Frame length in bytes. */
    public int length;
    /** The transport checksum need not be verified: the device did, or the frame never left this machine's memory. */
    public boolean checksumValid;
    /** Payload bytes of each wire segment that was coalesced into this frame; 0 if it is a single one. */
    public int gsoSize;

    public void clear() {
        offset = HEADROOM;
        length = 0;
        checksumValid = false;
        gsoSize = 0;
    }
}
