package io.holdfast.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * TCP headers with their options, between bytes and {@link TcpSegment} (RFC 9293 3.1 and 3.2, 7323, 2018). Stateless,
 * any thread. Options are written in Linux's order and padding, so that peers take the fast path they have for it.
 */
public final class TcpCodec {
    public static final int MIN_HEADER_BYTES = 20;
    public static final int MAX_HEADER_BYTES = 60;
    /** Where the checksum lies in the header. */
    public static final int CHECKSUM_OFFSET = 16;

    private static final int OPTION_END = 0;
    private static final int OPTION_NOP = 1;
    private static final int OPTION_MSS = 2;
    private static final int OPTION_WINDOW_SCALE = 3;
    private static final int OPTION_SACK_PERMITTED = 4;
    private static final int OPTION_SACK = 5;
    private static final int OPTION_TIMESTAMPS = 8;

    private static final int MSS_BYTES = 4;
    private static final int WINDOW_SCALE_BYTES = 3;
    private static final int SACK_PERMITTED_BYTES = 2;
    private static final int TIMESTAMPS_BYTES = 10;
    private static final int SACK_RANGE_BYTES = 8;
    /** Room of an option with the no-operations that align it. */
    private static final int PADDED_TIMESTAMPS_BYTES = 12;
    private static final int PADDED_WORD_BYTES = 4;

    private TcpCodec() {
    }

    /**
     * Reads a header and finds the payload. It does not read outside of the given bytes, whatever they are.
     *
     * <p>Unknown options are skipped. An option with an impossible length ends the options, as on Linux; a known option of a
     * wrong length is skipped. Options that only a SYN may carry are ignored elsewhere. Of an option that comes twice the last
     * one counts.
     *
     * @param length bytes of header and payload
     * @param into   overwritten whole; wire segments and traffic class, which are not in the header, are reset
     * @return false if it is malformed: too short for a header, or the data offset is impossible. The carrier's content
     *     is undefined then
     */
    public static boolean decode(
        final DirectBuffer buffer, final int offset, final int length, final TcpSegment into) {
        if (length < MIN_HEADER_BYTES) {
            return false;
        }
        buffer.boundsCheck(offset, length);
        final int headerBytes = (buffer.getByte(offset + 12) >> 4 & 0xF) * 4;
        if (headerBytes < MIN_HEADER_BYTES || headerBytes > length) {
            return false;
        }
        into.clear();
        into.sourcePort = buffer.getShort(offset, BIG_ENDIAN) & 0xFFFF;
        into.destinationPort = buffer.getShort(offset + 2, BIG_ENDIAN) & 0xFFFF;
        into.seq = buffer.getInt(offset + 4, BIG_ENDIAN);
        into.ack = buffer.getInt(offset + 8, BIG_ENDIAN);
        into.flags = buffer.getByte(offset + 13) & 0xFF;
        into.window = buffer.getShort(offset + 14, BIG_ENDIAN) & 0xFFFF;
        into.urgentPointer = buffer.getShort(offset + 18, BIG_ENDIAN) & 0xFFFF;
        into.payload = buffer;
        into.payloadOffset = offset + headerBytes;
        into.payloadLength = length - headerBytes;
        if (headerBytes > MIN_HEADER_BYTES) {
            decodeOptions(buffer, offset + MIN_HEADER_BYTES, offset + headerBytes, into);
        }
        return true;
    }

    private static void decodeOptions(
        final DirectBuffer buffer, final int from, final int end, final TcpSegment into) {
        int at = from;
        while (at < end) {
            final int kind = buffer.getByte(at) & 0xFF;
            if (kind == OPTION_END) {
                return;
            }
            if (kind == OPTION_NOP) {
                at++;
                continue;
            }
            if (at + 1 >= end) {
                return;
            }
            final int bytes = buffer.getByte(at + 1) & 0xFF;
            if (bytes < 2 || at + bytes > end) {
                return;
            }
            decodeOption(buffer, at, kind, bytes, into);
            at += bytes;
        }
    }

    private static void decodeOption(
        final DirectBuffer buffer, final int at, final int kind, final int bytes, final TcpSegment into) {
        switch (kind) {
            case OPTION_TIMESTAMPS -> {
                if (bytes == TIMESTAMPS_BYTES) {
                    into.timestamps = true;
                    into.tsVal = buffer.getInt(at + 2, BIG_ENDIAN);
                    into.tsEcr = buffer.getInt(at + 6, BIG_ENDIAN);
                }
            }
            case OPTION_SACK -> decodeSack(buffer, at, bytes, into);
            case OPTION_MSS -> {
                if (bytes == MSS_BYTES && into.has(TcpSegment.SYN)) {
                    into.mss = buffer.getShort(at + 2, BIG_ENDIAN) & 0xFFFF;
                }
            }
            case OPTION_WINDOW_SCALE -> {
                if (bytes == WINDOW_SCALE_BYTES && into.has(TcpSegment.SYN)) {
                    into.windowScale = buffer.getByte(at + 2) & 0xFF;
                }
            }
            case OPTION_SACK_PERMITTED -> {
                if (bytes == SACK_PERMITTED_BYTES && into.has(TcpSegment.SYN)) {
                    into.sackPermitted = true;
                }
            }
            default -> {
            }
        }
    }

    private static void decodeSack(final DirectBuffer buffer, final int at, final int bytes, final TcpSegment into) {
        // 40 bytes of options have room for four ranges at most, so the arrays cannot overflow.
        if ((bytes - 2) % SACK_RANGE_BYTES != 0 || bytes == 2) {
            return;
        }
        into.sackCount = (bytes - 2) / SACK_RANGE_BYTES;
        for (int i = 0; i < into.sackCount; i++) {
            into.sackStart[i] = buffer.getInt(at + 2 + i * SACK_RANGE_BYTES, BIG_ENDIAN);
            into.sackEnd[i] = buffer.getInt(at + 6 + i * SACK_RANGE_BYTES, BIG_ENDIAN);
        }
    }

    /** Bytes that {@link #encode} writes for this segment, a multiple of 4. */
    public static int encodedLength(final TcpSegment segment) {
        final int fixed = MIN_HEADER_BYTES + fixedOptionBytes(segment);
        final int ranges = sackRanges(segment, fixed);
        return ranges == 0 ? fixed : fixed + PADDED_WORD_BYTES + ranges * SACK_RANGE_BYTES;
    }

    private static int fixedOptionBytes(final TcpSegment segment) {
        int bytes = segment.timestamps ? PADDED_TIMESTAMPS_BYTES : 0;
        if (segment.has(TcpSegment.SYN)) {
            bytes += segment.mss != 0 ? MSS_BYTES : 0;
            bytes += segment.windowScale != TcpSegment.NO_WINDOW_SCALE ? PADDED_WORD_BYTES : 0;
            bytes += segment.sackPermitted && !segment.timestamps ? PADDED_WORD_BYTES : 0;
        }
        return bytes;
    }

    /** SACK ranges for which there is room beside the other options: four alone, three with timestamps. */
    private static int sackRanges(final TcpSegment segment, final int headerBytes) {
        final int room = MAX_HEADER_BYTES - headerBytes - PADDED_WORD_BYTES;
        return Math.max(0, Math.min(segment.sackCount, room / SACK_RANGE_BYTES));
    }

    /**
     * Writes the header with a checksum field of zero. Options that only a SYN may carry are left out of other
     * segments, and SACK ranges for which there is no room are left out from the end.
     *
     * @return bytes written, at most {@link #MAX_HEADER_BYTES}
     */
    public static int encode(final MutableDirectBuffer buffer, final int offset, final TcpSegment segment) {
        final int headerBytes = encodedLength(segment);
        buffer.putShort(offset, (short) segment.sourcePort, BIG_ENDIAN);
        buffer.putShort(offset + 2, (short) segment.destinationPort, BIG_ENDIAN);
        buffer.putInt(offset + 4, segment.seq, BIG_ENDIAN);
        buffer.putInt(offset + 8, segment.ack, BIG_ENDIAN);
        buffer.putByte(offset + 12, (byte) (headerBytes / 4 << 4));
        buffer.putByte(offset + 13, (byte) segment.flags);
        buffer.putShort(offset + 14, (short) segment.window, BIG_ENDIAN);
        buffer.putInt(offset + CHECKSUM_OFFSET, segment.urgentPointer & 0xFFFF, BIG_ENDIAN);
        if (headerBytes > MIN_HEADER_BYTES) {
            encodeOptions(buffer, offset + MIN_HEADER_BYTES, segment);
        }
        return headerBytes;
    }

    private static void encodeOptions(final MutableDirectBuffer buffer, final int from, final TcpSegment segment) {
        int at = from;
        final boolean syn = segment.has(TcpSegment.SYN);
        final boolean sackPermitted = syn && segment.sackPermitted;
        if (syn && segment.mss != 0) {
            buffer.putInt(at, word(OPTION_MSS, MSS_BYTES, segment.mss >>> 8 & 0xFF, segment.mss & 0xFF), BIG_ENDIAN);
            at += MSS_BYTES;
        }
        if (segment.timestamps) {
            final int first = sackPermitted ? OPTION_SACK_PERMITTED : OPTION_NOP;
            final int second = sackPermitted ? SACK_PERMITTED_BYTES : OPTION_NOP;
            buffer.putInt(at, word(first, second, OPTION_TIMESTAMPS, TIMESTAMPS_BYTES), BIG_ENDIAN);
            buffer.putInt(at + 4, segment.tsVal, BIG_ENDIAN);
            buffer.putInt(at + 8, segment.tsEcr, BIG_ENDIAN);
            at += PADDED_TIMESTAMPS_BYTES;
        } else if (sackPermitted) {
            buffer.putInt(
                at, word(OPTION_NOP, OPTION_NOP, OPTION_SACK_PERMITTED, SACK_PERMITTED_BYTES), BIG_ENDIAN);
            at += PADDED_WORD_BYTES;
        }
        if (syn && segment.windowScale != TcpSegment.NO_WINDOW_SCALE) {
            buffer.putInt(
                at,
                word(OPTION_NOP, OPTION_WINDOW_SCALE, WINDOW_SCALE_BYTES, segment.windowScale & 0xFF),
                BIG_ENDIAN);
            at += PADDED_WORD_BYTES;
        }
        final int ranges = sackRanges(segment, MIN_HEADER_BYTES + at - from);
        if (ranges > 0) {
            buffer.putInt(
                at, word(OPTION_NOP, OPTION_NOP, OPTION_SACK, 2 + ranges * SACK_RANGE_BYTES), BIG_ENDIAN);
            at += PADDED_WORD_BYTES;
            for (int i = 0; i < ranges; i++) {
                buffer.putInt(at, segment.sackStart[i], BIG_ENDIAN);
                buffer.putInt(at + 4, segment.sackEnd[i], BIG_ENDIAN);
                at += SACK_RANGE_BYTES;
            }
        }
    }

    private static int word(final int a, final int b, final int c, final int d) {
        return a << 24 | b << 16 | c << 8 | d;
    }
}
