package io.holdfast.ip;

import io.holdfast.link.OutboundFrame;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Copies out of a frame as if its buffer and parts were one run of bytes. Shard's thread only. */
final class FrameBytes {
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    /**
     * @param from   first byte, counted from {@link OutboundFrame#start}
     * @param length bytes, all of which the frame has
     */
    void copy(
        final OutboundFrame frame, final int from, final int length, final MutableDirectBuffer target, final int at) {
        final int headLength = frame.end - frame.start;
        int done = 0;
        if (from < headLength) {
            done = Math.min(length, headLength - from);
            target.putBytes(at, frame.buffer, frame.start + from, done);
        }
        int partStart = headLength;
        for (int i = 0; i < frame.partCount && done < length; i++) {
            final int skip = from + done - partStart;
            final int n = Math.min(length - done, frame.partLength[i] - skip);
            if (n > 0) {
                view.wrap(frame.partAddress[i], frame.partLength[i]);
                target.putBytes(at + done, view, skip, n);
                done += n;
            }
            partStart += frame.partLength[i];
        }
    }
}
