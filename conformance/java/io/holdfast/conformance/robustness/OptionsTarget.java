package io.holdfast.conformance.robustness;

import io.holdfast.wire.TcpCodec;
import io.holdfast.wire.TcpSegment;
import org.agrona.concurrent.UnsafeBuffer;

/** A TCP header, decoded; if it is one, encoded again and decoded again: the two must say the same. */
public final class OptionsTarget implements Target {
    private static final int ROOM = 128;

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(final byte[] input) {
        Targets.OPTIONS.target().run(input);
    }

    @Override
    public void run(final byte[] input) {
        final TcpSegment segment = new TcpSegment();
        if (!TcpCodec.decode(new UnsafeBuffer(input), 0, input.length, segment)) {
            return;
        }
        require(segment.sackCount >= 0 && segment.sackCount <= TcpSegment.MAX_SACK_RANGES, "ranges");
        require(segment.payloadLength >= 0 && segment.payloadLength <= input.length, "payload");
        final UnsafeBuffer again = new UnsafeBuffer(new byte[ROOM]);
        if (TcpCodec.encodedLength(segment) > TcpCodec.MAX_HEADER_BYTES) {
            return;
        }
        final int length = TcpCodec.encode(again, 0, segment);
        final TcpSegment second = new TcpSegment();
        require(TcpCodec.decode(again, 0, length, second), "what was encoded cannot be decoded");
        require(second.seq == segment.seq && second.ack == segment.ack && second.window == segment.window
            && second.flags == segment.flags, "fields");
        require(second.mss == segment.mss && second.windowScale == segment.windowScale
            && second.sackPermitted == segment.sackPermitted && second.timestamps == segment.timestamps
            && second.sackCount == segment.sackCount, "options");
    }

    private static void require(final boolean condition, final String what) {
        if (!condition) {
            throw new IllegalStateException(what);
        }
    }
}
