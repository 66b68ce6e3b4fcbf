package io.holdfast.link;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.holdfast.wire.Checksum;

/** Completes in software what a device with {@code checksumOffload} would do itself. Stateless; any thread. */
public final class SoftwareChecksum {
    private SoftwareChecksum() {
    }

    /**
     * Completes the partial checksum of a frame that is to go out whole; does nothing to one that is complete. The field
     * at {@link OutboundFrame#checksumStart} + {@link OutboundFrame#checksumOffset} holds the folded pseudo-header sum.
     */
    public static void complete(final OutboundFrame frame) {
        final int start = frame.checksumStart;
        if (start < 0) {
            return;
        }
        int position = frame.end - start;
        long sum = Checksum.add(0, frame.buffer, start, position);
        for (int i = 0; i < frame.partCount; i++) {
            sum = Checksum.addAt(sum, position, frame.partAddress[i], frame.partLength[i]);
            position += frame.partLength[i];
        }
        final int checksum = Checksum.finish(sum);
        // A UDP checksum of 0 would mean "none" (RFC 768); to TCP the two zeros are the same.
        frame.buffer.putShort(
            start + frame.checksumOffset, (short) (checksum == 0 ? 0xFFFF : checksum), BIG_ENDIAN);
        frame.checksumStart = -1;
    }
}
