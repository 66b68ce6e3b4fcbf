package io.holdfast.wire;

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

    public boolean isV4() {
        return isV4(hi, lo);
    }

    /** The IPv4 address as an int in network order's value; meaningful only if {@link #isV4()}. */
    public int v4() {
        return (int) lo;
    }
}
