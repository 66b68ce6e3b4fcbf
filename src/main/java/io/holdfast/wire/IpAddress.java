package io.holdfast.wire;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An IPv6 address, or an IPv4 one mapped into IPv6 (RFC 4291 2.5.5.2), as two longs. Packets are handled with bare
 * {@code hi, lo} pairs; this value is for configuration, tables and messages.
 */
public record IpAddress(long hi, long lo) {
    private static final long V4_MARK = 0x0000_FFFF_0000_0000L;

    /** The unspecified address, which in binding means any. */
    public static final IpAddress ANY = new IpAddress(0, 0);

    /** The low half of the mapped form of an IPv4 address; the high half is 0. */
    public static long v4Lo(final int address) {
        return V4_MARK | (address & 0xFFFF_FFFFL);
    }

    public static boolean isV4(final long hi, final long lo) {
        return hi == 0 && (lo & 0xFFFF_FFFF_0000_0000L) == V4_MARK;
    }

    public static IpAddress ofV4(final int address) {
        return new IpAddress(0, v4Lo(address));
    }

    /** The address of a host name service's answer. {@code 0.0.0.0} and {@code ::} both become {@link #ANY}. */
    public static IpAddress of(final InetAddress address) {
        return address.isAnyLocalAddress() ? ANY : ofBytes(address.getAddress());
    }

    /**
     * @param bytes 4 or 16 bytes in network order
     */
    public static IpAddress ofBytes(final byte[] bytes) {
        if (bytes.length == 4) {
            return ofV4((int) bigEndian(bytes, 0, 4));
        }
        if (bytes.length == 16) {
            return new IpAddress(bigEndian(bytes, 0, 8), bigEndian(bytes, 8, 8));
        }
        throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length);
    }

    /**
     * Reads {@code 10.0.0.1} or an IPv6 address in any form of RFC 4291 2.2; {@code 0.0.0.0} is {@link #ANY}. Never
     * asks a name service.
     *
     * @throws IllegalArgumentException naming the text, if it is not an address
     */
    public static IpAddress parse(final String text) {
        final IpAddress address = IpAddressText.parse(text);
        return address.isAny() ? ANY : address;
    }

    public boolean isV4() {
        return isV4(hi, lo);
    }

    /** The IPv4 address as an int in network order's value; meaningful only if {@link #isV4()}. */
    public int v4() {
        return (int) lo;
    }

    /** The unspecified address of either family. */
    public static boolean isAny(final long hi, final long lo) {
        return hi == 0 && (lo == 0 || lo == V4_MARK);
    }

    public boolean isAny() {
        return isAny(hi, lo);
    }

    /** 127.0.0.0/8 or {@code ::1}. */
    public static boolean isLoopback(final long hi, final long lo) {
        return isV4(hi, lo) ? (lo >>> 24 & 0xFF) == 127 : hi == 0 && lo == 1;
    }

    /** 224.0.0.0/4 or {@code ff00::/8}. */
    public static boolean isMulticast(final long hi, final long lo) {
        return isV4(hi, lo) ? (lo >>> 28 & 0xF) == 0xE : hi >>> 56 == 0xFF;
    }

    public boolean isMulticast() {
        return isMulticast(hi, lo);
    }

    /** 4 bytes for IPv4, 16 for IPv6. */
    public byte[] toBytes() {
        final byte[] bytes = new byte[isV4() ? 4 : 16];
        for (int i = 0; i < bytes.length; i++) {
            final int fromEnd = bytes.length - 1 - i;
            bytes[i] = (byte) (fromEnd < 8 ? lo >>> fromEnd * 8 : hi >>> (fromEnd - 8) * 8);
        }
        return bytes;
    }

    /** {@link #ANY} becomes {@code 0.0.0.0}. */
    public InetAddress toInetAddress() {
        try {
            return InetAddress.getByAddress(equals(ANY) ? new byte[4] : toBytes());
        } catch (final UnknownHostException e) {
            throw new IllegalStateException("4 and 16 bytes are always an address", e);
        }
    }

    /**
     * Said here: what a record has of itself the JDK makes at run time, which takes a start of the agent longer than all of its
     * tables.
     */
    @Override
    public boolean equals(final Object other) {
        return other instanceof IpAddress that && hi == that.hi && lo == that.lo;
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(hi) + Long.hashCode(lo);
    }

    /** Dotted for IPv4, RFC 5952 for IPv6. */
    @Override
    public String toString() {
        return IpAddressText.format(hi, lo);
    }

    private static long bigEndian(final byte[] bytes, final int from, final int count) {
        long value = 0;
        for (int i = from; i < from + count; i++) {
            value = value << 8 | bytes[i] & 0xFF;
        }
        return value;
    }
}
