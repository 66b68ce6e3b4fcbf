package io.holdfast.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import org.agrona.DirectBuffer;

/** The part of {@link PacketFormatter} that says TCP, and remembers where the sequence numbers of connections began. */
final class TcpFormatter {
    /** Directions remembered; the oldest is forgotten first. */
    static final int MAX_DIRECTIONS = 4096;

    private static final int[] FLAGS = {
        TcpSegment.SYN, TcpSegment.FIN, TcpSegment.RST, TcpSegment.PSH,
        TcpSegment.ACK, TcpSegment.URG, TcpSegment.ECE, TcpSegment.CWR};
    private static final String LETTERS = "SFRP.UEW";

    private final boolean relative;
    private final TcpSegment segment = new TcpSegment();
    private final Map<Direction, Integer> origins = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(final Map.Entry<Direction, Integer> eldest) {
            return size() > MAX_DIRECTIONS;
        }
    };

    private record Direction(
        long sourceHi, long sourceLo, long destinationHi, long destinationLo, int sourcePort, int destinationPort) {
    }

    TcpFormatter(final boolean relative) {
        this.relative = relative;
    }

    /**
     * @param there  bytes of the segment that there are
     * @param length bytes of the segment by the packet's header
     */
    void describe(
        final long sourceHi,
        final long sourceLo,
        final long destinationHi,
        final long destinationLo,
        final DirectBuffer buffer,
        final int offset,
        final int there,
        final int length,
        final StringBuilder into) {
        if (!TcpCodec.decode(buffer, offset, there, segment)) {
            into.append("[|tcp] length ").append(length);
            return;
        }
        final int payload = segment.payloadLength + length - there;
        int seqOrigin = 0;
        int ackOrigin = 0;
        if (relative) {
            final Direction forth = new Direction(
                sourceHi, sourceLo, destinationHi, destinationLo, segment.sourcePort, segment.destinationPort);
            final Direction back = new Direction(
                destinationHi, destinationLo, sourceHi, sourceLo, segment.destinationPort, segment.sourcePort);
            if (segment.has(TcpSegment.SYN)) {
                if (!segment.has(TcpSegment.ACK)) {
                    origins.remove(back);
                }
                origins.put(forth, segment.seq);
            }
            seqOrigin = segment.has(TcpSegment.SYN) ? 0 : origins.getOrDefault(forth, 0);
            ackOrigin = origins.getOrDefault(back, 0);
        }
        flags(into);
        if (segment.has(TcpSegment.SYN | TcpSegment.FIN | TcpSegment.RST) || payload > 0) {
            into.append(", seq ").append(number(segment.seq, seqOrigin));
            if (payload > 0) {
                into.append(':').append(number(segment.seq + payload, seqOrigin));
            }
        }
        if (segment.has(TcpSegment.ACK)) {
            into.append(", ack ").append(number(segment.ack, ackOrigin));
        }
        into.append(", win ").append(segment.window);
        if (segment.has(TcpSegment.URG)) {
            into.append(", urg ").append(segment.urgentPointer);
        }
        options(buffer, offset + TcpCodec.MIN_HEADER_BYTES, segment.payloadOffset, ackOrigin, into);
        into.append(", length ").append(payload);
    }

    private void flags(final StringBuilder into) {
        into.append("Flags [");
        if (segment.flags == 0) {
            into.append("none");
        }
        for (int i = 0; i < FLAGS.length; i++) {
            if (segment.has(FLAGS[i])) {
                into.append(LETTERS.charAt(i));
            }
        }
        into.append(']');
    }

    /** Options as they stand in the header, padding and nonsense included, of which the codec's values say nothing. */
    private void options(
        final DirectBuffer buffer, final int from, final int end, final int ackOrigin, final StringBuilder into) {
        if (from == end) {
            return;
        }
        into.append(", options [");
        int at = from;
        while (at < end) {
            final int kind = buffer.getByte(at) & 0xFF;
            if (at > from) {
                into.append(',');
            }
            if (kind == 0) {
                into.append("eol");
                break;
            }
            if (kind == 1) {
                into.append("nop");
                at++;
                continue;
            }
            final int bytes = at + 1 < end ? buffer.getByte(at + 1) & 0xFF : 0;
            if (bytes < 2 || at + bytes > end) {
                into.append("bad ").append(kind);
                break;
            }
            option(kind, bytes, ackOrigin, buffer, at, into);
            at += bytes;
        }
        into.append(']');
    }

    private void option(
        final int kind,
        final int bytes,
        final int ackOrigin,
        final DirectBuffer buffer,
        final int at,
        final StringBuilder into) {
        final boolean syn = segment.has(TcpSegment.SYN);
        if (kind == 2 && bytes == 4 && syn) {
            into.append("mss ").append(segment.mss);
        } else if (kind == 3 && bytes == 3 && syn) {
            into.append("wscale ").append(segment.windowScale);
        } else if (kind == 4 && bytes == 2 && syn) {
            into.append("sackOK");
        } else if (kind == 8 && bytes == 10) {
            into.append("TS val ").append(Integer.toUnsignedString(segment.tsVal))
                .append(" ecr ").append(Integer.toUnsignedString(segment.tsEcr));
        } else if (kind == 5 && bytes > 2 && (bytes - 2) % 8 == 0) {
            into.append("sack ").append(segment.sackCount).append(' ');
            for (int i = 0; i < segment.sackCount; i++) {
                into.append('{').append(number(segment.sackStart[i], ackOrigin))
                    .append(':').append(number(segment.sackEnd[i], ackOrigin)).append('}');
            }
        } else {
            into.append("unknown-").append(kind);
            if (bytes > 2) {
                into.append(" 0x");
                for (int i = 2; i < bytes; i++) {
                    final int octet = buffer.getByte(at + i);
                    into.append(Character.forDigit(octet >> 4 & 0xF, 16)).append(Character.forDigit(octet & 0xF, 16));
                }
            }
        }
    }

    private static String number(final int sequence, final int origin) {
        return Integer.toUnsignedString(sequence - origin);
    }
}
