package io.holdfast.link.decorator;

import org.agrona.DirectBuffer;

/** Says in words what a frame is. */
@FunctionalInterface
public interface FrameText {
    /** Frames are shown in hexadecimal up to this many bytes. */
    int HEX_BYTES = 96;

    /** The first bytes, in hexadecimal. */
    FrameText HEX = (frame, offset, length, to) -> {
        for (int i = 0; i < Math.min(length, HEX_BYTES); i++) {
            final int b = frame.getByte(offset + i);
            to.append(Character.forDigit(b >> 4 & 0xF, 16)).append(Character.forDigit(b & 0xF, 16));
        }
        if (length > HEX_BYTES) {
            to.append("...");
        }
    };

    /** Appends one line, without its end. Any bytes may stand in the frame. */
    void describe(DirectBuffer frame, int offset, int length, StringBuilder to);
}
