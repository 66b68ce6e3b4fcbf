package io.holdfast.link.tap;

import io.holdfast.link.FrameSlot;
import io.holdfast.link.OutboundFrame;

/** For tests elsewhere: frames as a TAP with the offload header delivers and takes them. */
public final class VnetFrames {
    /** Bytes of the header that stands before each frame. */
    public static final int HEADER_BYTES = VnetHeader.BYTES;

    private VnetFrames() {
    }

    /** Judges the header before the slot's frame and takes over what it says; false if the frame is to be dropped. */
    public static boolean accept(final FrameSlot slot) {
        return VnetHeader.parse(slot) != VnetHeader.Verdict.INVALID;
    }

    /** Writes the header before the frame, as the device wants it. */
    public static void encode(final OutboundFrame frame) {
        VnetHeader.encode(frame);
    }
}
