package io.holdfast.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * View of an IPv4 header (RFC 791 3.1). {@link #wrap} checks the bounds of everything the accessors read; whether the
 * values make sense is {@code ip}'s to judge. Reused; owner's thread only.
 */
public final class Ipv4Header {
    public static final int MIN_BYTES = 20;
    public static final int MAX_BYTES = 60;
    public static final int MAX_PACKET_BYTES = 65_535;

    private static final int DONT_FRAGMENT = 0x4000;
    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int OFFSET_MASK = 0x1FFF;

    /** Results of {@link #check}. */
    public enum Fault {
        NONE,
        /** Fewer bytes than a header. */
        TRUNCATED,
        /** The version is not 4. */
        VERSION,
        /** Header length below 20, or beyond the packet's end. */
        HEADER_LENGTH,
        /** Total length below the header's, or more than the frame holds. */
        TOTAL_LENGTH
    }

    private DirectBuffer buffer;
    private int offset;

    /** Looks at lengths and version; the view is set only if the answer is {@link Fault#NONE}. */
    public Fault check(final DirectBuffer packet, final int packetOffset, final int available) {
        if (available < MIN_BYTES) {
            return Fault.TRUNCATED;
        }
        packet.boundsCheck(packetOffset, available);
        final int first = packet.getByte(packetOffset);
        if ((first & 0xF0) != 0x40) {
            return Fault.VERSION;
        }
        final int headerLength = (first & 0xF) * 4;
        if (headerLength < MIN_BYTES || headerLength > available) {
            return Fault.HEADER_LENGTH;
        }
        final int totalLength = packet.getShort(packetOffset + 2, BIG_ENDIAN) & 0xFFFF;
        if (totalLength < headerLength || totalLength > available) {
            return Fault.TOTAL_LENGTH;
        }
        buffer = packet;
        offset = packetOffset;
        return Fault.NONE;
    }

    /** True, and the view set, if the header is whole; the packet may be cut short after it, as ICMP quotes are. */
    public boolean wrapQuoted(final DirectBuffer packet, final int packetOffset, final int available) {
        if (available < MIN_BYTES) {
            return false;
        }
        packet.boundsCheck(packetOffset, available);
        final int first = packet.getByte(packetOffset);
        final int headerLength = (first & 0xF) * 4;
        if ((first & 0xF0) != 0x40 || headerLength < MIN_BYTES || headerLength > available) {
            return false;
        }
        buffer = packet;
        offset = packetOffset;
        return true;
    }

    public int headerLength() {
        return (buffer.getByte(offset) & 0xF) * 4;
    }

    public int trafficClass() {
        return buffer.getByte(offset + 1) & 0xFF;
    }

    public int totalLength() {
        return buffer.getShort(offset + 2, BIG_ENDIAN) & 0xFFFF;
    }

    public int identification() {
        return buffer.getShort(offset + 4, BIG_ENDIAN) & 0xFFFF;
    }

    public boolean dontFragment() {
        return (buffer.getShort(offset + 6, BIG_ENDIAN) & DONT_FRAGMENT) != 0;
    }

    public boolean moreFragments() {
        return (buffer.getShort(offset + 6, BIG_ENDIAN) & MORE_FRAGMENTS) != 0;
    }

    /** Bytes, a multiple of 8. */
    public int fragmentOffset() {
        return (buffer.getShort(offset + 6, BIG_ENDIAN) & OFFSET_MASK) * 8;
    }

    public boolean isFragment() {
        return (buffer.getShort(offset + 6, BIG_ENDIAN) & (MORE_FRAGMENTS | OFFSET_MASK)) != 0;
    }

    public int hopLimit() {
        return buffer.getByte(offset + 8) & 0xFF;
    }

    public int protocol() {
        return buffer.getByte(offset + 9) & 0xFF;
    }

    public int source() {
        return buffer.getInt(offset + 12, BIG_ENDIAN);
    }

    public int destination() {
        return buffer.getInt(offset + 16, BIG_ENDIAN);
    }

    public boolean checksumCorrect() {
        return Checksum.of(buffer, offset, headerLength()) == 0;
    }

    /**
     * Writes a header of 20 bytes with its checksum.
     *
     * @param fragmentOffset bytes, a multiple of 8
     */
    public static void write(
        final MutableDirectBuffer buffer,
        final int offset,
        final int trafficClass,
        final int totalLength,
        final int identification,
        final boolean dontFragment,
        final boolean moreFragments,
        final int fragmentOffset,
        final int hopLimit,
        final int protocol,
        final int source,
        final int destination) {
        final int fragmentWord =
            (dontFragment ? DONT_FRAGMENT : 0) | (moreFragments ? MORE_FRAGMENTS : 0) | fragmentOffset >>> 3;
        final int first = 0x4500 | trafficClass;
        final int hopsAndProtocol = hopLimit << 8 | protocol;
        final long sum = (long) first + totalLength + identification + fragmentWord + hopsAndProtocol
            + (source & 0xFFFF_FFFFL) + (destination & 0xFFFF_FFFFL);
        buffer.putInt(offset, first << 16 | totalLength, BIG_ENDIAN);
        buffer.putInt(offset + 4, identification << 16 | fragmentWord, BIG_ENDIAN);
        buffer.putInt(offset + 8, hopsAndProtocol << 16 | Checksum.finish(sum), BIG_ENDIAN);
        buffer.putInt(offset + 12, source, BIG_ENDIAN);
        buffer.putInt(offset + 16, destination, BIG_ENDIAN);
    }

    /** Makes the header of a first fragment that of the whole datagram. */
    public static void makeWhole(final MutableDirectBuffer buffer, final int offset, final int totalLength) {
        buffer.putShort(offset + 2, (short) totalLength, BIG_ENDIAN);
        buffer.putShort(offset + 6, (short) 0, BIG_ENDIAN);
        buffer.putShort(offset + 10, (short) 0, BIG_ENDIAN);
        final int headerLength = (buffer.getByte(offset) & 0xF) * 4;
        buffer.putShort(offset + 10, (short) Checksum.of(buffer, offset, headerLength), BIG_ENDIAN);
    }
}
