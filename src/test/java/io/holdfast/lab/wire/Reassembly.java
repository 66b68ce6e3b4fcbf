package io.holdfast.lab.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.TreeMap;

/** One direction of a TCP connection, its bytes in order again. One thread. */
final class Reassembly {
    private static final int FIRST_BYTES = 1 << 16;

    private final TreeMap<Long, byte[]> early = new TreeMap<>();
    private byte[] bytes = new byte[FIRST_BYTES];
    private int begin;
    private int end;
    /** Offset of the byte behind the last one in order; 0 is the first byte. */
    private long next;
    private final int iss;
    private boolean ended;
    private boolean lost;

    Reassembly(final int iss) {
        this.iss = iss;
    }

    int iss() {
        return iss;
    }

    void add(final Segment segment) {
        final long start = offset(segment.seq + (segment.has(Segment.SYN) ? 1 : 0));
        lost |= segment.capturedPayload < segment.payloadLength;
        ended |= segment.has(Segment.FIN) || segment.has(Segment.RST);
        if (segment.payloadLength == 0 || start + segment.payloadLength <= next || lost) {
            return;
        }
        early.merge(start, Arrays.copyOfRange(segment.data, segment.payloadOffset,
            segment.payloadOffset + segment.payloadLength), (a, b) -> a.length >= b.length ? a : b);
        while (!early.isEmpty() && early.firstKey() <= next) {
            final var first = early.pollFirstEntry();
            final int known = (int) Math.min(first.getValue().length, next - first.getKey());
            append(first.getValue(), known);
        }
    }

    /** The receiver has all bytes up to there: what is not here then was not captured. */
    void onAcknowledged(final int ack) {
        lost |= offset(ack) > next + (ended ? 1 : 0);
    }

    /** Bytes were not captured: what followed cannot be understood. */
    boolean isLost() {
        return lost;
    }

    /** The sender has closed or reset the connection. */
    boolean hasEnded() {
        return ended;
    }

    /** Bytes in order that were not taken yet; little endian. */
    ByteBuffer unread() {
        return ByteBuffer.wrap(bytes, begin, end - begin).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    void take(final int length) {
        begin += length;
    }

    private long offset(final int seq) {
        return next + (seq - (int) (iss + 1 + next));
    }

    private void append(final byte[] data, final int from) {
        final int length = data.length - from;
        if (end + length > bytes.length) {
            final byte[] larger = end - begin + length > bytes.length / 2 ? new byte[2 * (end - begin + length)] : bytes;
            System.arraycopy(bytes, begin, larger, 0, end - begin);
            bytes = larger;
            end -= begin;
            begin = 0;
        }
        System.arraycopy(data, from, bytes, end, length);
        end += length;
        next += length;
    }
}
