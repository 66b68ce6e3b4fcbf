package io.holdfast.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** View of the eight bytes that every ICMP message begins with (RFC 792). Reused; owner's thread only. */
public final class IcmpHeader {
    public static final int BYTES = 8;
    public static final int ECHO_REPLY = 0;
    public static final int UNREACHABLE = 3;
    public static final int SOURCE_QUENCH = 4;
    public static final int REDIRECT = 5;
    public static final int ECHO_REQUEST = 8;
    public static final int TIME_EXCEEDED = 11;
    public static final int PARAMETER_PROBLEM = 12;
    public static final int TIMESTAMP = 13;
    public static final int TIMESTAMP_REPLY = 14;

    /** Codes of {@link #UNREACHABLE}. */
    public static final int NET_UNREACHABLE = 0;
    public static final int HOST_UNREACHABLE = 1;
    public static final int PROTOCOL_UNREACHABLE = 2;
    public static final int PORT_UNREACHABLE = 3;
    public static final int FRAGMENTATION_NEEDED = 4;

    /** Code of {@link #TIME_EXCEEDED}: fragments did not come in time. */
    public static final int REASSEMBLY_TIME_EXCEEDED = 1;

    private DirectBuffer buffer;
    private int offset;

    /**
     * @return false if there is no whole header: the view is unchanged
     */
    public boolean wrap(final DirectBuffer message, final int messageOffset, final int available) {
        if (available < BYTES) {
            return false;
        }
        message.boundsCheck(messageOffset, available);
        buffer = message;
        offset = messageOffset;
        return true;
    }

    public int type() {
        return buffer.getByte(offset) & 0xFF;
    }

    public int code() {
        return buffer.getByte(offset + 1) & 0xFF;
    }

    public int checksum() {
        return buffer.getShort(offset + 2, BIG_ENDIAN) & 0xFFFF;
    }

    /** Identifier of echo, timestamp and their replies. */
    public int identifier() {
        return buffer.getShort(offset + 4, BIG_ENDIAN) & 0xFFFF;
    }

    /** Sequence number of echo, timestamp and their replies. */
    public int sequence() {
        return buffer.getShort(offset + 6, BIG_ENDIAN) & 0xFFFF;
    }

    /** MTU of "fragmentation needed" (RFC 1191 4); 0 from routers that do not know it. */
    public int nextHopMtu() {
        return buffer.getShort(offset + 6, BIG_ENDIAN) & 0xFFFF;
    }

    /**
     * Writes a header without checksum.
     *
     * @param rest identifier and sequence, unused and MTU, or pointer: the second four bytes
     */
    public static void write(
        final MutableDirectBuffer buffer, final int offset, final int type, final int code, final int rest) {
        buffer.putInt(offset, type << 24 | code << 16, BIG_ENDIAN);
        buffer.putInt(offset + 4, rest, BIG_ENDIAN);
    }

    /** Sets the checksum of a message of {@code length} bytes whose checksum field is zero. */
    public static void complete(final MutableDirectBuffer buffer, final int offset, final int length) {
        buffer.putShort(offset + 2, (short) Checksum.of(buffer, offset, length), BIG_ENDIAN);
    }
}
