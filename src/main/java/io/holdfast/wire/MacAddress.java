package io.holdfast.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** 48-bit hardware addresses, carried in the low bits of a long. */
public final class MacAddress {
    public static final int BYTES = 6;
    public static final long BROADCAST = 0xFFFF_FFFF_FFFFL;

    private static final long GROUP_BIT = 1L << 40;
    private static final long V4_MULTICAST = 0x0100_5E00_0000L;

    private MacAddress() {
    }

    static long read(final DirectBuffer buffer, final int offset) {
        return (buffer.getShort(offset, BIG_ENDIAN) & 0xFFFFL) << 32
            | buffer.getInt(offset + 2, BIG_ENDIAN) & 0xFFFF_FFFFL;
    }

    static void write(final MutableDirectBuffer buffer, final int offset, final long mac) {
        buffer.putShort(offset, (short) (mac >>> 32), BIG_ENDIAN);
        buffer.putInt(offset + 2, (int) mac, BIG_ENDIAN);
    }

    /** Multicast or broadcast: never an interface's own address. */
    public static boolean isGroup(final long mac) {
        return (mac & GROUP_BIT) != 0;
    }

    /** Returns the MAC address of an IPv4 group's packets (RFC 1112 6.4). */
    public static long ofV4Group(final int group) {
        return V4_MULTICAST | group & 0x7F_FFFFL;
    }

    /** Six hexadecimal pairs separated by colons. */
    public static String format(final long mac) {
        final StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            final int octet = (int) (mac >>> shift) & 0xFF;
            text.append(Character.forDigit(octet >>> 4, 16)).append(Character.forDigit(octet & 0xF, 16));
            if (shift > 0) {
                text.append(':');
            }
        }
        return text.toString();
    }
}
