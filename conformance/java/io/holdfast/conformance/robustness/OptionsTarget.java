package io.holdfast.conformance.robustness;

import io.holdfast.wire.TcpCodec;
import io.holdfast.wire.TcpSegment;
import org.agrona.concurrent.UnsafeBuffer;

/** A TCP header, decoded; if it is one, encoded again and decoded again: the two must say the same. */
public final class OptionsTarget implements Target {
    private static final int ROOM = 128;
    private static final int RANGE_BYTES = 8;

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
        final int length = TcpCodec.encode(again, 0, segment);
        require(length <= TcpCodec.MAX_HEADER_BYTES && length == TcpCodec.encodedLength(segment), "header of " + length);
        final TcpSegment second = new TcpSegment();
        require(TcpCodec.decode(again, 0, length, second), "what was encoded cannot be decoded");
        require(second.sourcePort == segment.sourcePort && second.destinationPort == segment.destinationPort
            && second.seq == segment.seq && second.ack == segment.ack && second.window == segment.window
            && second.flags == segment.flags && second.urgentPointer == segment.urgentPointer, "fields");
        require(second.mss == segment.mss && second.windowScale == segment.windowScale
            && second.sackPermitted == segment.sackPermitted && second.timestamps == segment.timestamps
            && second.tsVal == segment.tsVal && second.tsEcr == segment.tsEcr, "options");
        requireRanges(segment, second, length);
    }

    /** Ranges may be lost for one reason: a peer that does not pad gets one more in than fits beside aligned options. */
    private static void requireRanges(final TcpSegment first, final TcpSegment second, final int length) {
        require(second.sackCount == first.sackCount
            || second.sackCount < first.sackCount && length + RANGE_BYTES > TcpCodec.MAX_HEADER_BYTES, "ranges lost");
        for (int i = 0; i < second.sackCount; i++) {
            require(second.sackStart[i] == first.sackStart[i] && second.sackEnd[i] == first.sackEnd[i], "range " + i);
        }
    }

    private static void require(final boolean condition, final String what) {
        if (!condition) {
            throw new IllegalStateException(what);
        }
    }
}
