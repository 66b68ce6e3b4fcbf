package io.holdfast.link.tap;

import io.holdfast.link.FrameSlot;
import io.holdfast.link.OutboundFrame;
import io.holdfast.wire.Checksum;
import io.holdfast.wire.EthernetHeader;
import io.holdfast.wire.Ipv4Header;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The header {@code struct virtio_net_hdr} (Virtual I/O Device 1.2, 5.1.6) that stands before each frame of a TAP opened
 * with {@code IFF_VNET_HDR}, in the machine's byte order. Received headers are treated as hostile: any field may hold any value.
 * Pure functions.
 *
 * <pre>
 *  0 flags      1 gso_type    2 hdr_len    4 gso_size    6 csum_start    8 csum_offset
 * </pre>
 */
final class VnetHeader {
    /** Without {@code num_buffers}, which a TAP never uses. */
    static final int BYTES = 10;

    static final int FLAG_NEEDS_CSUM = 1;
    static final int FLAG_DATA_VALID = 2;
    static final int GSO_NONE = 0;
    static final int GSO_TCPV4 = 1;
    static final int GSO_TCPV6 = 4;
    static final int GSO_ECN = 0x80;

    /** Results of {@link #parse}. */
    enum Verdict {
        /** The slot's hints are set. */
        ACCEPTED,
        /** Like {@link #ACCEPTED}; a checksum that no transport here would have recognised was completed. */
        COMPLETED,
        /** The header does not hold together: drop the frame. */
        INVALID
    }

    private static final ByteOrder NATIVE = ByteOrder.nativeOrder();
    private static final int ETHER_TYPE = 12;
    private static final int IPV6_BYTES = 40;
    private static final int FRAGMENT_MASK = 0x3FFF;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int TCP_MIN_BYTES = 20;
    private static final int TCP_CHECKSUM = 16;
    private static final int UDP_CHECKSUM = 6;

    private VnetHeader() {
    }

    /**
     * Checks the header at {@code slot.offset - BYTES} against the frame in the slot, which is at least an Ethernet header
     * long, and sets the slot's hints from it.
     */
    static Verdict parse(final FrameSlot slot) {
        final MutableDirectBuffer buffer = slot.buffer;
        final int header = slot.offset - BYTES;
        final int flags = buffer.getByte(header) & 0xFF;
        final int gsoType = buffer.getByte(header + 1) & 0xFF & ~GSO_ECN;
        final int headerLength = buffer.getShort(header + 2, NATIVE) & 0xFFFF;
        final int gsoSize = buffer.getShort(header + 4, NATIVE) & 0xFFFF;
        final int checksumStart = buffer.getShort(header + 6, NATIVE) & 0xFFFF;
        final int checksumOffset = buffer.getShort(header + 8, NATIVE) & 0xFFFF;

        slot.checksumValid = false;
        slot.gsoSize = 0;
        if ((flags & ~(FLAG_NEEDS_CSUM | FLAG_DATA_VALID)) != 0 || headerLength > slot.length) {
            return Verdict.INVALID;
        }
        final boolean partial = (flags & FLAG_NEEDS_CSUM) != 0;
        if (partial && (checksumStart < EthernetHeader.BYTES
            || checksumStart + checksumOffset + 2 > slot.length)) {
            return Verdict.INVALID;
        }
        final int transport = transportStart(buffer, slot.offset, slot.length);
        final boolean ours = transport >= 0 && checksumStart == transport
            && checksumOffset == checksumField(buffer, slot.offset);

        if (gsoType != GSO_NONE) {
            if (!partial || !ours || checksumOffset != TCP_CHECKSUM || gsoSize == 0
                || gsoType != gsoTypeOf(buffer, slot.offset)) {
                return Verdict.INVALID;
            }
            // A peer of the kernel's may say so of a segment that is not longer than one; then it is just that.
            final int payloadBytes = slot.length - transport - TCP_MIN_BYTES;
            slot.gsoSize = gsoSize < payloadBytes ? gsoSize : 0;
        }
        if (partial && !ours) {
            complete(buffer, slot.offset + checksumStart, slot.offset + slot.length, checksumOffset);
            return Verdict.COMPLETED;
        }
        slot.checksumValid = partial || (flags & FLAG_DATA_VALID) != 0 && transport >= 0;
        return Verdict.ACCEPTED;
    }

    /** Writes the header for the frame in front of it, at {@code frame.start - BYTES}. */
    static void encode(final OutboundFrame frame) {
        final MutableDirectBuffer buffer = frame.buffer;
        final int header = frame.start - BYTES;
        if (frame.checksumStart < 0) {
            buffer.putLong(header, 0L);
            buffer.putShort(header + 8, (short) 0);
            return;
        }
        final int checksumStart = frame.checksumStart - frame.start;
        buffer.putByte(header, (byte) FLAG_NEEDS_CSUM);
        if (frame.gsoSize > 0) {
            final int tcpBytes = (buffer.getByte(frame.checksumStart + 12) & 0xF0) >>> 2;
            buffer.putByte(header + 1, (byte) gsoTypeOf(buffer, frame.start));
            buffer.putShort(header + 2, (short) (checksumStart + tcpBytes), NATIVE);
            buffer.putShort(header + 4, (short) frame.gsoSize, NATIVE);
        } else {
            buffer.putByte(header + 1, (byte) GSO_NONE);
            buffer.putInt(header + 2, 0);
        }
        buffer.putShort(header + 6, (short) checksumStart, NATIVE);
        buffer.putShort(header + 8, (short) frame.checksumOffset, NATIVE);
    }

    private static int gsoTypeOf(final DirectBuffer buffer, final int frame) {
        return etherType(buffer, frame) == EthernetHeader.TYPE_IPV6 ? GSO_TCPV6 : GSO_TCPV4;
    }

    /**
     * Offset from the frame's start of the TCP or UDP header of an unfragmented IP packet, all of whose fixed part lies in
     * the frame; -1 if it is anything else.
     */
    private static int transportStart(final DirectBuffer buffer, final int frame, final int length) {
        final int ip = EthernetHeader.BYTES;
        final int start;
        switch (etherType(buffer, frame)) {
            case EthernetHeader.TYPE_IPV4:
                if (length < ip + Ipv4Header.MIN_BYTES
                    || (buffer.getShort(frame + ip + 6, ByteOrder.BIG_ENDIAN) & FRAGMENT_MASK) != 0) {
                    return -1;
                }
                start = ip + (buffer.getByte(frame + ip) & 0xF) * 4;
                break;
            case EthernetHeader.TYPE_IPV6:
                if (length < ip + IPV6_BYTES) {
                    return -1;
                }
                start = ip + IPV6_BYTES;
                break;
            default:
                return -1;
        }
        final int protocol = protocol(buffer, frame);
        final int fixedBytes = protocol == TCP ? TCP_MIN_BYTES : 8;
        if (protocol != TCP && protocol != UDP || start < ip + Ipv4Header.MIN_BYTES || start + fixedBytes > length) {
            return -1;
        }
        return start;
    }

    private static int checksumField(final DirectBuffer buffer, final int frame) {
        return protocol(buffer, frame) == TCP ? TCP_CHECKSUM : UDP_CHECKSUM;
    }

    private static int protocol(final DirectBuffer buffer, final int frame) {
        final int field = etherType(buffer, frame) == EthernetHeader.TYPE_IPV6 ? 6 : 9;
        return buffer.getByte(frame + EthernetHeader.BYTES + field) & 0xFF;
    }

    private static int etherType(final DirectBuffer buffer, final int frame) {
        return buffer.getShort(frame + ETHER_TYPE, ByteOrder.BIG_ENDIAN) & 0xFFFF;
    }

    /** Completes the checksum as a device would: the field already holds the sum of the bytes before {@code start}. */
    private static void complete(final MutableDirectBuffer buffer, final int start, final int end, final int field) {
        final int checksum = Checksum.of(buffer, start, end - start);
        // 0 would say "no checksum" to UDP; both forms of zero are equal to everybody else.
        buffer.putShort(start + field, (short) (checksum == 0 ? 0xFFFF : checksum), ByteOrder.BIG_ENDIAN);
    }
}
